"""A token that leaked is replaced in every secret named for an older version, and nothing else moves."""

import base64
import json
from typing import Any

import pytest

from bahriya_tui.model import clock
from bahriya_tui.model.audit import Actor
from bahriya_tui.model.registry import Registry
from bahriya_tui.operations.push import Pushed, push_now
from bahriya_tui.operations.session import Session
from bahriya_tui.store import (
    audit,
    containers,
    regions,
    registries,
    removals,
    secret_writes,
    secrets,
)
from bahriya_tui.store.regions import namespace_known
from bahriya_tui.worker.run import Resources
from bahriya_tui.worker.secret_writes import run_secret_writes
from bahriya_tui.worker.shared_store import SharedStore
from tests.worker.conftest import REGIONS
from tests.worker.desk import PROJECT, Desk, until

NAMESPACE = "bahriya-shop"
V1 = "bahriya-team-v1"


def token_in(desk: Desk, region: str, name: str = V1) -> str:
    """Read, as only a test may, the token that a secret holds."""
    secret = in_region(desk, region)[name]
    (login,) = json.loads(base64.b64decode(secret["data"][".dockerconfigjson"]))["auths"].values()
    return str(login["password"])


def in_region(desk: Desk, region: str) -> dict[str, dict[str, Any]]:
    return {one["metadata"]["name"]: one for one in desk.world.objects(region, "secrets", NAMESPACE)}


def everywhere(desk: Desk) -> str:
    """Everything that is in any secret of any region."""
    found = [desk.world.objects(region, "secrets") for region in REGIONS]
    datas = [data for one in found for secret in one for data in (secret.get("data") or {}).values()]
    return "".join(base64.b64decode(data).decode() for data in datas)


def push(desk: Desk) -> Pushed:
    return push_now(Session(desk.store, desk.places, Actor("mira")), PROJECT, "team")


def write_state(desk: Desk, number: int) -> str:
    return secret_writes.get(desk.store.connection, number).state


def all_done(desk: Desk, pushed: Pushed) -> None:
    until(lambda: {write_state(desk, number) for number in pushed.writes} == {"done"}, say=desk.told)


def give_registry_token(desk: Desk, password: str) -> None:
    desk.world.do(lambda: desk.world.registry.users.update(op=password))


def slow_down(desk: Desk, seconds: float) -> None:
    for region in desk.world.regions.values():
        region.latency = seconds


@pytest.fixture
def leaked(canary: str) -> str:
    """The token that was in use, and is known to the world now."""
    return f"{canary}-leaked"


@pytest.fixture
def rotated(desk: Desk, canary: str, leaked: str) -> Registry:
    """`team`, whose leaked v1 runs everywhere, and whose v2 is known here only."""
    give_registry_token(desk, leaked)
    team = desk.registry("team", leaked)
    number = desk.deploy(desk.container("app", registry=team))
    desk.start(gathering=True)
    assert desk.ended(number).state == "done", desk.told(number)
    give_registry_token(desk, canary)
    return desk.rotate(team, canary)


def test_a_leaked_token_is_replaced_everywhere_and_no_workload_is_touched(
    desk: Desk, rotated: Registry, canary: str, leaked: str
) -> None:
    assert {token_in(desk, region) for region in REGIONS} == {leaked}
    before = {region: in_region(desk, region)[V1]["metadata"]["uid"] for region in REGIONS}
    for region in REGIONS:
        desk.world.do(desk.world.regions[region].requests.clear)

    pushed = push(desk)
    all_done(desk, pushed)

    assert pushed.withdrawn == (1,)
    assert {token_in(desk, region) for region in REGIONS} == {canary}
    assert leaked not in everywhere(desk)
    for region in REGIONS:
        secret = f"/api/v1/namespaces/{NAMESPACE}/secrets/{V1}"
        assert desk.world.regions[region].requests == [
            f"GET {secret}",
            f"PATCH {secret}?fieldManager=bahriya-push&force=true",
            f"PATCH {secret}?fieldManager=bahriya&force=false",
        ]
        metadata = in_region(desk, region)[V1]["metadata"]
        assert metadata["uid"] == before[region]
        marks = metadata["annotations"]
        assert (marks["bahriya.cloud/version"], marks["bahriya.cloud/holds"]) == ("1", "2")
    known = secrets.applied(desk.store.connection, project=PROJECT)
    assert {(one.name, one.version, one.holds) for one in known} == {(V1, 1, 2)}


def test_one_opener_writes_all_regions_and_the_log_says_for_whom(desk: Desk, rotated: Registry) -> None:
    desk.openings_ended()
    before = len(audit.since(desk.store.connection))
    all_done(desk, push(desk))
    until(lambda: len(audit.since(desk.store.connection)) == before + 3)
    told = audit.since(desk.store.connection)[before:]
    assert [(one.action, one.user, one.versions, one.outcome) for one in told] == [
        ("registry.pushed", "mira", "1 2", "done"),
        ("credential.opening", "mira", "2", "started"),
        ("credential.opened", "mira", "2", "done"),
    ]
    assert sorted(told[-1].regions.split()) == sorted(REGIONS)


def test_a_region_that_is_down_gets_the_new_token_when_it_returns(
    desk: Desk, rotated: Registry, canary: str, leaked: str
) -> None:
    desk.world.stop("helsinki-1")
    pushed = push(desk)
    by_region = {secret_writes.get(desk.store.connection, n).region: n for n in pushed.writes}
    until(lambda: secret_writes.get(desk.store.connection, by_region["helsinki-1"]).attempts > 0)
    until(lambda: {write_state(desk, by_region[one]) for one in REGIONS if one != "helsinki-1"} == {"done"})
    waiting = secret_writes.get(desk.store.connection, by_region["helsinki-1"])
    assert waiting.state == "pending"
    assert "cannot be reached" in waiting.last_error
    assert regions.get(desk.store.connection, "helsinki-1").status == "unreachable"
    assert token_in(desk, "helsinki-1") == leaked

    desk.world.start("helsinki-1")
    all_done(desk, pushed)

    assert token_in(desk, "helsinki-1") == canary
    assert leaked not in everywhere(desk)
    assert regions.get(desk.store.connection, "helsinki-1").status == "active"


