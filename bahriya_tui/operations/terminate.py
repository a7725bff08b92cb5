"""Terminate a container: take its workload out of every region; its definition stays."""

from collections.abc import Iterable
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

    from bahriya_tui.store.driver import Connection


def terminate(s: Session, project: str, handle: str) -> Deployment:
    """Queue the removal of a container's workload from wherever something of it is."""
    with s.store.write() as tx:
        container = containers.get(tx.conn, project, handle)
        deployment = queue_termination(tx, s, container, (to_clear(tx.conn, container),))
    s.wake_worker()
    return deployment


def to_clear(c: "Connection", container: Container) -> tuple[str, ...]:
    """List the regions that a container is to be taken out of; `Failed` when it runs in none."""
    placed = [p.region for p in containers.placements(c, container.project, container.handle)]
    if not placed and deployments.active(c, container.id) is None:
        raise Failed(f"container {container.handle} runs in no region", "there is nothing to terminate")
    return tuple(dict.fromkeys([*placed, *container.regions]))


def refuse_termination(s: Session, c: "Connection", container: Container, places: Iterable[str]) -> None:
    """Raise `Protected` for regions that were not named, `InUse` while a deployment is under way."""
    refuse_protected(s, c, places, f"the termination of {container.handle}")
    deployments.refuse_second(c, container.id)


def queue_termination(
    tx: "Database", s: Session, container: Container, waves: tuple[tuple[str, ...], ...]
) -> Deployment:
    """Queue a termination inside a transaction, and tell of it; `InUse` while a deployment is under way.

    `Protected` for regions that were not named.
    """
    places = [region for wave in waves for region in wave]
    refuse_termination(s, tx.conn, container, places)
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
