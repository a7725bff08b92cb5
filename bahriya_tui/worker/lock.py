"""One worker per store: a lock on a file that also tells its process id."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bahriya_tui.sharing import file_mode

_TRIES, _PAUSE_SECONDS = 5, 0.05


@contextmanager
def only_worker(path: Path) -> Iterator[bool]:
    """Hold the lock inside the block; gives False, at once, when another worker has it."""
    # Members of a group that shares the folder could have put a link there, and read who holds the lock.
    flags = os.O_CREAT | os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW
    handle = os.open(path, flags, file_mode(path.parent))
    try:
        if not _taken(handle):
            yield False
            return
        os.truncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        yield True
    finally:
        os.close(handle)


def _taken(handle: int) -> bool:
    """Take the lock. Who only looks whether a worker lives holds it for a moment, which is no refusal."""
    for _ in range(_TRIES):
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_PAUSE_SECONDS)
        else:
            return True
    return False
