"""One region of a termination: the workload goes, and the pull secret with it when nothing else needs it."""

from collections.abc import Iterable
from typing import Any

from bahriya_tui.cluster.delete import delete
from bahriya_tui.cluster.objects import path
from bahriya_tui.cluster.transport import Transport
from bahriya_tui.cluster.words import refusal
from bahriya_tui.model import clock
from bahriya_tui.model.container import WorkloadKind
from bahriya_tui.model.errors import Failed
from bahriya_tui.model.handle import namespace
from bahriya_tui.model.manifests.marks import CONTAINER, PROJECT
from bahriya_tui.model.manifests.workload import kind_of
from bahriya_tui.store import containers, regions, removals, secrets
from bahriya_tui.store.driver import Connection
from bahriya_tui.worker import access
from bahriya_tui.worker.removals import attempt
from bahriya_tui.worker.run import Cancelled, Run

_POD_WAITS = (0.1, 0.2, 0.4, 0.8, *[1.5] * 120)
"""Seconds between looks for pods that still stop; pods get 30 s by default."""


def terminate_region(run: Run, region: str) -> None:
    """Remove a container from one region and wait until its pods are gone; failures are raised."""
    project, name, resources = run.deployment.project, run.deployment.container, run.resources
    with access.transport(resources.region(region), resources.places, run.before_change) as transport:
        transport.connect()
        run.check()
        ms = transport.take_latency()
        run.recorder.region(region, "removing", also=lambda tx: regions.seen(tx, region, clock.now(), ms=ms))
        placed = run.resources.store.read(lambda c: containers.placements(c, project, name, region))
        placement = placed[0] if placed else None
        delete(transport, "Service", project, name, placement.service_uid if placement else None)
        cron_api = run.resources.region(region).cron_api
        workloads = run.resources.store.read(lambda c: _workloads(c, run, region))
        for kind, known in workloads.items():
            delete(transport, kind, project, name, known, cron_api)
        _wait_until_gone(run, transport)
        for removal in _note(run, region, workloads):
            attempt(run.resources, transport, removal)
        run.recorder.region(region, "terminated", "removed")


def _workloads(c: Connection, run: Run, region: str) -> dict[WorkloadKind, str | None]:
    """Find what there may be of the container in a region: after a change of type two kinds of workload."""
    project, name = run.deployment.project, run.deployment.container
    placed = containers.placements(c, project, name, region)
    waiting = removals.pending(c, project=project, region=region)
    found: dict[WorkloadKind, str | None] = {}
    for removal in waiting:
        if removal.name == name and removal.kind in ("Deployment", "CronJob"):
            found[removal.kind] = removal.uid
    return {**found, **dict(placed[0].workloads if placed else [(kind_of(run.deployment.spec), None)])}


def _wait_until_gone(run: Run, transport: Transport) -> None:
    """Wait for the container's pods to stop; the workload itself is gone already."""
    project, name = run.deployment.project, run.deployment.container
    query = {"labelSelector": f"{PROJECT}={project},{CONTAINER}={name}"}
    left: list[Any] = []
    for wait in _POD_WAITS:
        answer = transport.request("GET", path("Pod", namespace(project)), query=query)
        if not answer.ok:
            raise Failed(refusal(answer, "the workload is deleted, but its pods cannot be seen"))
        left = answer.body.get("items") or []
        if not left:
            return
        try:
            run.wait(wait)
        except Cancelled:
            raise Failed(
                "the workload was deleted before the cancellation came; its pods still stop",
                f"bahriya deploy {name}, or bahriya container terminate {name}",
            ) from None
    raise Failed(f"the workload is deleted, but {len(left)} pods do not stop", "look at their node")


def _note(run: Run, region: str, workloads: Iterable[WorkloadKind]) -> list[int]:
    """Forget the placement; give the removals of the pull secrets that nothing there needs any more."""
    project, name = run.deployment.project, run.deployment.container
    with run.resources.store.write() as tx:
        containers.unplace(tx, project, name, region)
        for kind in (*workloads, "Service"):
            removals.drop_for(tx, region, project, kind, name)
        return [
            removals.add(
                tx,
                project=project,
                region=region,
                kind="Secret",
                name=secret.name,
                uid=secret.uid,
                reason=f"container {name} was terminated and nothing else there uses it",
                now=clock.now(),
            )
            for secret in secrets.unneeded(tx.conn, project, region)
        ]
