"""What has to go from regions goes, as soon as they let it, and only that."""

from typing import Never

import pytest

from bahriya_tui.model import clock
from bahriya_tui.model.container import AppliedSecret
from bahriya_tui.model.errors import NotFound
from bahriya_tui.model.region import Region
from bahriya_tui.places import Places
from bahriya_tui.store import containers, regions, removals, secrets
from bahriya_tui.worker import access
from bahriya_tui.worker.region_checks import run_region_check
from bahriya_tui.worker.removals import run_removals
from bahriya_tui.worker.run import Resources
from bahriya_tui.worker.shared_store import SharedStore
from tests.worker.conftest import REGIONS
from tests.worker.desk import PROJECT, Desk, until

NAMESPACE = "bahriya-shop"


def remove(desk: Desk, secret: AppliedSecret, uid: str | None = "") -> int:
    with desk.store.write() as tx:
        return removals.add(
            tx,
            project=PROJECT,
            region=secret.region,
            kind="Secret",
            name=secret.name,
            uid=secret.uid if uid == "" else uid,
            reason="registry team was deleted",
            now=clock.now(),
        )


def deployed(desk: Desk, canary: str) -> list[AppliedSecret]:
    team = desk.registry("team", canary)
    number = desk.deploy(desk.container("app", registry=team))
    desk.start()
    assert desk.ended(number).state == "done", desk.told(number)
    return secrets.applied(desk.store.connection, project=PROJECT)


def test_a_removal_waits_for_its_region_and_finishes_when_that_returns(desk: Desk, canary: str) -> None:
    applied = deployed(desk, canary)
    desk.world.stop("helsinki-1")
    ids = {secret.region: remove(desk, secret) for secret in applied}

    def state(region: str) -> tuple[str, int]:
        removal = removals.get(desk.store.connection, ids[region])
        return removal.state, removal.attempts

    until(lambda: state("helsinki-1")[1] == 1)
    until(lambda: state("virginia-1")[0] == "done" and state("falkenstein-1")[0] == "done")
    pending = removals.get(desk.store.connection, ids["helsinki-1"])
    assert pending.state == "pending"
    assert "connection refused" in pending.last_error
    assert [one.region for one in secrets.applied(desk.store.connection)] == ["helsinki-1"]

    desk.world.start("helsinki-1")
    until(lambda: state("helsinki-1")[0] == "done")
    assert secrets.applied(desk.store.connection) == []
    assert all(desk.world.objects(region, "secrets", NAMESPACE) == [] for region in REGIONS)
    assert [phase for region, phase, _ in desk.told() if region == "helsinki-1" and "removal" in phase] == [
        "removal.pending",
        "removal.done",
    ]


def test_an_object_that_took_the_place_of_ours_is_left_alone(desk: Desk, canary: str) -> None:
    applied = deployed(desk, canary)
    (secret,) = desk.world.objects(applied[0].region, "secrets", NAMESPACE)
    theirs = secret | {"metadata": secret["metadata"] | {"uid": "theirs", "labels": {}, "annotations": {}}}
    desk.world.put(applied[0].region, "secrets", theirs)
    removal = remove(desk, applied[0])
    until(lambda: removals.get(desk.store.connection, removal).state == "done")
    assert len(desk.world.objects(applied[0].region, "secrets", NAMESPACE)) == 1


def test_a_secret_that_came_back_from_a_backup_is_removed(desk: Desk, canary: str) -> None:
    applied = deployed(desk, canary)
    removal = remove(desk, applied[0], uid="the-uid-before-the-backup")
    until(lambda: removals.get(desk.store.connection, removal).state == "done")
    assert desk.world.objects(applied[0].region, "secrets", NAMESPACE) == []


@pytest.mark.parametrize(
    ("seconds_ago", "uid", "state"), [(0, None, "pending"), (60, None, "done"), (0, "noted", "done")]
)
def test_a_secret_that_was_perhaps_sent_is_looked_for_again_before_it_counts_as_gone(
    desk: Desk, seconds_ago: float, uid: str | None, state: str
) -> None:
    resources = Resources(desk.places, SharedStore(desk.store))
    with desk.store.write() as tx:
        number = removals.add(
            tx,
            project=PROJECT,
            region="helsinki-1",
            kind="Secret",
            name="bahriya-team-v1",
            uid=uid,
            reason="registry team was deleted",
            now=clock.later(clock.now(), -seconds_ago),
        )
    run_removals(resources, "helsinki-1", [removals.get(desk.store.connection, number)])
    found = removals.get(desk.store.connection, number)
    assert found.state == state
    assert ("may still arrive" in found.last_error) == (state == "pending")


