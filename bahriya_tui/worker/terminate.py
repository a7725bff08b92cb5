"""One region of a termination: the workload goes, and the pull secret with it when nothing else needs it."""

from typing import Any

from bahriya_tui.cluster.delete import delete
from bahriya_tui.cluster.objects import CONTAINER, PROJECT, path
from bahriya_tui.cluster.transport import Transport
from bahriya_tui.cluster.words import refusal
from bahriya_tui.model import clock
from bahriya_tui.model.container import Placement
from bahriya_tui.model.deployment import ACTIVE, REGION_ENDED
from bahriya_tui.model.errors import Failed
from bahriya_tui.model.handle import namespace
from bahriya_tui.store import containers, deployments, regions, removals, secrets
from bahriya_tui.store.driver import Connection
from bahriya_tui.worker import access
from bahriya_tui.worker.removals import attempt
from bahriya_tui.worker.run import Run

_POD_WAITS = (0.1, 0.2, 0.4, 0.8, *[1.5] * 120)
"""Seconds between looks for pods that still stop; pods get 30 s by default."""


def terminate_region(run: Run, region: str) -> None:
    """Remove a container from one region and wait until its pods are gone; failures are raised."""
    project, name = run.deployment.project, run.deployment.container
    with access.transport(run.resources.region(region)) as transport:
        transport.connect()
        run.check()
        run.recorder.region(region, "removing", also=lambda tx: regions.seen(tx, region, clock.now()))
        placed = run.resources.store.read(lambda c: containers.placements(c, project, name, region))
        placement = placed[0] if placed else None
        delete(transport, "Service", project, name, placement.service_uid if placement else None)
        delete(transport, "Deployment", project, name, placement.workload_uid if placement else None)
        _wait_until_gone(run, transport)
        for removal in _note(run, region, placement):
            attempt(run.resources, transport, removal)
        run.recorder.region(region, "terminated", "removed")


def _wait_until_gone(run: Run, transport: Transport) -> None:
    """Wait for the container's pods to stop; the Deployment itself is gone already."""
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
        run.wait(wait)
    raise Failed(f"the workload is deleted, but {len(left)} pods do not stop", "look at their node")


def _note(run: Run, region: str, placement: Placement | None) -> list[int]:
    """Forget the placement; give the removals of its registry's pull secrets that nothing there needs."""
    project, name = run.deployment.project, run.deployment.container
    with run.resources.store.write() as tx:
        containers.unplace(tx, project, name, region)
        for kind in ("Deployment", "Service"):
            removals.drop_for(tx, region, project, kind, name)
        if placement is None or placement.registry_id is None:
            return []
        known = secrets.applied(tx.conn, project=project, region=region, registry_id=placement.registry_id)
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
            for secret in known
            if not needed(tx.conn, project, region, secret.name)
        ]


def needed(c: Connection, project: str, region: str, secret: str) -> bool:
    """Tell whether anything in a region names this pull secret, or is on its way there with it."""
    if any(one.secret == secret for one in containers.placements(c, project, region=region)):
        return True
    return any(
        one.kind == "deploy"
        and one.state in ACTIVE
        and one.spec.secret == secret
        and any(run.region == region and run.state not in REGION_ENDED for run in one.regions)
        for one in deployments.all(c, project)
    )
