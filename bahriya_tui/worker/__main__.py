"""`python -m bahriya_tui.worker [--lifeline FD]`: works until nothing is left to do."""

import argparse
import os
import signal
import sys
import threading

from bahriya_tui.model import clock
from bahriya_tui.model.errors import BahriyaError
from bahriya_tui.opener.call import end_openers
from bahriya_tui.places import Places, places
from bahriya_tui.store import work
from bahriya_tui.store.database import open_store
from bahriya_tui.worker.lock import only_worker
from bahriya_tui.worker.loop import Loop
from bahriya_tui.worker.run import Resources
from bahriya_tui.worker.shared_store import SharedStore

_IDLE_SECONDS = 20.0


def main() -> int:
    """Work, unless another worker of this store does; give the exit code."""
    parser = argparse.ArgumentParser(prog="bahriya worker")
    parser.add_argument("--lifeline", type=int, help="file descriptor of a pipe; its end ends the worker")
    options = parser.parse_args()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    if options.lifeline is not None:
        threading.Thread(target=_wait_for_end, args=(options.lifeline, stop), daemon=True).start()
    found = places()
    found.prepare()
    try:
        while _work(found, stop, float(os.environ.get("BAHRIYA_WORKER_IDLE", _IDLE_SECONDS))):
            pass
    except BahriyaError as error:
        print(f"bahriya worker: {error}", file=sys.stderr)  # noqa: T201
        return error.exit_code
    return 0


def _work(found: Places, stop: threading.Event, idle_seconds: float) -> bool:
    """Work as long as this is the only worker; tell whether new work came just when it was about to end."""
    with open_store(found.database) as store:
        with only_worker(found.worker_lock) as only:
            if not only:
                return False
            Loop(Resources(found, SharedStore(store)), stop, idle_seconds).run()
        # Whoever queued work while the lock was held started no worker, so this one looks once more.
        return not stop.is_set() and work.anything(store.connection, clock.now())


def _wait_for_end(lifeline: int, stop: threading.Event) -> None:
    while os.read(lifeline, 1):
        pass
    stop.set()


if __name__ == "__main__":
    # Threads that still wait for a region must not keep the process: they write nothing any more.
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    end_openers()
    os._exit(code)
