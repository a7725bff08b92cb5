"""Try now what still has to go from a region, instead of when its next try is due."""

from bahriya_tui.model.clock import now
from bahriya_tui.operations.session import Session
from bahriya_tui.store import removals


def try_removals(s: Session, region: str) -> int:
    """Have the worker try every pending removal of a region at once; gives how many there are."""
    with s.store.write() as tx:
        hastened = removals.hasten(tx, region, now())
    if hastened:
        s.wake_worker()
    return hastened
