"""Where no worker runs and only another account can run one, what was asked for is written down and waits."""

import json

import pytest

from bahriya_tui.operations.session import open_session
from bahriya_tui.places import Places
from bahriya_tui.store import deployments
from tests.cli.conftest import REGIONS, Commands
from tests.operations.conftest import end

WHERE = [word for region in REGIONS for word in ("--region", region)]
WHO = "can run one: work waits for it; have it started: systemctl start bahriya-worker"


@pytest.fixture
def member(team: Commands, monkeypatch: pytest.MonkeyPatch) -> Commands:
    """Somebody who does not keep the private keys; `web` runs with registry `team`, nobody works."""
    monkeypatch.setattr(Places, "are_kept_here", False)
    team.good("container", "add", "web", "--image", "registry.example/web:1", "--registry", "team", *WHERE)
    number = int(team.good("deploy", "web", "--no-wait", "--json").json["id"])
    with open_session() as session:
        end(session, deployments.get(session.connection, number))
    return team


def test_a_deployment_that_is_not_waited_for_is_queued_and_named(member: Commands) -> None:
    done = member("deploy", "web", "--no-wait", "--json")
    assert (done.code, done.json["id"], done.json["state"]) == (0, 2, "queued")
    (note,) = done.err.splitlines()
    assert note.startswith("note: no worker runs")
    assert WHO in note


def test_who_waits_for_a_deployment_is_detached_from_it(member: Commands) -> None:
    done = member("deploy", "web", "--json")
    assert done.code == 130
    assert {json.loads(line)["deployment"] for line in done.out.splitlines()} == {2}
    assert done.error["code"] == 130
    assert done.error["message"].startswith("detached from deployment 2: no worker runs")


def test_a_deletion_is_under_way_although_nobody_answers(member: Commands) -> None:
    done = member("registry", "delete", "team", "--unlink", "--yes", "--json")
    assert (done.code, done.json["deleted"]) == (0, False)
    assert [one["region"] for one in done.json["pending_removals"]] == list(REGIONS)
    assert done.err.count(WHO) == 1


def test_a_push_is_asked_for_although_nobody_answers(member: Commands) -> None:
    rotate = ("registry", "rotate", "team", "--password-stdin", "--no-check", "--push-now", "--json")
    done = member(*rotate, stdin=b"t2")
    pushed = [json.loads(line) for line in done.out.splitlines()][1]
    assert (done.code, pushed["asked"], pushed["written"]) == (0, 2, 0)
    assert done.err.count(WHO) == 1


def test_a_cancellation_of_what_a_worker_began_waits_too(member: Commands) -> None:
    number = member.good("deploy", "web", "--no-wait", "--json").json["id"]
    with open_session() as session, session.store.write() as tx:
        tx.execute("UPDATE deployment SET state = 'running', lease_until = '2999' WHERE id = ?", [number])
    done = member("deployment", "cancel", str(number), "--json")
    assert (done.code, done.json["state"]) == (0, "cancelling")
    assert done.err.count(WHO) == 1
