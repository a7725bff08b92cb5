"""Terminate a container: take its workload out of every region; its definition stays."""

from typing import TYPE_CHECKING

from bahriya_tui.model.clock import now
from bahriya_tui.model.container import Container
from bahriya_tui.model.deployment import Deployment
from bahriya_tui.model.errors import Failed
from bahriya_tui.operations.deploy import spec_of
from bahriya_tui.operations.protect import refuse_protected
from bahriya_tui.operations.record import record
from bahriya_tui.operations.session import Session
from bahriya_tui.store import containers, deployments, registries

if TYPE_CHECKING:
    from sqlite_utils import Database


def terminate(s: Session, project: str, handle: str) -> Deployment:
    """Queue the removal of a container's workload from wherever something of it is."""
    with s.store.write() as tx:
        container = containers.get(tx.conn, project, handle)
        placed = [p.region for p in containers.placements(tx.conn, project, handle)]
        if not placed and deployments.active(tx.conn, container.id) is None:
            raise Failed(f"container {handle} runs in no region", "there is nothing to terminate")
        regions = tuple(dict.fromkeys([*placed, *container.regions]))
        deployment = queue_termination(tx, s, container, (regions,))
    s.wake_worker()
    return deployment


def queue_termination(
    tx: "Database", s: Session, container: Container, waves: tuple[tuple[str, ...], ...]
) -> Deployment:
    """Queue a termination inside a transaction, and tell of it; `InUse` while a deployment is under way.

    `Protected` for regions that were not named.
    """
    places = [region for wave in waves for region in wave]
    refuse_protected(s, tx.conn, places, f"the termination of {container.handle}")
    registry = None if container.registry_id is None else registries.by_id(tx.conn, container.registry_id)
    deployment = deployments.insert(
        tx,
        container=container,
        kind="terminate",
        spec=spec_of(container, registry),
        waves=waves,
        max_parallel=len(places),
        actor=s.actor,
        now=now(),
    )
    record(
        tx,
        s.who,
        "container.terminated",
        f"termination in {', '.join(places)}",
        phase="queued",
        project=container.project,
        deployment=deployment.id,
        container=container.handle,
    )
    return deployment
