"""While somebody looks on, waiting work has a worker: also after one was killed, or a login ended it."""

import threading
from typing import TYPE_CHECKING

from bahriya_tui.model.clock import now
from bahriya_tui.model.errors import BahriyaError
from bahriya_tui.places import Places
from bahriya_tui.store import driver

if TYPE_CHECKING:
    from bahriya_tui.store.driver import Connection

PERIOD = 2.0
"""Seconds between two looks at what is due."""


def attend(places: Places, stop: threading.Event) -> None:
    """Start a worker whenever work is due and none lives, until `stop` is set. Runs in a thread of its own.

    A deployment whose worker was killed is due when its lease ends.
    """
    connection: Connection = driver.connect(places.database, read_only=True)
    try:
        while not stop.wait(PERIOD):
            # Loaded here, as the first frame does not need it.
            from bahriya_tui.store import work

            if work.anything(connection, now()):
                _wake(places)
    finally:
        connection.close()


def _wake(places: Places) -> None:
    from bahriya_tui.launch.worker import ensure_worker

    try:
        ensure_worker(places)
    except BahriyaError:
        # Whoever asks for work next is told; a look that fails is followed by another one.
        return
