"""Starts, finds and stops the worker of a store: a process that outlives whoever started it.

Whether one lives is told by the lock on its file, never by the process id alone.
"""

import fcntl
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

from bahriya_tui.launch.environment import allowed
from bahriya_tui.model.errors import Failed
from bahriya_tui.places import Places

_STOP_SECONDS = 10.0
"""A worker that has not stopped by then is killed; the next one takes its jobs over."""


def ensure_worker(places: Places) -> None:
    """Start a worker unless one lives. Two started at once are no harm: the second ends by itself."""
    if worker_running(places) is not None:
        return
    log = os.open(places.logs / "worker.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        process = subprocess.Popen(
            [sys.executable, "-I", "-m", "bahriya_tui.worker"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=log,
            cwd="/",
            env=_environment(places),
            start_new_session=True,
        )
    except OSError as error:
        raise Failed(f"the worker cannot be started ({error.strerror})", "run `bahriya worker run`") from None
    finally:
        os.close(log)
    # Takes note of its end, should that come before ours.
    threading.Thread(target=process.wait, name="worker's end", daemon=True).start()


def worker_running(places: Places) -> int | None:
    """Give the process id of the worker that lives, or None."""
    try:
        pid = int(places.worker_lock.read_text())
        os.kill(pid, 0)
    except (OSError, ValueError):
        # Without a live process the lock need not be tried, which a worker just starting would notice.
        return None
    return pid if _is_held(places.worker_lock) else None


def stop_worker(places: Places) -> bool:
    """End the worker and return when it is gone; False when there was none."""
    pid = worker_running(places)
    if pid is None:
        return False
    os.kill(pid, signal.SIGTERM)
    until = time.monotonic() + _STOP_SECONDS
    while worker_running(places) == pid:
        if time.monotonic() > until:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.02)
    return True


def _is_held(lock: Path) -> bool:
    descriptor = os.open(lock, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _environment(places: Places) -> dict[str, str]:
    passed = allowed(os.environ)
    if places.store.parent == places.keys.parent == places.logs.parent:
        passed["BAHRIYA_HOME"] = str(places.store.parent.absolute())
    return passed
