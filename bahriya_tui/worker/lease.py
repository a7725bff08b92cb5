"""Leases: by which a deployment is this worker's until it dies or falls silent."""

from collections.abc import Iterable

from bahriya_tui.model import clock
from bahriya_tui.store import deployments
from bahriya_tui.store.leases import LEASE_SECONDS
from bahriya_tui.worker.run import Run
from bahriya_tui.worker.shared_store import SharedStore

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
    with store.write() as tx:
        for run in runs:
            deployments.extend(tx, run.deployment.id, run.deployment.fence, now)
