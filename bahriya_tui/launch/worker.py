"""Starts, finds and stops the worker of a store: a process that outlives whoever started it.

Whether one lives is told by the lock on its file, never by the process id alone.
"""

import fcntl
import os
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from bahriya_tui.actor import account_name
from bahriya_tui.launch.call import answer_of
from bahriya_tui.launch.channel import Line
from bahriya_tui.launch.environment import allowed
from bahriya_tui.launch.verbs import Typed
from bahriya_tui.logfile import open_log
from bahriya_tui.model.errors import Failed, Locked, Unattended
from bahriya_tui.places import Places
from bahriya_tui.sharing import log_mode

_STOP_SECONDS = 10.0
"""A worker that has not stopped by then is killed; the next one takes its jobs over."""
_PID_BYTES = 32
"""More than any process id has, with the end of its line."""


def ensure_worker(places: Places) -> None:
    """Start a worker unless one lives. Two started at once are no harm: the second ends by itself.

    Raises `Unattended` where only another account can run it, as the private keys are its own.
    """
    if worker_running(places) is None:
        refuse_unless_kept_here(places)
        answer_of(places, "start_worker")


def stop_worker(places: Places) -> bool:
    """End the worker and return when it is gone; False when there was none."""
    return worker_running(places) is not None and bool(answer_of(places, "stop_worker")["stopped"])


def perform_start_worker(places: Places, _argument: Line, _typed: Typed) -> Iterator[Line]:
    """Start it apart from this terminal; its log goes to a file."""
    refuse_unless_kept_here(places)
    log = _log(places)
    try:
        process = subprocess.Popen(
            [sys.executable, "-I", "-m", "bahriya_tui.worker"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=log,
            cwd="/",
            env=worker_environment(places),
            start_new_session=True,
        )
    except OSError as error:
        raise Failed(f"the worker cannot be started ({error.strerror})", "run `bahriya worker run`") from None
    finally:
        os.close(log)
    # Takes note of its end, should that come before ours.
    threading.Thread(target=process.wait, name="worker's end", daemon=True).start()
    yield {"pid": process.pid}


def _log(places: Places) -> int:
    """Open its log; where that cannot be, its work is worth more."""
    try:
        return open_log(places.worker_log, log_mode(places.logs))
    except OSError:
        return os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC)


def refuse_unless_kept_here(places: Places) -> None:
    """Raise `Unattended` unless this account has the private keys, without which a worker opens nothing."""
    if not places.are_kept_here:
        keeper = account_name(places.keeper)
        raise Unattended(
            f"no worker runs, and only {keeper}, who keeps the private keys, can run one: work waits for it",
            f"have it started: systemctl start bahriya-worker, or as {keeper}: bahriya worker run",
        )


def worker_environment(places: Places) -> dict[str, str]:
    """Give the surroundings of a worker; its threads share two heaps, as with one each it would hold more."""
    return {**allowed(os.environ), **places.environment(), "MALLOC_ARENA_MAX": "2"}


def worker_running(places: Places) -> int | None:
    """Give the process id of the worker that lives, or None.

    Raises `PermissionError` where its lock is not ours to look at.
    """
    try:
        # Members of a group that shares the folder could have put a pipe there, or a link to somewhere else.
        lock = os.open(places.worker_lock, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except PermissionError:
        raise
    except OSError:
        return None
    try:
        pid = _written_in(lock)
        # Without a live process the lock need not be tried, which a worker just starting would notice.
        return pid if pid is not None and _may_live(pid) and _is_held(lock) else None
    finally:
        os.close(lock)


def _written_in(lock: int) -> int | None:
    """Give the process id that an open lock tells; None for what is no file, or has none."""
    if not stat.S_ISREG(os.fstat(lock).st_mode):
        return None
    try:
        pid = int(os.read(lock, _PID_BYTES))
    except ValueError:
        return None
    # Whoever can write the file must not have whole groups of processes ended. In a container the worker may
    # well be the first of all processes.
    return pid if pid >= 1 else None


def _may_live(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except PermissionError:
        # We are locked in: it may live, and may not be signalled from here.
        return True
    except (OSError, OverflowError):
        return False
    return True


def perform_stop_worker(places: Places, _argument: Line, _typed: Typed) -> Iterator[Line]:
    """Ask it to end and wait until it has; one that takes too long is killed."""
    pid = worker_running(places)
    # The screens can write the lock: it alone must not have any process of the operator's ended.
    if pid is None or not _runs_worker(pid):
        yield {"stopped": False}
        return
    try:
        os.kill(pid, signal.SIGTERM)
    except PermissionError:
        owner = account_name(Path(f"/proc/{pid}").stat().st_uid)
        raise Locked(f"the worker belongs to {owner}", f"as {owner}: bahriya worker stop") from None
    until = time.monotonic() + _STOP_SECONDS
    while worker_running(places) == pid:
        if time.monotonic() > until:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.02)
    yield {"stopped": True}


def _runs_worker(pid: int) -> bool:
    """Tell whether this process is a worker, where the system says so."""
    try:
        return b"bahriya_tui.worker" in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return not Path("/proc/self").exists()


def _is_held(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False
