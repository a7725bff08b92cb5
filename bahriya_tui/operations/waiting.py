"""Waiting for what the worker does: looks again when the store changed, and keeps a worker alive."""

import time
from collections.abc import Callable, Iterator

from bahriya_tui.model.errors import Cancelled, Failed
from bahriya_tui.operations.session import Session

PAUSE = 0.1
"""Seconds between two looks at the store's change counter."""
_WORKER_EVERY = 2.0
"""Seconds between two looks whether the worker still lives."""
_MOST_STARTS = 10
"""Workers started in a row, none of which took up any work, before waiting is given up."""


def changes(s: Session, timeout: float | None = None) -> Iterator[None]:
    """Yield at once and after each change of the store, until `timeout` seconds have passed.

    Raises `Failed` when no worker stays alive, so that nothing will ever change, `Unattended` when there is
    none and another account has to run it, and `Cancelled` when whoever asks has left.
    """
    begun = time.monotonic()
    looked, seen, starts = begun - _WORKER_EVERY, None, 0
    while timeout is None or time.monotonic() - begun < timeout:
        version = s.store.data_version()
        if version != seen:
            seen, starts = version, 0
            yield
            continue
        if time.monotonic() - looked >= _WORKER_EVERY:
            starts = 0 if s.wake_worker() else starts + 1
            s.refuse_unattended()
            looked = time.monotonic()
            if starts > _MOST_STARTS:
                raise Failed("the worker does not stay alive", f"see {s.places.logs / 'worker.log'}")
        if s.left.wait(PAUSE):
            raise Cancelled("nobody waits for the worker any more", "what it was asked for goes on")


def until(s: Session, condition: Callable[[], bool], timeout: float) -> bool:
    """Wait until `condition` holds; False when it did not within `timeout` seconds."""
    return condition() or any(condition() for _ in changes(s, timeout))
