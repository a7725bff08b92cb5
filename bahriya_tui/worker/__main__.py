"""`python -m bahriya_tui.worker [--lifeline FD] [--log-level L]`: works until nothing is left to do.

The end of the pipe ends it too, and so do SIGTERM and SIGINT: what is under way goes to the next worker.
"""

import gc
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING

from bahriya_tui.frames import with_room
from bahriya_tui.model.errors import BahriyaError
from bahriya_tui.places import places
from bahriya_tui.worker.openers import Standby, end_openers

if TYPE_CHECKING:
    from argparse import Namespace

_IDLE_SECONDS = 20.0
_NEW_OBJECTS = 20_000
"""So many are made between two looks for what nobody refers to any more: hundreds of regions make many."""


def main() -> int:
    """Work, unless another worker of this store does; give the exit code."""
    gc.disable()
    options = _options() if sys.argv[1:] else None
    stop = threading.Event()
    for end in (_signalled(), options.lifeline if options else None):
        if end is not None:
            threading.Thread(target=_wait_for, args=(end, stop), daemon=True).start()
    standby = Standby()
    standby.prepare()
    # Imported only now, so that the opener loads at the same time: whoever started this worker waits for it.
    from bahriya_tui.logfile import LogFile
    from bahriya_tui.sharing import log_mode
    from bahriya_tui.worker import log
    from bahriya_tui.worker.shift import refuse_unless_kept_here, work_off

    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS)
    gc.enable()
    found = places()
    level = (options.log_level if options else None) or os.environ.get(log.VARIABLE)
    idle_seconds = float(os.environ.get("BAHRIYA_WORKER_IDLE", _IDLE_SECONDS))
    try:
        refuse_unless_kept_here(found)
        log.begin(LogFile(found.worker_log, mode=log_mode(found.logs)), level)
        work_off(found, standby, stop, idle_seconds)
    except BahriyaError as error:
        log.error(str(error))
        return error.exit_code
    return 0


def _options() -> "Namespace":
    """Read the arguments; only a worker that has any takes the time to load what reads them."""
    import argparse

    parser = argparse.ArgumentParser(prog="bahriya worker")
    parser.add_argument("--lifeline", type=int, help="file descriptor of a pipe; its end ends the worker")
    parser.add_argument("--log-level", help="the least level that is written to the log")
    return parser.parse_args()


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
