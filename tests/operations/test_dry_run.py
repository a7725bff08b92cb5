"""Dry runs: told from the store as of one instant, by somebody who cannot write to it."""

import pytest

from bahriya_tui.model import clock
from bahriya_tui.model.dry_run import RegionPlan, Step
from bahriya_tui.model.errors import Failed
from bahriya_tui.model.observed import ObservedSecret, ObservedWorkload
from bahriya_tui.operations.deploy import plan_deployment
from bahriya_tui.operations.dry_run import plan_deploying, plan_rotation
from bahriya_tui.operations.session import Session, looking, open_to_look
from bahriya_tui.store import deployments, driver, events, history, observations, registries, removals
from tests.operations.conftest import Quiet, accept, define, end, start_deployment
from tests.sealing import well_formed

REGION = "helsinki-1"


def put(s: Quiet, handle: str = "web") -> None:
    """Deploy a container, and let it run everywhere."""
    (plan,) = plan_deployment(s, "shop", [handle])
    end(s, start_deployment(s, plan))


def told(s: Session, handle: str = "web") -> RegionPlan:
    """Give what a deployment would do in one region."""
    found = plan_deploying(s, "shop", plan_deployment(s, "shop", [handle]))
    return next(one for one in found.stages[-1].regions if one.region == REGION)


def step(s: Quiet, kind: str) -> Step:
    return next(one for one in told(s).steps if one.kind == kind)


def read_back(s: Quiet, at: str, *, image: str) -> None:
    """Let the region show its pull secret edited, and its workload with this image."""
    secret = ObservedSecret("shop", REGION, "bahriya-team-v1", "u", 1, 1, "kubectl-edit", at)
    seen = ObservedWorkload("shop", REGION, "web", "u", image, "bahriya-team-v1", 1, 1, at)
    with s.store.write() as tx:
        observations.request(tx, "shop", REGION, at)
        (asked,) = observations.requested(tx.conn)
        observations.keep(tx, asked, [secret], [seen], at)


def test_what_a_region_showed_counts_until_something_is_done_there(session: Quiet) -> None:
    define(session, "web")
    put(session)
    at = clock.now()
    read_back(session, at, image="evil:1")

    assert told(session).read_at == at
    assert "kubectl-edit changed it" in step(session, "Secret").why
    path = "spec.template.spec.containers[web].image"
    assert (path, "evil:1", "registry.example/web:1.0") in step(session, "Deployment").fields

    with session.store.write() as tx:
        later = clock.later(at, 1)
        events.append(tx, phase="secret.written", message="", now=later, project="shop", region=REGION)

    assert told(session).read_at == at
    assert step(session, "Secret").why == ""
    assert path not in [name for name, _, _ in step(session, "Deployment").fields]


def test_a_secret_that_was_to_go_is_called_back(session: Quiet) -> None:
    define(session, "web")
    put(session)
    with session.store.write() as tx:
        removals.add(
            tx,
            project="shop",
            region=REGION,
            kind="Secret",
            name="bahriya-team-v1",
            uid=None,
            reason="",
            now=clock.now(),
        )
    assert step(session, "Secret").why == "its pending removal is called off"


def test_numbers_are_those_that_come_next_and_stay_free(session: Quiet) -> None:
    define(session, "web")
    put(session)
    accept(session, "team")
    with session.store.write() as tx:
        team = registries.get(tx.conn, "shop", "team")
        lost = registries.reserve_version(tx, team, server="x", username="y", actor="", now=clock.now())
        registries.reject_version(tx, team.id, lost)
    plans = plan_deployment(session, "shop", ["web"])

    found = plan_rotation(session, "shop", "team", plans, push=False, check=True)

    assert found.store[0].fields == (("version", 2, 4),)
    assert registries.next_version(session.connection, team) == 4
    number = found.stages[0].deployment
    assert number == deployments.next_id(session.connection)
    assert start_deployment(session, plans[0]).id == number
    (gone,) = [one.name for one in found.stages[0].regions[0].steps if one.act == "remove"]
    assert gone == "bahriya-team-v1"


def test_a_rotation_tells_which_versions_nobody_can_return_to_then(session: Quiet) -> None:
    define(session, "web")
    put(session)
    for _ in range(3):
        accept(session, "team")
    with session.store.write() as tx:
        team = registries.get(tx.conn, "shop", "team")
        lost = registries.reserve_version(tx, team, server="x", username="y", actor="", now=clock.now())
        registries.keep_sealed(tx, team.id, lost, well_formed())
        registries.reject_version(tx, team.id, lost)
        team = registries.edit(tx, team.id, max_versions=2, now=clock.now())
    before = {one.version for one in history.all(session.connection, team.id) if one.state != "rejected"}

    found = plan_rotation(session, "shop", "team", [], push=False, check=False)

    accept(session, "team")
    after = {one.version for one in history.all(session.connection, team.id)}
    gone = [one.name for one in found.store if (one.act, one.kind) == ("remove", "credential")]
    assert gone == [f"team v{version}" for version in sorted(before - after)] == ["team v3"]
    assert 1 in after, "pods still pull with it"


def test_a_push_leaves_secrets_for_another_server_alone(session: Quiet) -> None:
    define(session, "web")
    put(session)
    with session.store.write() as tx:
        tx.execute("UPDATE credential SET server = 'elsewhere.example'")
        tx.execute("UPDATE registry SET server = 'registry.example'")

    found = plan_rotation(session, "shop", "team", [], push=True, check=False)

    assert found.stages[0].regions == ()
    (note,) = found.notes
    assert "for another server: bahriya-team-v1 in falkenstein-1" in note


def test_whoever_only_looks_sees_one_instant_and_cannot_write(session: Quiet) -> None:
    define(session, "web")
    with looking(session) as only_looking:
        before = told(only_looking)
        put(session)
        assert told(only_looking) == before
        with pytest.raises(Failed, match="cannot be written"), only_looking.store.part():
            only_looking.connection.execute("DELETE FROM container")
    assert told(session) != before


@pytest.mark.parametrize("somebody_writes", [True, False])
def test_whoever_may_only_read_is_told_too_whether_or_not_somebody_has_the_store_open(
    session: Quiet, monkeypatch: pytest.MonkeyPatch, somebody_writes: bool
) -> None:
    define(session, "web")
    before = told(session)
    if not somebody_writes:
        session.store.close()
    monkeypatch.setattr(driver, "only_readable", lambda _: True)
    with open_to_look(session.places) as only_reading, looking(only_reading) as only_looking:
        assert told(only_looking) == before
