"""When an app under test has nothing left to do: looked at, where Textual guesses from the time it used.

Textual sleeps for 20 ms at least, twice for each key, and takes a process that got no processor for an idle
one. Here the event loop says whether anything is ready or about to be, and the kernel whether a thread runs.
"""

import asyncio
import os
import threading
import time
from typing import Any

from tests.processes import state_and_parent

DEADLINE = 20.0
"""Seconds after which an app that is never idle is gone on with, as Textual goes on after one."""
_SOON = 0.02
"""Seconds: what is due so soon, such as the next frame, is waited for."""
_PAUSE = 0.002
"""Seconds between two looks, in which threads get the interpreter."""


async def wait_for_idle(min_sleep: float = 0, max_sleep: float = DEADLINE) -> None:
    """Let the app go on until it waits for somebody, or for a time that is further off."""
    begun = time.monotonic()
    while (waited := time.monotonic() - begun) < DEADLINE:
        used = time.process_time()
        await asyncio.sleep(_PAUSE)
        if waited >= min_sleep and time.process_time() - used < _PAUSE / 2 and not _busy():
            return


def _busy() -> bool:
    """Tell whether a task is ready, a timer about to be due, or a thread beside this one runs."""
    loop: Any = asyncio.get_running_loop()
    soon = loop.time() + _SOON
    if loop._ready or any(one.when() <= soon and not one.cancelled() for one in loop._scheduled):
        return True
    here = threading.get_native_id()
    others = [int(name) for name in os.listdir("/proc/self/task") if int(name) != here]  # noqa: PTH208
    return any(told[0] in "RD" for told in map(state_and_parent, others) if told)
