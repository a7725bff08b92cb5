"""Leases: by which a deployment is this worker's until it dies or falls silent."""

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from bahriya_tui.model import clock
from bahriya_tui.store import containers, deployments, projects
from bahriya_tui.store.leases import LEASE_SECONDS
from bahriya_tui.worker.run import Run
from bahriya_tui.worker.shared_store import SharedStore

if TYPE_CHECKING:
    from sqlite_utils import Database

HEARTBEAT_SECONDS = LEASE_SECONDS / 3


def keep(store: SharedStore, runs: Iterable[Run]) -> None:
    """Lengthen the lease of each run; one that another worker took is told to stop.

    Without any the store is left as it is: a change would wake the worker, which then never came to rest.
    """
    held = list(runs)
    if not held:
        return
    with store.write() as tx:
        until = clock.later(clock.now(), LEASE_SECONDS)
        for run in held:
            if not deployments.extend(tx, run.deployment.id, run.deployment.fence, until):
                run.halt.set()


def release(store: SharedStore, runs: Iterable[Run]) -> None:
    """Let the next worker take these over at once."""
    now = clock.now()
    for run in runs:
        with store.write() as tx:
            deployments.extend(tx, run.deployment.id, run.deployment.fence, now)


def inherit(tx: "Database", running: Collection[int] = ()) -> None:
    """End the leases of deployments that nobody runs, which whoever holds the worker's lock can tell."""
    now = clock.now()
    for project in projects.all(tx.conn):
        for container in containers.all(tx.conn, project.handle):
            active = deployments.active(tx.conn, container.id)
            if active is not None and active.id not in running:
                deployments.extend(tx, active.id, active.fence, now)
