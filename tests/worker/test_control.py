"""Waves, cancellation, and workers that die."""

import os
import subprocess
import sys
from collections import Counter

from bahriya_tui.model import clock
from bahriya_tui.store import deployments
from tests.worker.conftest import REGIONS
from tests.worker.desk import Desk, Worker, until

CANARY, *REST = REGIONS
NAMESPACE = "bahriya-shop"


def test_a_second_wave_begins_when_the_first_has_ended_well(desk: Desk, canary: str) -> None:
    team = desk.registry("team", canary)
    number = desk.deploy(desk.container("app", registry=team), waves=[[CANARY], REST])
    desk.start()
    assert desk.ended(number).state == "done", desk.told(number)
    steps = [(region, phase) for region, phase, _ in desk.told(number)]
    assert steps.index((CANARY, "running")) < min(steps.index((one, "connecting")) for one in REST)


def test_a_wave_that_failed_holds_the_later_ones_until_they_are_resumed(desk: Desk, canary: str) -> None:
    desk.world.stop(CANARY)
    team = desk.registry("team", canary)
    number = desk.deploy(desk.container("app", registry=team), waves=[[CANARY], *([one] for one in REST)])
    desk.start()

    assert desk.ended(number).state == "held"
    assert desk.states(number) == {CANARY: "unreachable", **dict.fromkeys(REST, "held")}
    assert desk.status("app") == "error"
    assert all(desk.world.regions[one].requests == [] for one in REST)

    with desk.store.write() as tx:
        deployments.requeue_held(tx, number)
    assert desk.ended(number).state == "partial"
    assert desk.states(number) == {CANARY: "unreachable", **dict.fromkeys(REST, "running")}


def test_a_failure_after_a_resumption_holds_again(desk: Desk) -> None:
    for region in REGIONS[:2]:
        desk.world.stop(region)
    web = desk.container("web", image="nginx:1.27")
    number = desk.deploy(web, waves=[[one] for one in REGIONS])
    desk.start()
    assert desk.ended(number).state == "held"
    with desk.store.write() as tx:
        deployments.requeue_held(tx, number)
    assert desk.ended(number).state == "held"
    assert [*desk.states(number).values()] == ["unreachable", "unreachable", "held"]


def test_a_cancelled_deployment_starts_no_further_region_and_says_what_stays(
    slow_desk: Desk, canary: str
) -> None:
    desk = slow_desk
    team = desk.registry("team", canary)
    number = desk.deploy(desk.container("app", registry=team, replicas=3), waves=[[CANARY], REST])
    desk.start()
    until(lambda: desk.region(number, CANARY).state == "rolling")
    with desk.store.write() as tx:
        deployments.request_cancel(tx, number, clock.now())

    assert desk.ended(number).state == "cancelled"
    assert desk.states(number) == dict.fromkeys(REGIONS, "cancelled")
    assert "stays" in desk.region(number, CANARY).message
    assert all(desk.world.objects(one, "deployments", NAMESPACE) == [] for one in REST)


def test_a_worker_that_is_killed_in_the_middle_is_followed_by_another_that_finishes(
    slow_desk: Desk, canary: str
) -> None:
    desk = slow_desk
    team = desk.registry("team", canary)
    number = desk.deploy(desk.container("app", registry=team, replicas=3))
    first = desk.start()
    until(lambda: all(one.state == "rolling" for one in desk.deployment(number).regions))
    first.kill()
    assert desk.deployment(number).state == "running"

    desk.start()

    assert desk.ended(number).state == "done", desk.told(number)
    assert desk.deployment(number).fence == 2
    for region in REGIONS:
        assert len(desk.world.objects(region, "replicasets", NAMESPACE)) == 1
        (shown,) = desk.world.objects(region, "deployments", NAMESPACE)
        assert shown["metadata"]["generation"] == 1
    told = desk.told(number)
    assert Counter(phase for _, phase, _ in told)["taken_over"] == 1
    assert Counter(region for region, phase, _ in told if phase == "running" and region) == dict.fromkeys(
        REGIONS, 1
    )


def test_a_worker_that_is_told_to_end_leaves_its_work_to_the_next_one_at_once(
    slow_desk: Desk, canary: str
) -> None:
    desk = slow_desk
    team = desk.registry("team", canary)
    number = desk.deploy(desk.container("app", registry=team, replicas=3))
    first = desk.start()
    until(lambda: desk.region(number, CANARY).state == "rolling")
    first.end()
    assert desk.deployment(number).state == "running"
    desk.start()
    assert desk.ended(number).state == "done", desk.told(number)


def test_a_second_worker_of_the_same_store_ends_at_once(desk: Desk) -> None:
    first = desk.start()
    until(lambda: desk.places.worker_lock.exists() and desk.places.worker_lock.read_text() != "")
    assert desk.places.worker_lock.read_text().strip() == str(first.process.pid)
    second = Worker(desk.places)
    assert second.process.wait(120) == 0
    assert first.process.poll() is None
    assert desk.places.worker_lock.read_text().strip() == str(first.process.pid)


def test_a_worker_with_nothing_to_do_ends_by_itself(desk: Desk) -> None:
    environment = {
        **os.environ,
        "BAHRIYA_HOME": str(desk.places.store.parent),
        "BAHRIYA_WORKER_IDLE": "0.3",
    }
    idle = subprocess.Popen([sys.executable, "-m", "bahriya_tui.worker"], env=environment)
    assert idle.wait(120) == 0


def test_a_worker_ends_with_the_one_who_holds_its_lifeline(desk: Desk) -> None:
    reading, writing = os.pipe()
    environment = {**os.environ, "BAHRIYA_HOME": str(desk.places.store.parent)}
    command = [sys.executable, "-m", "bahriya_tui.worker", "--lifeline", str(reading)]
    worker = subprocess.Popen(command, env=environment, pass_fds=[reading])
    os.close(reading)
    until(lambda: desk.places.worker_lock.exists() and desk.places.worker_lock.read_text() != "")
    os.close(writing)
    assert worker.wait(120) == 0


def test_several_containers_are_deployed_at_the_same_time(slow_desk: Desk, canary: str) -> None:
    desk = slow_desk
    team = desk.registry("team", canary)
    numbers = [desk.deploy(desk.container(name, registry=team)) for name in ("api", "web", "mailer")]
    desk.start()
    until(lambda: all(desk.region(one, CANARY).state == "rolling" for one in numbers))
    assert {desk.ended(one).state for one in numbers} == {"done"}
