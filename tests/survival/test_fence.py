"""A worker that comes late does no harm: neither the store nor a region lets it change anything."""

import signal
from contextlib import closing
from pathlib import Path
from typing import Any

from bahriya_tui.cluster.objects import path
from bahriya_tui.model import clock
from bahriya_tui.store import deployments
from tests.cluster.conftest import region_transport
from tests.worker.conftest import REGIONS
from tests.worker.desk import Desk, until

NAMESPACE = "bahriya-shop"
FENCE = "bahriya.cloud/fence"


def changes(desk: Desk, region: str) -> list[str]:
    """What was asked of a region that could have changed it."""
    return [line for line in desk.world.regions[region].requests if not line.startswith("GET ")]


def workload(desk: Desk, region: str) -> dict[str, Any]:
    (shown,) = desk.world.objects(region, "deployments", NAMESPACE)
    return shown


def sockets(pid: int) -> list[str]:
    """The connections that a process has open."""
    found = []
    for link in Path(f"/proc/{pid}/fd").iterdir():
        try:
            found.append(str(link.readlink()))
        except OSError:
            continue
    return [one for one in found if one.startswith("socket:")]


def stopped(pid: int) -> bool:
    """Tell whether every thread of a process stands still."""
    states = [
        (one / "stat").read_text().rpartition(")")[2].split()[0]
        for one in Path(f"/proc/{pid}/task").iterdir()
    ]
    return set(states) == {"T"}


def test_a_worker_that_was_frozen_changes_nothing_after_another_took_over(desk: Desk) -> None:
    for region in REGIONS:
        desk.world.freeze(region)
    web = desk.container("web", image="nginx:1.27")
    first = desk.deploy(web)
    late = desk.start()
    until(lambda: all(desk.world.regions[one].requests for one in REGIONS), say=lambda: desk.told(first))
    late.process.send_signal(signal.SIGSTOP)
    until(lambda: stopped(late.process.pid))
    try:
        for region in REGIONS:
            desk.world.freeze(region, False)
        # Without its lock another one is let in, as on a file system that does not keep locks.
        desk.places.worker_lock.unlink()
        other = desk.start()
        assert desk.ended(first).state == "done", desk.told(first)
        second = desk.deploy(web, replicas=2)
        assert desk.ended(second).state == "done", desk.told(second)
        other.end()
        told = desk.told()
        before = {region: workload(desk, region) for region in REGIONS}
        for one in desk.world.regions.values():
            one.requests.clear()
        assert sockets(late.process.pid) != []

        late.process.send_signal(signal.SIGCONT)
        until(lambda: sockets(late.process.pid) == [])

        assert {region: changes(desk, region) for region in REGIONS} == {region: [] for region in REGIONS}
        assert {region: workload(desk, region) for region in REGIONS} == before
        assert desk.told() == told
        assert late.process.poll() is None
    finally:
        late.kill()


def test_who_takes_over_asks_each_region_once_more_and_leaves_newer_workloads_alone(desk: Desk) -> None:
    newer, *rest = REGIONS
    web = desk.container("web", image="nginx:1.27")
    first = desk.deploy(web)
    worker = desk.start()
    assert desk.ended(first).state == "done", desk.told(first)
    worker.end()
    assert workload(desk, newer)["metadata"]["labels"][FENCE] == f"{first}.1"
    assert FENCE not in workload(desk, newer)["spec"]["template"]["metadata"]["labels"]
    mark(desk, newer, "99.1")
    second = desk.deploy(web)
    lose(desk)
    for one in desk.world.regions.values():
        one.requests.clear()

    desk.start()

    assert desk.ended(second).state == "partial", desk.told(second)
    assert desk.states(second) == {newer: "failed", **dict.fromkeys(rest, "running")}
    assert "belongs to deployment 99 already, which is newer" in desk.region(second, newer).message
    assert changes(desk, newer) == []
    for region in rest:
        asked = [line.split("?")[0] for line in desk.world.regions[region].requests]
        assert asked == [
            f"GET /apis/apps/v1/namespaces/{NAMESPACE}/deployments/web",
            f"PATCH /apis/apps/v1/namespaces/{NAMESPACE}/deployments/web",
            f"GET /apis/apps/v1/namespaces/{NAMESPACE}/deployments",
        ]
        assert workload(desk, region)["metadata"]["labels"][FENCE] == f"{second}.2"


def mark(desk: Desk, region: str, text: str) -> None:
    """Mark a workload as a newer deployment would have."""
    with closing(region_transport(desk.world, region)) as transport:
        answer = transport.request(
            "PATCH",
            path("Deployment", NAMESPACE, "web"),
            body={"metadata": {"labels": {FENCE: text}}},
            query={"fieldManager": "bahriya"},
            content_type="application/merge-patch+json",
        )
    assert answer.ok, answer


def lose(desk: Desk) -> None:
    """Have a worker take the next deployment, and never be heard of again."""
    with desk.store.write() as tx:
        now = clock.now()
        assert deployments.claim(tx, "lost", now, clock.later(now, 15)) is not None
