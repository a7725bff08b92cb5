"""A canary that soaks, a gate that waits for somebody, and how many regions may fail."""

from collections.abc import Callable

import pytest

from bahriya_tui.model import clock
from bahriya_tui.model.deployment import Manner
from bahriya_tui.store import deployments
from tests.cluster.embedded import World
from tests.worker.conftest import REGIONS
from tests.worker.desk import Desk, until

CANARY, *REST = REGIONS
NAMESPACE = "bahriya-shop"
HOUR = 3600


def soaking(desk: Desk, manner: Manner) -> int:
    """A deployment whose canary runs and soaks for an hour."""
    web = desk.container("web", image="nginx:1.27")
    number = desk.deploy(web, waves=[[CANARY], REST], manner=manner)
    desk.start()
    until(lambda: "soaks for 1 h" in desk.region(number, CANARY).message, say=lambda: desk.told(number))
    return number


def let_an_hour_pass(desk: Desk, number: int) -> None:
    """Kill the worker, have the canary run since an hour ago, and start the next worker."""
    assert desk.worker is not None
    desk.worker.kill()
    an_hour_ago = clock.later(clock.now(), -HOUR)
    with desk.store.write() as tx:
        tx.execute(
            "UPDATE deployment_region SET finished_at = ? WHERE deployment = ? AND region = ?",
            [an_hour_ago, number, CANARY],
        )
    desk.start()


def untouched(desk: Desk) -> bool:
    return all(desk.world.regions[one].requests == [] for one in REST)


def test_while_the_canary_soaks_nothing_else_begins_and_a_cancellation_ends_it_at_once(desk: Desk) -> None:
    number = soaking(desk, Manner(CANARY, HOUR))
    assert desk.states(number) == {CANARY: "running", **dict.fromkeys(REST, "queued")}
    assert (CANARY, "soaking") in [(region, phase) for region, phase, _ in desk.told(number)]

    with desk.store.write() as tx:
        deployments.request_cancel(tx, number, clock.now())

    assert desk.ended(number).state == "cancelled"
    assert desk.region(number, CANARY).message == "1 of 1 replicas run the new revision"
    assert desk.states(number) == {CANARY: "running", **dict.fromkeys(REST, "cancelled")}
    assert untouched(desk)


def test_a_soak_goes_on_from_the_stored_instant_after_its_worker_died(desk: Desk) -> None:
    number = soaking(desk, Manner(CANARY, HOUR))
    assert untouched(desk)
    let_an_hour_pass(desk, number)

    assert desk.ended(number).state == "done", desk.told(number)
    assert "after a soak of 1 h" in desk.region(number, CANARY).message
    shown = desk.world.objects(CANARY, "deployments", NAMESPACE)
    assert shown[0]["metadata"]["generation"] == 1


def test_a_soak_that_goes_on_with_another_worker_is_told_once(desk: Desk) -> None:
    number = soaking(desk, Manner(CANARY, HOUR))
    assert desk.worker is not None
    desk.worker.kill()
    desk.start()
    until(lambda: [phase for _, phase, _ in desk.told(number)].count("soaking") == 2)
    assert desk.region(number, CANARY).message.count("soaks for") == 1
    assert desk.states(number) == {CANARY: "running", **dict.fromkeys(REST, "queued")}


def test_a_soak_that_is_over_lets_the_others_begin_without_another_worker(desk: Desk) -> None:
    web = desk.container("web", image="nginx:1.27")
    number = desk.deploy(web, waves=[[CANARY], REST], manner=Manner(CANARY, 1))
    desk.start()
    assert desk.ended(number).state == "done", desk.told(number)
    phases = [(region, phase) for region, phase, _ in desk.told(number)]
    assert phases.index((CANARY, "soaked")) < min(phases.index((one, "connecting")) for one in REST)


def lose_replicas(world: World) -> None:
    (shown,) = world.objects(CANARY, "deployments", NAMESPACE)
    status = {key: value for key, value in shown["status"].items() if key != "availableReplicas"}
    world.put(CANARY, "deployments", shown | {"status": status})


def lose_the_deployment(world: World) -> None:
    (shown,) = world.objects(CANARY, "deployments", NAMESPACE)
    world.do(lambda: world.regions[CANARY].objects.remove("deployments", shown))


def deploy_over_it(world: World) -> None:
    (shown,) = world.objects(CANARY, "deployments", NAMESPACE)
    labels = shown["metadata"]["labels"] | {"bahriya.cloud/deployment-id": "99"}
    world.put(CANARY, "deployments", shown | {"metadata": shown["metadata"] | {"labels": labels}})


