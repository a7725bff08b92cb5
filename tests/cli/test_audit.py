"""The audit log at the command line: what was done is listed, and what was done to the log is found."""

import json
from pathlib import Path

import pytest

from bahriya_tui.model.audit import Entry, digest
from bahriya_tui.places import Places, places
from bahriya_tui.store import driver
from tests.cli.conftest import Commands
from tests.cli.outside import Outside
from tests.operator import Operator


def tamper(database: Path, *statements: str) -> None:
    """Write into the store as somebody would who does not care for its triggers."""
    connection = driver.connect(database)
    for name in ("audit_never_changes", "audit_never_goes"):
        connection.execute(f"DROP TRIGGER IF EXISTS {name}")
    for statement in statements:
        connection.execute(statement)
    connection.close()


def store_of(operator: Operator) -> Path:
    return Places(operator.home / "store", operator.home / "keys", operator.home / "logs").database


@pytest.fixture
def busy(team: Commands) -> Commands:
    """A log of a few entries."""
    team.good("registry", "edit", "team", "--name", "Team")
    image = ["--image", "registry.example/api:1", "--registry", "team", "--region", "helsinki-1"]
    team.good("container", "add", "api", *image)
    team.good("container", "unlink", "api")
    return team


def test_who_did_what_is_listed_newest_first(busy: Commands) -> None:
    entries = busy.good("audit", "list", "--json").json
    assert [one["action"] for one in entries] == [
        "container.unlinked",
        "container.added",
        "registry.edited",
        "registry.added",
        "vault.created",
        "project.added",
    ]
    assert [one["seq"] for one in entries] == [6, 5, 4, 3, 2, 1]
    added = entries[3]
    assert (added["project"], added["registry"], added["versions"]) == ("shop", "team", [1])
    assert added["outcome"] == "not checked"
    assert added["user"]
    assert "registry.added" in busy.good("audit", "list").out


def test_entries_of_one_registry_are_listed_also_when_it_is_gone(busy: Commands) -> None:
    busy.good("registry", "delete", "team", "--yes")
    entries = busy.good("audit", "list", "--registry", "team", "--limit", "2", "--json").json
    assert [one["action"] for one in entries] == ["registry.deleted", "container.unlinked"]
    assert busy("audit", "list", "--registry", "nobody", "--json").error["code"] == 4


@pytest.mark.parametrize(
    ("attack", "told"),
    [
        ("UPDATE registry SET version = 1", "registry shop/team is at v1, and entry"),
        ("UPDATE registry SET version = 9", "registry shop/team is at v9, and entry"),
        ("UPDATE registry SET handle = 'mate'", "registry shop/team is gone, and entry"),
    ],
    ids=["rolled back", "put there", "renamed"],
)
def test_a_version_that_the_log_does_not_know_of_is_found(busy: Commands, attack: str, told: str) -> None:
    busy.good("registry", "rotate", "team", "--password-stdin", "--no-check", stdin=b"another")
    assert busy.good("audit", "verify", "--json").json["good"]
    tamper(places().database, "DROP TRIGGER registry_version_is_current", attack)
    found = busy("audit", "verify", "--offline")
    assert found.code == 1
    assert told in found.out


def test_a_log_that_nobody_touched_is_verified(busy: Commands) -> None:
    verified = busy.good("audit", "verify", "--json").json
    assert (verified["good"], verified["entries"], verified["findings"]) == (True, 6, [])
    assert "as it was written: 6 entries" in busy.good("audit", "verify", "--offline").out


def test_an_empty_log_is_verified_too(bahriya: Commands) -> None:
    assert bahriya.good("audit", "verify", "--json").json["entries"] == 0


@pytest.mark.parametrize(
    ("statement", "finding"),
    [
        ("UPDATE audit SET user = 'somebody' WHERE seq = 2", ("edited", 2, 2)),
        ("UPDATE audit SET outcome = 'accepted' WHERE seq = 5", ("edited", 5, 5)),
        ("UPDATE audit SET client = '192.0.2.1' WHERE seq = 1", ("edited", 1, 1)),
        ("DELETE FROM audit WHERE seq = 3", ("removed", 3, 3)),
        ("DELETE FROM audit WHERE seq < 3", ("removed", 1, 2)),
        (
            "UPDATE audit SET seq = 99 WHERE seq = 3; UPDATE audit SET seq = 3 WHERE seq = 4;"
            " UPDATE audit SET seq = 4 WHERE seq = 99",
            ("reordered", 3, 4),
        ),
    ],
)
def test_what_was_done_to_the_log_by_hand_is_found(
    busy: Commands, statement: str, finding: tuple[str, int, int]
) -> None:
    tamper(places().database, *statement.split(";"))

    answer = busy("audit", "verify", "--offline", "--json")

    assert answer.code == 1
    assert answer.error["code"] == 1
    assert [(one["kind"], one["seq"], one["last"]) for one in answer.json["findings"]] == [finding]
    text = busy("audit", "verify", "--offline")
    assert answer.json["findings"][0]["sentence"] in text.out
    assert "not as it was written" in text.err