def test_an_error_that_nobody_foresaw_is_written_down_by_its_name(
    desk: Desk, canary: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def broken(region: Region, places: Places) -> Never:
        raise ZeroDivisionError(canary)

    monkeypatch.setattr(access, "transport", broken)
    resources = Resources(desk.places, SharedStore(desk.store))
    ids = [remove(desk, AppliedSecret(PROJECT, "helsinki-1", name, "r", "team", 1, "u")) for name in "ab"]
    run_removals(resources, "helsinki-1", removals.due(desk.store.connection, clock.now()))
    with desk.store.write() as tx:
        regions.request_check(tx, "helsinki-1", clock.now())
    run_region_check(resources, "helsinki-1")

    words = "internal error (ZeroDivisionError); see the worker's log"
    for number in ids:
        left = removals.get(desk.store.connection, number)
        assert (left.state, left.attempts, left.last_error) == ("pending", 1, words)
        assert left.next_try_at > clock.now()
    assert regions.get(desk.store.connection, "helsinki-1").last_error == words
    assert regions.to_check(desk.store.connection) == []
    logged = capfd.readouterr().err
    assert " broken" in logged
    assert canary not in logged


def test_a_secret_whose_uid_was_never_learnt_is_found_by_its_marks(desk: Desk, canary: str) -> None:
    applied = deployed(desk, canary)
    removal = remove(desk, applied[0], uid=None)
    until(lambda: removals.get(desk.store.connection, removal).state == "done")
    assert desk.world.objects(applied[0].region, "secrets", NAMESPACE) == []


def test_a_fresh_deployment_calls_off_the_removal_of_what_it_needs(desk: Desk, canary: str) -> None:
    applied = deployed(desk, canary)
    helsinki = next(one for one in applied if one.region == "helsinki-1")
    desk.world.stop("helsinki-1")
    removal = remove(desk, helsinki)
    until(lambda: removals.get(desk.store.connection, removal).attempts == 1)
    desk.world.start("helsinki-1")

    number = desk.deploy(containers.get(desk.store.connection, PROJECT, "app"))
    assert desk.ended(number).state == "done", desk.told(number)

    assert removals.get(desk.store.connection, removal).state == "done"
    assert len(desk.world.objects("helsinki-1", "secrets", NAMESPACE)) == 1


def test_a_termination_takes_workload_service_and_unneeded_secret(desk: Desk, canary: str) -> None:
    team = desk.registry("team", canary)
    app = desk.container("app", registry=team, port=8080)
    other = desk.container("other", registry=team, places=["virginia-1"])
    desk.start()
    for number in (desk.deploy(app), desk.deploy(other)):
        assert desk.ended(number).state == "done", desk.told(number)

    number = desk.deploy(app, kind="terminate")
    assert desk.ended(number).state == "done", desk.told(number)

    assert desk.states(number) == dict.fromkeys(REGIONS, "terminated")
    assert desk.status("app") == "terminated"
    assert containers.placements(desk.store.connection, PROJECT, "app") == []
    for region in REGIONS:
        left = desk.world.objects(region, "deployments", NAMESPACE)
        assert [one["metadata"]["name"] for one in left] == (["other"] if region == "virginia-1" else [])
        assert desk.world.objects(region, "services", NAMESPACE) == []
        kept = desk.world.objects(region, "secrets", NAMESPACE)
        assert len(kept) == (1 if region == "virginia-1" else 0)
        pods = desk.world.objects(region, "pods", NAMESPACE)
        assert len(pods) == (1 if region == "virginia-1" else 0)


def test_a_termination_that_a_region_missed_is_an_error_and_keeps_the_placement(
    desk: Desk, canary: str
) -> None:
    deployed(desk, canary)
    desk.world.stop("helsinki-1")
    number = desk.deploy(containers.get(desk.store.connection, PROJECT, "app"), kind="terminate")
    assert desk.ended(number).state == "partial"
    assert desk.status("app") == "error"
    left = containers.placements(desk.store.connection, PROJECT, "app")
    assert [one.region for one in left] == ["helsinki-1"]


def test_a_removal_of_a_workload_forgets_the_placement(desk: Desk, canary: str) -> None:
    deployed(desk, canary)
    (placement,) = containers.placements(desk.store.connection, PROJECT, "app", "helsinki-1")
    with desk.store.write() as tx:
        removal = removals.add(
            tx,
            project=PROJECT,
            region="helsinki-1",
            kind="Deployment",
            name="app",
            uid=placement.workload_uid,
            reason="container app left this region",
            now=clock.now(),
        )
    until(lambda: removals.get(desk.store.connection, removal).state == "done")
    assert containers.placements(desk.store.connection, PROJECT, "app", "helsinki-1") == []
    assert desk.world.objects("helsinki-1", "deployments", NAMESPACE) == []


def test_no_removal_is_invented(desk: Desk) -> None:
    with pytest.raises(NotFound):
        removals.get(desk.store.connection, 1)


def test_a_termination_waits_for_the_pods_and_not_only_for_the_deployment(
    slow_desk: Desk, canary: str
) -> None:
    desk = slow_desk
    deployed(desk, canary)
    desk.world.regions["helsinki-1"].forbidden.add(("list", "pods"))
    number = desk.deploy(containers.get(desk.store.connection, PROJECT, "app"), kind="terminate")
    assert desk.ended(number).state == "partial"
    assert "pods cannot be seen" in desk.region(number, "helsinki-1").message
    for region in ("falkenstein-1", "virginia-1"):
        assert desk.world.objects(region, "pods", NAMESPACE) == []