def test_a_worker_that_is_killed_leaves_the_writing_to_the_next_one(
    desk: Desk, rotated: Registry, canary: str, leaked: str
) -> None:
    assert desk.worker is not None
    desk.worker.kill()
    with desk.store.write() as tx:
        number = secret_writes.ask(
            tx,
            project=PROJECT,
            region="helsinki-1",
            name=V1,
            registry_id=rotated.id,
            version=2,
            reason="v1 was withdrawn",
            actor="mira",
            now=clock.now(),
        )
    desk.start()
    until(lambda: write_state(desk, number) == "done")
    assert token_in(desk, "helsinki-1") == canary
    assert token_in(desk, "virginia-1") == leaked


def test_a_deployment_that_names_the_old_version_sends_the_new_token(
    desk: Desk, rotated: Registry, canary: str, leaked: str
) -> None:
    all_done(desk, push(desk))
    app = containers.get(desk.store.connection, PROJECT, "app")
    before = len(audit.since(desk.store.connection))
    number = desk.deploy(app, version=1, secret=V1)
    assert desk.ended(number).state == "done", desk.told(number)
    assert {one.versions for one in audit.since(desk.store.connection)[before:]} == {"2"}
    assert secret_writes.pending(desk.store.connection) == []
    assert {token_in(desk, region) for region in REGIONS} == {canary}
    assert leaked not in everywhere(desk)


def test_a_deployment_that_a_region_refuses_does_not_make_its_secret_seem_old_again(
    desk: Desk, rotated: Registry
) -> None:
    all_done(desk, push(desk))
    forbidden = desk.world.regions["helsinki-1"].forbidden
    desk.world.do(lambda: forbidden.add(("patch", "secrets")))
    app = containers.get(desk.store.connection, PROJECT, "app")
    number = desk.deploy(app, version=1, secret=V1)
    assert desk.ended(number).state == "partial", desk.told(number)
    known = secrets.applied(desk.store.connection, project=PROJECT)
    assert {one.region: one.holds for one in known} == dict.fromkeys(REGIONS, 2)


def test_what_a_deployment_sent_before_the_token_was_withdrawn_is_replaced_after(
    slow_desk: Desk, canary: str, leaked: str
) -> None:
    desk = slow_desk
    give_registry_token(desk, leaked)
    team = desk.registry("team", leaked)
    slow_down(desk, 0.6)
    number = desk.deploy(desk.container("app", registry=team))
    desk.start()
    until(lambda: {one.state for one in desk.deployment(number).regions} == {"pull_secret"})
    give_registry_token(desk, canary)
    desk.rotate(team, canary)
    push(desk)
    slow_down(desk, 0.0)
    desk.ended(number)
    until(lambda: secret_writes.pending(desk.store.connection) == [])
    assert {token_in(desk, region) for region in REGIONS} == {canary}
    assert leaked not in everywhere(desk)
    assert {one.holds for one in secrets.applied(desk.store.connection)} == {2}


def test_a_region_that_refuses_says_why_and_is_tried_again(
    desk: Desk, rotated: Registry, canary: str
) -> None:
    forbidden = desk.world.regions["virginia-1"].forbidden
    desk.world.do(lambda: forbidden.add(("patch", "secrets")))
    pushed = push(desk)
    tried = [("virginia-1", True)]
    until(
        lambda: (
            [(one.region, one.attempts > 0) for one in secret_writes.pending(desk.store.connection)] == tried
        )
    )
    (left,) = secret_writes.pending(desk.store.connection)
    assert "403" in left.last_error or "forbidden" in left.last_error
    assert canary not in left.last_error
    desk.world.do(forbidden.clear)
    all_done(desk, pushed)


def test_a_secret_that_was_removed_meanwhile_is_not_brought_back(desk: Desk, rotated: Registry) -> None:
    desk.world.stop("helsinki-1")
    pushed = push(desk)
    until(lambda: [one.region for one in secret_writes.pending(desk.store.connection)] == ["helsinki-1"])
    with desk.store.write() as tx:
        secrets.forget(tx, PROJECT, "helsinki-1", V1)
    all_done(desk, pushed)
    desk.world.start("helsinki-1")
    # Should an earlier try have arrived after all, it is cleared away.
    until(lambda: removals.pending(desk.store.connection) == [])
    assert in_region(desk, "helsinki-1") == {}
    assert namespace_known(desk.store.connection, "helsinki-1", PROJECT)


def test_what_waits_to_be_written_ends_with_its_registry(desk: Desk, rotated: Registry) -> None:
    app = containers.get(desk.store.connection, PROJECT, "app")
    desk.world.stop("helsinki-1")
    pushed = push(desk)
    until(lambda: [one.region for one in secret_writes.pending(desk.store.connection)] == ["helsinki-1"])
    due = secret_writes.pending(desk.store.connection)
    with desk.store.write() as tx:
        tx.execute("UPDATE container SET registry_id = NULL, registry = NULL WHERE id = ?", [app.id])
        registries.delete(tx, rotated.id)
    assert {write_state(desk, number) for number in pushed.writes} == {"done"}
    run_secret_writes(Resources(desk.places, SharedStore(desk.store)), due)
    assert secret_writes.pending(desk.store.connection) == []
