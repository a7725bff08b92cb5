"""A cancellation: over when every region has answered, and honest about what still runs."""

from bahriya_tui.model import clock
from bahriya_tui.model.deployment import Manner
from bahriya_tui.store import deployments, regions
from tests.worker.conftest import REGIONS
from tests.worker.desk import PROJECT, Desk, until

FIRST, *REST = REGIONS
NAMESPACE = "bahriya-shop"


def cancel(desk: Desk, number: int) -> None:
    with desk.store.write() as tx:
        deployments.request_cancel(tx, number, clock.now())


def running_once(desk: Desk) -> int:
    """A container whose first revision runs everywhere; its second is deployed, canary first, with a gate."""
    web = desk.container("web", image="nginx:1.27")
    first = desk.deploy(web)
    desk.start()
    assert desk.ended(first).state == "done", desk.told(first)
    assert desk.status("web") == "running"
    return desk.deploy(web, waves=[[FIRST], REST], manner=Manner(FIRST, gate="closed"))


def test_a_deployment_is_cancelling_until_every_region_has_answered(slow_desk: Desk) -> None:
    desk = slow_desk
    with desk.store.write() as tx:
        regions.note_namespace(tx, FIRST, PROJECT)
    desk.world.freeze(FIRST)
    number = desk.deploy(desk.container("web", image="nginx:1.27", replicas=3))
    desk.start()
    until(lambda: all(desk.region(number, one).state == "rolling" for one in REST))

    cancel(desk, number)

    until(lambda: all(desk.region(number, one).state == "cancelled" for one in REST))
    assert desk.region(number, FIRST).state == "workload"
    assert desk.deployment(number).state == "cancelling"
    desk.world.freeze(FIRST, False)
    assert desk.ended(number).state == "cancelled"
    for region in REGIONS:
        assert desk.region(number, region).message == "cancelled; this revision was applied before, and stays"
    for region in REST:
        assert desk.world.objects(region, "deployments", NAMESPACE) != []
    assert desk.status("web") == "error"


def test_regions_that_wait_for_approval_run_the_former_revision_and_so_does_the_container(
    desk: Desk,
) -> None:
    number = running_once(desk)
    assert desk.ended(number).state == "held"
    assert desk.status("web") == "running"

    cancel(desk, number)

    assert desk.deployment(number).state == "cancelled"
    assert desk.status("web") == "running"


def test_a_container_runs_after_a_cancellation_if_every_region_had_a_revision_that_got_there(
    slow_desk: Desk,
) -> None:
    desk = slow_desk
    web = desk.container("web", image="nginx:1.27", replicas=2)
    first = desk.deploy(web)
    desk.start()
    assert desk.ended(first).state == "done", desk.told(first)
    second = desk.deploy(web, waves=[[FIRST], REST])
    until(lambda: desk.region(second, FIRST).state == "rolling")

    cancel(desk, second)

    assert desk.ended(second).state == "cancelled"
    assert {desk.region(second, one).message for one in REST} == {"cancelled before the workload was touched"}
    assert desk.status("web") == "running"


def test_a_cancellation_does_not_hide_a_region_that_had_failed_before(desk: Desk) -> None:
    desk.world.stop(REST[0])
    web = desk.container("web", image="nginx:1.27")
    first = desk.deploy(web)
    desk.start()
    assert desk.ended(first).state == "partial"
    second = desk.deploy(web, waves=[[FIRST], REST], manner=Manner(FIRST, 3600))
    until(lambda: desk.region(second, FIRST).state == "running")

    cancel(desk, second)

    assert desk.ended(second).state == "cancelled"
    assert desk.status("web") == "error"


def test_a_cancelled_deployment_whose_worker_died_says_what_that_worker_left(slow_desk: Desk) -> None:
    desk = slow_desk
    number = desk.deploy(desk.container("web", image="nginx:1.27", replicas=3))
    worker = desk.start()
    until(lambda: all(desk.region(number, one).state == "rolling" for one in REGIONS))
    worker.kill()
    cancel(desk, number)
    assert desk.deployment(number).state == "cancelling"

    desk.start()

    assert desk.ended(number).state == "cancelled"
    for region in REGIONS:
        assert desk.region(number, region).message == "cancelled; this revision was applied before, and stays"


def test_a_termination_that_is_cancelled_too_late_says_that_the_workload_is_gone(desk: Desk) -> None:
    web = desk.container("web", image="nginx:1.27")
    first = desk.deploy(web)
    desk.start()
    assert desk.ended(first).state == "done", desk.told(first)
    labels = {"bahriya.cloud/project": "shop", "bahriya.cloud/container": "web"}
    metadata = {
        "name": "stays",
        "namespace": NAMESPACE,
        "uid": "p",
        "labels": labels,
        "creationTimestamp": "x",
    }
    status = {"phase": "Running", "conditions": []}
    pod = {"kind": "Pod", "apiVersion": "v1", "metadata": metadata, "spec": {}, "status": status}
    desk.world.put(FIRST, "pods", pod)
    number = desk.deploy(web, kind="terminate", waves=[[FIRST], REST])
    until(lambda: desk.world.objects(FIRST, "deployments", NAMESPACE) == [])

    cancel(desk, number)

    assert desk.ended(number).state == "cancelled"
    assert desk.states(number) == {FIRST: "failed", **dict.fromkeys(REST, "cancelled")}
    message = desk.region(number, FIRST).message
    assert message.startswith("the workload was deleted before the cancellation came; its pods still stop")
    assert all(desk.world.objects(one, "deployments", NAMESPACE) != [] for one in REST)
    assert desk.status("web") == "error"
