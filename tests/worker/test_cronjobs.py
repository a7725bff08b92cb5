"""Cronjobs through a real worker, into embedded regions of different ages."""

from typing import Any

from bahriya_tui.model.container import Container, Placement
from bahriya_tui.store import containers, regions, removals
from tests.worker.conftest import REGIONS
from tests.worker.desk import PROJECT, Desk, until

NAMESPACE = "bahriya-shop"
OLD, *NEW = REGIONS


def nightly(desk: Desk, **more: Any) -> Container:
    """A cronjob of a public image; the first region is an old one."""
    desk.world.do(lambda: setattr(desk.world.regions[OLD], "cron_versions", ("v1beta1",)))
    return desk.container("nightly", image="nginx:1.27", schedule="0 2 * * *", **more)


def placed(desk: Desk, region: str) -> list[Placement]:
    return containers.placements(desk.store.connection, PROJECT, "nightly", region)


def plain(desk: Desk, container: Container) -> int:
    """Deploy it as a worker."""
    return desk.deploy(container, type="worker", schedule=None)


def test_a_cronjob_is_scheduled_in_regions_of_both_api_versions(desk: Desk, canary: str) -> None:
    desk.world.do(lambda: setattr(desk.world.regions[OLD], "cron_versions", ("v1beta1",)))
    team = desk.registry("team", canary)
    job = desk.container("nightly", registry=team, schedule="0 2 * * *")
    first = desk.deploy(job)
    desk.start()

    assert desk.ended(first).state == "done", desk.told(first)

    assert desk.status("nightly") == "running"
    for region in REGIONS:
        run = desk.region(first, region)
        assert (run.state, run.message) == ("running", "scheduled: 0 2 * * *")
        (cronjob,) = desk.world.objects(region, "cronjobs", NAMESPACE)
        pod = cronjob["spec"]["jobTemplate"]["spec"]["template"]["spec"]
        assert pod["imagePullSecrets"] == [{"name": "bahriya-team-v1"}]
        assert pod["containers"][0]["imagePullPolicy"] == "Always"
        (secret,) = desk.world.objects(region, "secrets", NAMESPACE)
        assert secret["metadata"]["name"] == "bahriya-team-v1"
        assert desk.world.objects(region, "deployments", NAMESPACE) == []
        (there,) = placed(desk, region)
        assert there.workloads == [("CronJob", cronjob["metadata"]["uid"])]
    known = {one.id: one.cron_api for one in regions.all(desk.store.connection)}
    assert known == {OLD: "batch/v1beta1", **dict.fromkeys(NEW, "batch/v1")}


def test_the_api_version_is_looked_for_once(desk: Desk) -> None:
    job = nightly(desk)
    first = desk.deploy(job)
    desk.start()
    assert desk.ended(first).state == "done", desk.told(first)
    for region in desk.world.regions.values():
        region.requests.clear()

    second = desk.ended(desk.deploy(job))

    assert second.state == "done", desk.told(second.id)
    asked = {
        name: [line.partition("?")[0] for line in one.requests] for name, one in desk.world.regions.items()
    }
    where = f"namespaces/{NAMESPACE}/cronjobs/nightly"
    assert asked == {
        OLD: [f"PATCH /apis/batch/v1beta1/{where}"],
        **{region: [f"PATCH /apis/batch/v1/{where}"] for region in NEW},
    }


def test_another_type_replaces_the_workload_and_back_again(desk: Desk) -> None:
    job = nightly(desk)
    first = plain(desk, job)
    desk.start()
    assert desk.ended(first).state == "done", desk.told(first)

    second = desk.deploy(job)
    assert desk.ended(second).state == "done", desk.told(second)
    for region in REGIONS:
        until(lambda region=region: not desk.world.objects(region, "deployments", NAMESPACE))  # type: ignore[misc]
        assert len(desk.world.objects(region, "cronjobs", NAMESPACE)) == 1
    until(lambda: not removals.pending(desk.store.connection))
    assert [one.kind for region in REGIONS for one in placed(desk, region)] == ["CronJob"] * 3
    assert "Deployment nightly removed (container nightly runs as a CronJob now)" in str(desk.told())

    third = plain(desk, job)
    assert desk.ended(third).state == "done", desk.told(third)
    for region in REGIONS:
        until(lambda region=region: not desk.world.objects(region, "cronjobs", NAMESPACE))  # type: ignore[misc]
        assert len(desk.world.objects(region, "deployments", NAMESPACE)) == 1


def test_the_former_workload_stays_while_the_region_refuses_the_new_one(desk: Desk) -> None:
    job = nightly(desk, places=[NEW[0]])
    first = plain(desk, job)
    desk.start()
    assert desk.ended(first).state == "done", desk.told(first)
    desk.world.regions[NEW[0]].forbidden.add(("patch", "cronjobs"))

    second = desk.ended(desk.deploy(job))

    assert second.state == "failed"
    assert "cronjob nightly: not permitted there" in desk.region(second.id, NEW[0]).message
    assert removals.pending(desk.store.connection) == []
    assert len(desk.world.objects(NEW[0], "deployments", NAMESPACE)) == 1
    (there,) = placed(desk, NEW[0])
    assert [kind for kind, _ in there.workloads] == ["Deployment", "CronJob"]


def test_a_terminated_cronjob_is_gone_from_every_region(desk: Desk) -> None:
    job = nightly(desk)
    first = desk.deploy(job)
    desk.start()
    assert desk.ended(first).state == "done", desk.told(first)

    ended = desk.ended(desk.deploy(job, kind="terminate"))

    assert ended.state == "done", desk.told(ended.id)
    for region in REGIONS:
        assert desk.world.objects(region, "cronjobs", NAMESPACE) == []
        assert placed(desk, region) == []


def test_a_termination_takes_the_former_workload_too_when_that_is_still_to_be_removed(desk: Desk) -> None:
    job = nightly(desk, places=[NEW[0]])
    first = plain(desk, job)
    desk.start()
    assert desk.ended(first).state == "done", desk.told(first)
    desk.world.regions[NEW[0]].forbidden.add(("delete", "deployments"))
    assert desk.ended(desk.deploy(job)).state == "done"
    until(lambda: any(one.last_error for one in removals.pending(desk.store.connection)))
    desk.world.regions[NEW[0]].forbidden.clear()

    ended = desk.ended(desk.deploy(job, kind="terminate"))

    assert ended.state == "done", desk.told(ended.id)
    assert desk.world.objects(NEW[0], "deployments", NAMESPACE) == []
    assert desk.world.objects(NEW[0], "cronjobs", NAMESPACE) == []
    assert removals.pending(desk.store.connection) == []


def test_a_schedule_that_the_region_refuses_fails_in_its_words(desk: Desk) -> None:
    job = nightly(desk, places=[NEW[0]])
    number = desk.deploy(job, schedule="99 * * * *")
    desk.start()
    assert desk.ended(number).state == "failed"
    assert "cronjob nightly: refused with 422" in desk.region(number, NEW[0]).message
    assert "minute: 99 is not from 0 to 59" in desk.region(number, NEW[0]).message
