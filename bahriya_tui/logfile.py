"""A file of lines that never grows beyond a size: a full one becomes an older one, and a new one begins.

    worker.log  worker.log.1  worker.log.2  ...

Whoever follows it by name (`tail -F`) follows into the new one. What cannot be written is left out: no log is
worth the work it tells of.
"""

import errno
import os
import stat
import threading
from contextlib import suppress
from pathlib import Path

MOST_BYTES, OLDER = 2_000_000, 4
_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK


def open_log(path: Path, mode: int) -> int:
    """Open a log for adding to it and give the descriptor; `OSError` for what is no regular file of one name.

    With a second name, somebody who may change the folder could have a file of ours elsewhere written.
    """
    descriptor = os.open(path, _FLAGS, mode)
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode) or found.st_nlink != 1:
        os.close(descriptor)
        raise FileExistsError(errno.EEXIST, "It is no file of its own", str(path))
    return descriptor


class LogFile:
    """Lines at `path`; used from several threads. Where standard error is this file, it stays this file."""

    def __init__(
        self, path: Path, *, mode: int = 0o600, most_bytes: int = MOST_BYTES, older: int = OLDER
    ) -> None:
        self._path, self._mode, self._most_bytes, self._older = path, mode, most_bytes, older
        self._guard = threading.Lock()
        self._descriptor: int | None = None
        self._torn = False
        self.is_standard_error = False
        with suppress(OSError):
            self._descriptor = open_log(path, mode)
            self.is_standard_error = os.path.samestat(os.fstat(2), os.fstat(self._descriptor))

    def write(self, lines: bytes) -> bool:
        """Add whole lines; False when they could not be written."""
        with self._guard:
            try:
                descriptor = self._ready_for(len(lines))
                whole = b"\n" + lines if self._torn else lines
                self._torn = os.write(descriptor, whole) < len(whole)
            except OSError:
                return False
            return not self._torn

    def _ready_for(self, size: int) -> int:
        """Give the descriptor of the file that now has this name, with room for so many bytes."""
        if self._descriptor is None or not self._has_the_name(self._descriptor):
            self._reopen()
        assert self._descriptor is not None  # noqa: S101
        held = os.fstat(self._descriptor).st_size
        if held and held + size > self._most_bytes:
            try:
                self._make_older()
                self._reopen()
            except OSError:
                # No name can be given in that folder; what is newest is worth most.
                os.ftruncate(self._descriptor, 0)
        return self._descriptor

    def _has_the_name(self, descriptor: int) -> bool:
        """Tell whether nobody has moved or removed the file meanwhile."""
        try:
            return os.path.samestat(os.fstat(descriptor), os.lstat(self._path))
        except FileNotFoundError:
            return False

    def _make_older(self) -> None:
        names = [
            self._path,
            *(self._path.with_name(f"{self._path.name}.{n + 1}") for n in range(self._older)),
        ]
        for newer, older in zip(reversed(names[:-1]), reversed(names[1:]), strict=True):
            with suppress(FileNotFoundError):
                newer.replace(older)

    def _reopen(self) -> None:
        fresh = open_log(self._path, self._mode)
        if self.is_standard_error:
            os.dup2(fresh, 2)
        if self._descriptor is not None:
            os.close(self._descriptor)
        self._descriptor = fresh