def test_the_export_is_enough_to_verify_the_chain_elsewhere(busy: Commands, canary: str) -> None:
    exported = busy.good("audit", "export").out
    before = "0" * 64
    for line in map(json.loads, exported.splitlines()):
        assert line.pop("kind") == "entry"
        line["regions"], line["versions"] = " ".join(line["regions"]), " ".join(map(str, line["versions"]))
        entry = Entry(**line)
        assert digest(before, entry) == entry.hash
        before = entry.hash
    assert canary not in exported
    assert canary not in busy.good("audit", "list", "--json").out


def test_a_token_that_never_came_leaves_no_entry(team: Commands) -> None:
    before = team.good("audit", "list", "--json").json
    assert team("registry", "rotate", "team", "--password-file", "/dev/null", "--no-check").code != 0
    assert team.good("audit", "list", "--json").json == before


def test_the_ssh_client_is_written_down_and_nothing_else_from_its_variable(
    bahriya: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = {
        "192.0.2.7 50522 192.0.2.1 22": "192.0.2.7",
        "2001:db8::7 1 2 3": "2001:db8::7",
        "fe80::1%eth0 1 2 3": "fe80::1%eth0",
        "me; rm -rf x": "",
        "": "",
    }
    for number, variable in enumerate(told):
        monkeypatch.setenv("SSH_CONNECTION", variable)
        monkeypatch.delenv("SSH_CLIENT", raising=False)
        bahriya.good("project", "add", f"p{number}")
    entries = bahriya.good("audit", "list", "--json").json
    assert [one["client"] for one in reversed(entries)] == list(told.values())


def test_a_tail_that_was_cut_off_is_found_by_what_the_regions_remember(
    deployed: Operator, world: Outside, canary: str
) -> None:
    down, *up = world.regions
    good = deployed.run("audit", "verify", "--json").json
    assert (good["good"], good["anchors"], good["unreachable"]) == (True, len(world.regions), [])
    exported = deployed.run("audit", "export")
    opened = [one.get("action") for one in exported.lines].count("credential.opened")
    assert opened == 2, "one for the check, one for the deployment"
    assert [one["region"] for one in exported.lines if one["kind"] == "anchor"] == sorted(world.regions)
    assert canary not in exported.out
    assert deployed.run("deployment", "show", "1", "--json").json["isolation"] is not None

    seen = next(one["seq"] for one in exported.lines if one["kind"] == "anchor")
    tamper(store_of(deployed), f"DELETE FROM audit WHERE seq >= {seen}", "DELETE FROM audit_anchor")
    assert deployed.run("audit", "verify", "--offline", "--json").json["good"] is True
    world.stop_region(down)

    found = deployed.run("audit", "verify", "--json", code=1).json

    assert found["unreachable"] == [down]
    assert [(one["kind"], one["seq"], one["region"]) for one in found["findings"]] == [
        ("truncated", seen, region) for region in up
    ]
    deployed.run("audit", "verify", "--offline", code=1)


def test_regions_that_are_down_are_named_and_are_no_finding(deployed: Operator, world: Outside) -> None:
    deployed.run("audit", "verify")
    for region in world.regions:
        world.stop_region(region)
    answer = deployed.run("audit", "verify", "--json")
    assert answer.json["unreachable"] == sorted(world.regions)
    assert answer.json["anchors"] == len(world.regions)
    assert world.regions[0] in deployed.run("audit", "verify").out


def test_a_rejected_token_is_in_the_log_and_the_old_version_counts(
    deployed: Operator, world: Outside, canary: str
) -> None:
    deployed.run("registry", "rotate", "team", "--password-stdin", password=f"not-{canary}", code=1)
    entries = deployed.run("audit", "list", "--registry", "team", "--limit", "3", "--json").json
    assert [(one["action"], one["outcome"], one["versions"]) for one in entries] == [
        ("registry.rejected", "rejected", [2]),
        ("credential.opened", "rejected", [1, 2]),
        ("credential.opening", "started", [1, 2]),
    ]
    assert deployed.run("audit", "verify", "--json").json["good"] is True
    deployed.stop_worker()
    assert canary.encode() not in deployed.written()
