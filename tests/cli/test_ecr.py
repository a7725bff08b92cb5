"""Tokens that end, as commands show them."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bahriya_tui.launch import worker as launching
from bahriya_tui.model import clock
from bahriya_tui.model.container import AppliedSecret
from bahriya_tui.operations import doctor
from bahriya_tui.operations.session import Session, open_session
from bahriya_tui.places import places
from bahriya_tui.sim.oci_registry import OciRegistry
from bahriya_tui.store import condition, registries, secrets
from tests.cli.conftest import REGIONS, Commands
from tests.cluster.embedded import Embedded
from tests.oci.fake_ecr import KEY_ID, SERVER, FakeEcr, fake_ecr

NAME = "bahriya-team-v1"


@pytest.fixture
def minted(team: Commands, monkeypatch: pytest.MonkeyPatch) -> Commands:
    """Registry `team`, whose token in two regions ends in 9 h and a bit; no worker runs."""
    monkeypatch.setattr(Session, "wake_worker", lambda _: True)
    now = clock.now()
    ends, half = clock.later(now, 9.5 * 3600 + 30), clock.later(now, 3.5 * 3600 + 30)
    with open_session() as session, session.store.write() as tx:
        registry = registries.get(tx.conn, "shop", "team")
        for region in REGIONS:
            secrets.note(tx, AppliedSecret("shop", region, NAME, registry.id, "team", 1, "u", 1, ends, half))
    return team


def test_a_registry_shows_when_its_tokens_in_regions_end_and_are_replaced(minted: Commands) -> None:
    shown = minted.good("registry", "show", "team", "--json").json
    assert [(one["region"], one["name"], one["holds"]) for one in shown["tokens"]] == [
        (region, NAME, 1) for region in REGIONS
    ]
    for one in shown["tokens"]:
        assert one["expires_at"] > one["refresh_at"] > clock.now()
    at = shown["tokens"][0]["refresh_at"][11:16]
    assert f"token ends in 9 h 30 m, refreshed at {at} UTC" in minted.good("registry", "show", "team").out


def test_a_registry_without_such_tokens_shows_none(team: Commands) -> None:
    shown = team.good("registry", "show", "team", "--json").json
    assert (shown["tokens"], shown["mints_tokens"]) == ([], False)


def test_the_matrix_tells_when_tokens_end(minted: Commands) -> None:
    cells = minted.good("matrix", "--no-wait", "--json").json
    assert [cell["region"] for cell in cells] == list(REGIONS)
    assert all(cell["expires_at"] > clock.now() for cell in cells)
    assert f"team in {REGIONS[0]}: token ends in 9 h 30 m" in minted.good("matrix", "--no-wait").out


def test_the_doctor_says_that_no_token_is_refreshed_without_a_worker(
    minted: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    ((name, at),) = condition.refreshes(places().database)
    told = {one.subject: one for one in doctor.examine(places())}["token refresh"]
    assert name == "team"
    assert told.state == "attention"
    assert told.measured == (
        f"Tokens of registry team are not refreshed while no worker runs: next at {clock.minute(at)}."
    )
    assert "bahriya worker run" in told.advice
    monkeypatch.setattr(doctor, "worker_running", lambda _places: 7)
    told = {one.subject: one for one in doctor.examine(places())}["token refresh"]
    assert told.state == "good"


def test_the_doctor_says_nothing_of_tokens_where_there_are_none(team: Commands) -> None:
    assert launching.worker_running(places()) is None
    assert "token refresh" not in {one.subject for one in doctor.examine(places())}


@pytest.fixture
def aws(tmp_path: Path, canary: str) -> Iterator[FakeEcr]:
    """An ECR whose key has the canary as its secret, with its registry behind the same proxy."""
    embedded = Embedded()
    with fake_ecr(tmp_path / "aws", canary) as here, closing(embedded):
        tls = here.authority.server(SERVER)
        registry = embedded.enter(OciRegistry(private={"team/app": ["v1"]}, auth="basic", tls=tls))
        here.registry_port = int(registry.address.rpartition(":")[2])
        here.on_token = lambda token: embedded.do(lambda: registry.users.update(AWS=token))
        yield here


def test_a_registry_with_an_iam_key_is_added_and_checked_like_any_other(
    shop: Commands, aws: FakeEcr, canary: str
) -> None:
    way = ["--server", SERVER, "--username", KEY_ID, "--proxy", aws.proxy]
    way += ["--ca-file", aws.authority.ca_file, "--password-stdin"]
    wrong = shop("registry", "add", "ecr", *way, stdin=f"not-{canary}".encode())
    assert wrong.code == 1
    assert "no token could be minted: the secret access key is not the one of this access key" in wrong.err
    assert shop.good("registry", "list", "--json").json == []

    added = shop.good("registry", "add", "ecr", *way, "--json", stdin=canary.encode())
    assert added.json["mints_tokens"] is True
    checked = shop.good("registry", "check", "ecr", "--image", f"{SERVER}/team/app:v1", "--json").json
    assert (checked["login"], checked["images"][0]["verdict"]) == ("accepted", "ok")
    assert len(aws.tokens) == 2
    assert canary not in f"{wrong}{added}{checked}"

    temporary = shop("registry", "edit", "ecr", "--username", "ASIAIOSFODNN7EXAMPLE", "--password-stdin")
    assert (temporary.code, "session token" in temporary.err) == (2, True)


def test_a_token_that_has_ended_is_rotated_and_deployed_in_one_go(
    team: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Session, "wake_worker", lambda _: True)
    arguments = ("--server", SERVER, "--username", "AWS", "--no-check", "--password-stdin")
    team.good("registry", "add", "ecr", *arguments, stdin=b"t0ken")
    where = ("--region", REGIONS[0])
    team.good("container", "add", "web", "--image", f"{SERVER}/web:1", "--registry", "ecr", *where)
    with open_session() as session, session.store.write() as tx:
        long_ago = clock.later(clock.now(), -13 * 3600)
        tx.execute("UPDATE credential SET created_at = ?, expires_at = NULL", [long_ago])
    refused = team("deploy", "web", "--no-wait")
    assert (refused.code, "ended at" in refused.err) == (1, True)

    rotated = team.good(
        "registry", "rotate", "ecr", "--deploy", "--no-check", "--no-wait", "--password-stdin", stdin=b"new"
    )

    assert "deployment 1" in rotated.out
    back = team("registry", "return", "ecr", "v1", "--deploy", "--replace", "--no-check", "--no-wait")
    assert (back.code, "ended at" in back.err) == (1, True)
    assert team.good("registry", "show", "ecr", "--json").json["version"] == 2
