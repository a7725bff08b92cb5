"""Starts and stops the worker of a store; a lock on a file says whether one lives, and the file which."""

import fcntl
import os
import signal
import subprocess
import sys
import time

from bahriya_tui.launch.environment import scrubbed
from bahriya_tui.model.errors import Failed
from bahriya_tui.places import Places

_STOP_SECONDS = 20.0


def worker_running(places: Places) -> int | None:
    """Give the process id of the living worker; None when there is none."""
    try:
        descriptor = os.open(places.worker_lock, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        text = os.pread(descriptor, 32, 0).decode().strip()
        return int(text) if text.isdecimal() else None
    finally:
        os.close(descriptor)
    return None


def ensure_worker(places: Places) -> None:
    """Start a worker unless one lives. It outlives this process; a second one ends by itself at the lock."""
    if _locked(places):
        return
    log = os.open(places.logs / "worker.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        subprocess.Popen(
            [sys.executable, "-I", "-m", "bahriya_tui.worker"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=log,
            env=scrubbed(prefixes=("BAHRIYA_", "XDG_", "AWS_", "AZURE_", "CLOUDSDK_", "GOOGLE_")),
            start_new_session=True,
            cwd="/",
        )
    except OSError as error:
        raise Failed(
            f"the worker could not be started ({error.strerror})", "try `bahriya worker run`"
        ) from None
    finally:
        os.close(log)


def stop_worker(places: Places) -> bool:
    """End the worker and wait until it is gone; False when none ran. What it did not finish stays queued."""
    process = worker_running(places)
    if process is None:
        return False
    os.kill(process, signal.SIGTERM)
    until = time.monotonic() + _STOP_SECONDS
    while worker_running(places) == process:
        if time.monotonic() > until:
            raise Failed(
                f"the worker (process {process}) does not end", f"look at {places.logs / 'worker.log'}"
            )
        time.sleep(0.05)
    return True


def _locked(places: Places) -> bool:
    """Tell whether a worker holds the lock, also when it has not yet written its process id."""
    descriptor = os.open(places.worker_lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
