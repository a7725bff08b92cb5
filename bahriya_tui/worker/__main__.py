"""`python -m bahriya_tui.worker [--lifeline FD]`: works until nothing is left to do, or that pipe ends."""

import gc
import os
import signal
import sys
import threading

from bahriya_tui.frames import with_room
from bahriya_tui.model.errors import BahriyaError
from bahriya_tui.places import places
from bahriya_tui.worker.openers import Standby, end_openers

_IDLE_SECONDS = 20.0
_NEW_OBJECTS = 20_000
"""So many are made between two looks for what nobody refers to any more: hundreds of regions make many."""


def main() -> int:
    """Work, unless another worker of this store does; give the exit code."""
    gc.disable()
    lifeline = _lifeline() if sys.argv[1:] else None
    stop = threading.Event()
    for end in (_signalled(), lifeline):
        if end is not None:
            threading.Thread(target=_wait_for, args=(end, stop), daemon=True).start()
    standby = Standby()
    standby.prepare()
    # Imported only now, so that the opener loads at the same time: whoever started this worker waits for it.
    from bahriya_tui.worker.shift import work_off

    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS)
    gc.enable()
    idle_seconds = float(os.environ.get("BAHRIYA_WORKER_IDLE", _IDLE_SECONDS))
    try:
        work_off(places(), standby, stop, idle_seconds)
    except BahriyaError as error:
        print(f"bahriya worker: {error}", file=sys.stderr)  # noqa: T201
        return error.exit_code
    return 0


def _lifeline() -> int | None:
    """Read the arguments; only a worker that has any takes the time to load what reads them."""
    import argparse

    parser = argparse.ArgumentParser(prog="bahriya worker")
    parser.add_argument("--lifeline", type=int, help="file descriptor of a pipe; its end ends the worker")
    given: int | None = parser.parse_args().lifeline
    return given


def _signalled() -> int:
    """Give a file descriptor in which something can be read once a signal has asked for the end.

    A handler that set the event itself would wait for ever when it interrupts somebody who waits for it:
    both take the same lock, in the same thread.
    """
    reading, writing = os.pipe()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: os.write(writing, b"."))
    return reading


def _wait_for(end: int, stop: threading.Event) -> None:
    """Set `stop` when something can be read there, or its other side is closed."""
    os.read(end, 1)
    stop.set()


if __name__ == "__main__":
    # Threads that still wait for a region must not keep the process: they write nothing any more.
    code = with_room(main)()
    sys.stdout.flush()
    sys.stderr.flush()
    end_openers()
    os._exit(code)