@pytest.mark.parametrize(
    ("disturb", "state", "words"),
    [
        (lose_replicas, "failed", "0 of 1 new replicas available: look at its pods"),
        (lose_the_deployment, "failed", "the Deployment was deleted in the region: find out by whom"),
        (deploy_over_it, "failed", "something else was deployed over it"),
        (lambda world: world.stop(CANARY), "unreachable", "the region cannot be reached: connection refused"),
    ],
)
def test_a_canary_that_is_not_well_after_its_soak_holds_the_others(
    desk: Desk, disturb: Callable[[World], None], state: str, words: str
) -> None:
    number = soaking(desk, Manner(CANARY, HOUR))
    disturb(desk.world)
    let_an_hour_pass(desk, number)

    assert desk.ended(number).state == "held"
    run = desk.region(number, CANARY)
    assert (run.state, run.message.startswith("after a soak of 1 h")) == (state, True)
    assert words in run.message
    for region in REST:
        held = desk.region(number, region)
        assert held.state == "held"
        assert f"the canary {CANARY}" in held.message
        assert f"bahriya deployment resume {number}" in held.message
    assert untouched(desk)


def test_a_gate_holds_the_others_until_somebody_approves_the_canary(desk: Desk, canary: str) -> None:
    app = desk.container("app", registry=desk.registry("team", canary))
    number = desk.deploy(app, waves=[[CANARY], REST], manner=Manner(CANARY, gate="closed"))
    desk.start()

    assert desk.ended(number).state == "held"
    assert desk.states(number) == {CANARY: "running", **dict.fromkeys(REST, "held")}
    words = (
        f"waits for approval: the canary {CANARY} is running; to go on: bahriya deployment resume {number}"
    )
    assert {desk.region(number, one).message for one in REST} == {words}
    assert desk.told(number)[-1] == (None, "held", f"1 running, 2 held; {words}")
    assert untouched(desk)
    asked = len(desk.world.regions[CANARY].requests)

    with desk.store.write() as tx:
        deployments.requeue_held(tx, number)

    assert desk.ended(number).state == "done", desk.told(number)
    assert desk.deployment(number).gate == "open"
    assert len(desk.world.regions[CANARY].requests) == asked


def test_a_gate_comes_after_the_soak(desk: Desk) -> None:
    number = soaking(desk, Manner(CANARY, HOUR, gate="closed"))
    let_an_hour_pass(desk, number)
    assert desk.ended(number).state == "held"
    assert "waits for approval" in desk.region(number, REST[0]).message
    with desk.store.write() as tx:
        deployments.requeue_held(tx, number)
    assert desk.ended(number).state == "done", desk.told(number)
    assert [phase for _, phase, _ in desk.told(number)].count("soaked") == 1


def test_a_canary_that_failed_stops_however_many_may_fail(desk: Desk) -> None:
    desk.world.stop(CANARY)
    web = desk.container("web", image="nginx:1.27")
    number = desk.deploy(web, waves=[[CANARY], REST], manner=Manner(CANARY, max_failures=9))
    desk.start()
    assert desk.ended(number).state == "held"
    assert f"the canary {CANARY} could not be reached" in desk.region(number, REST[0]).message
    assert untouched(desk)


def test_a_wave_under_way_begins_no_further_region_once_too_many_failed(desk: Desk) -> None:
    desk.world.stop(CANARY)
    web = desk.container("web", image="nginx:1.27")
    number = desk.deploy(web, manner=Manner(max_failures=0), max_parallel=1)
    desk.start()
    assert desk.ended(number).state == "held"
    assert desk.states(number) == {CANARY: "unreachable", **dict.fromkeys(REST, "held")}
    assert f"1 region failed, 0 may: {CANARY}" in desk.region(number, REST[0]).message
    assert untouched(desk)

    with desk.store.write() as tx:
        deployments.requeue_held(tx, number)
    assert desk.ended(number).state == "partial"
    assert desk.states(number) == {CANARY: "unreachable", **dict.fromkeys(REST, "running")}


def test_as_many_failures_as_may_be_do_not_stop_later_waves(desk: Desk) -> None:
    desk.world.stop(CANARY)
    web = desk.container("web", image="nginx:1.27")
    number = desk.deploy(web, waves=[[one] for one in REGIONS], manner=Manner(max_failures=1))
    desk.start()
    assert desk.ended(number).state == "partial"
    assert desk.states(number) == {CANARY: "unreachable", **dict.fromkeys(REST, "running")}
