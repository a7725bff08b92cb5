"""While somebody looks on, waiting work has a worker: also after one was killed, or a login ended it."""

import threading
from contextlib import closing, suppress

from bahriya_tui.model.clock import now
from bahriya_tui.model.errors import BahriyaError
from bahriya_tui.places import Places
from bahriya_tui.store import driver

PERIOD = 2.0
"""Seconds between two looks at what is due."""


def attend(places: Places, stop: threading.Event) -> None:
    """Start a worker whenever work is due and none lives, until `stop` is set. Runs in a thread of its own.

    A deployment whose worker was killed is due when its lease ends.
    """
    with closing(driver.connect(places.database, read_only=True)) as connection:
        while not stop.wait(PERIOD):
            # Whoever asks for work next is told; a look that fails is followed by another one.
            with suppress(BahriyaError, OSError, driver.sqlite.Error):
                _look(places, connection)


def _look(places: Places, connection: driver.Connection) -> None:
    # Loaded here, as the first frame does not need them.
    from bahriya_tui.launch.worker import ensure_worker
    from bahriya_tui.store import work

    if work.anything(connection, now()):
        ensure_worker(places)
