"""One worker per store: a lock on a file that also tells its process id."""

import fcntl
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bahriya_tui.model.errors import Failed
from bahriya_tui.sharing import file_mode

_TRIES, _PAUSE_SECONDS = 5, 0.05


@contextmanager
def only_worker(path: Path) -> Iterator[bool]:
    """Hold the lock inside the block; gives False, at once, when another worker has it.

    `Failed` for a file that is not the lock's own: members of a group that shares the folder could have put a
    link to another of our files there, which would be emptied.
    """
    handle = _opened(path)
    try:
        if not _taken(handle):
            yield False
            return
        os.truncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        yield True
    finally:
        os.close(handle)


def _opened(path: Path) -> int:
    flags = os.O_CREAT | os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
    try:
        handle = os.open(path, flags, file_mode(path.parent))
    except OSError as error:
        words = str(error.strerror).lower()
        raise Failed(f"{path} cannot be opened: {words}", "look at it, at its owner and mode") from None
    found = os.fstat(handle)
    if not stat.S_ISREG(found.st_mode) or found.st_nlink != 1:
        os.close(handle)
        raise Failed(f"{path} is no file of its own, so it is no lock", "remove it, then try again")
    return handle


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
