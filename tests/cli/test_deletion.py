"""A registry that is being deleted: how commands show it, and what they refuse."""

import pytest

from bahriya_tui.model.clock import now
from bahriya_tui.model.container import AppliedSecret
from bahriya_tui.operations.session import Session, open_session
from bahriya_tui.store import deletions, deployments, registries, removals, secrets
from tests.cli.conftest import REGIONS, Commands
from tests.operations.conftest import end


@pytest.fixture
def leaving(team: Commands, monkeypatch: pytest.MonkeyPatch) -> Commands:
    """Registry `team` in two regions, of which one has confirmed that its secret is gone; no worker runs."""
    monkeypatch.setattr(Session, "wake_worker", lambda _: True)
    with open_session() as session, session.store.write() as tx:
        registry = registries.get(tx.conn, "shop", "team")
        for region in REGIONS:
            name = f"bahriya-team-v{registry.version}"
            secrets.note(tx, AppliedSecret("shop", region, name, registry.id, "team", registry.version, "u"))
    begun = team.good("registry", "delete", "team", "--yes", "--no-wait", "--json").json
    assert begun["deleted"] is False
    assert len(begun["pending_removals"]) == len(REGIONS)
    confirm(begun["pending_removals"][0]["id"])
    return team


def confirm(number: int) -> None:
    """Do what the worker does when a region has confirmed."""
    with open_session() as session, session.store.write() as tx:
        removal = removals.get(tx.conn, number)
        removals.done(tx, number)
        secrets.forget(tx, "shop", removal.region, removal.name)
        deletions.finish(tx, removal.registry_id or "", now())


def test_list_and_show_say_how_far_it_is(leaving: Commands) -> None:
    (listed,) = leaving.good("registry", "list", "--json").json
    shown = leaving.good("registry", "show", "team", "--json").json
    for one in (listed, shown):
        assert one["state"] == "deleting"
        assert one["deletion"]["progress"] == "1 of 2 regions confirmed"
        assert len(one["deletion"]["confirmed"]) == len(one["deletion"]["waiting"]) == 1
    for command in (("list",), ("show", "team")):
        assert "deleting, 1 of 2 regions confirmed" in leaving.good("registry", *command).out


def test_a_registry_that_stays_says_nothing_of_a_deletion(team: Commands) -> None:
    (listed,) = team.good("registry", "list", "--json").json
    assert (listed["state"], listed["deletion"]) == ("active", None)
    assert "DELETION" not in team.good("registry", "list").out


@pytest.mark.parametrize(
    ("code", "arguments"),
    [
        (3, ("registry", "rotate", "team", "--password-stdin", "--no-check")),
        (3, ("registry", "rotate", "team", "--password-stdin", "--no-check", "--push-now")),
        (3, ("registry", "rotate", "team", "--password-stdin", "--no-check", "--deploy")),
        (3, ("registry", "return", "team", "v1")),
        (3, ("registry", "check", "team")),
        (3, ("registry", "edit", "team", "--name", "Team")),
        (3, ("deploy", "--all-using", "team")),
        (3, ("container", "add", "a", "--image", "x:1", "--registry", "team", "--region", "helsinki-1")),
        (
            2,
            (
                "registry",
                "add",
                "team",
                "--server",
                "a.b",
                "--username",
                "u",
                "--password-stdin",
                "--no-check",
            ),
        ),
    ],
)
def test_whatever_would_use_it_is_refused(leaving: Commands, code: int, arguments: tuple[str, ...]) -> None:
    before = leaving.stored()
    refused = leaving(*arguments, "--json", stdin=b"token")
    assert refused.code == code, refused
    assert "is being deleted" in f"{refused.error['message']}; {refused.error['hint']}"
    assert leaving.stored() == before


def test_deleting_it_again_asks_nothing_and_tells_what_is_pending(leaving: Commands) -> None:
    again = leaving.good("registry", "delete", "team", "--no-input", "--no-wait", "--json")
    assert again.json["deleted"] is False
    (pending,) = again.json["pending_removals"]
    assert "is being deleted already" in again.err

    confirm(pending["id"])

    assert leaving("registry", "delete", "team", "--yes", "--json").code == 4
    assert leaving.good("registry", "list", "--json").json == []


def test_no_image_is_served_by_it(leaving: Commands) -> None:
    told = leaving.good("image", "explain", "registry.example/app:1", "--json").json
    assert told["registry"] is None


def test_what_still_runs_with_it_is_redeployed_together_or_not_at_all(
    team: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Session, "wake_worker", lambda _: True)
    for handle in ("api", "web"):
        image, where = ("--image", "registry.example/app:1"), ("--region", "helsinki-1")
        team.good("container", "add", handle, *image, "--registry", "team", "--port", "8080", *where)
        number = int(team.good("deploy", handle, "--no-wait", "--json").json["id"])
        with open_session() as session:
            end(session, deployments.get(session.connection, number))
        team.good("container", "unlink", handle)
    team.good("deploy", "web", "--no-wait")
    before = team.good("deployment", "list", "--json").json

    refused = team("registry", "delete", "team", "--redeploy", "--yes", "--json")

    assert refused.code == 3
    assert "web" in refused.error["message"]
    assert team.good("deployment", "list", "--json").json == before
