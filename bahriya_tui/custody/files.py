"""How key files are written and removed: whole or not at all, and what is gone is overwritten first."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bahriya_tui.sharing import file_mode


@contextmanager
def keys_lock(private_folder: Path) -> Iterator[None]:
    """Be the only process that makes, wraps or replaces keys for as long as the block runs."""
    lock = os.open(private_folder / "create.lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def write_whole(path: Path, text: str) -> None:
    """Write a line as a file, whole or not at all; it is on disk when this returns.

    In a folder that is shared with a group, as only that of the public keys ever is, the group may read it.
    """
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    write_new(fresh, text, file_mode(path.parent))
    fresh.rename(path)
    _settle(path.parent)


def write_new(path: Path, text: str, mode: int = 0o600) -> None:
    """Write a line as a new file, of which nothing stays if that fails; `FileExistsError` where there is one.

    Nobody else may read it, whoever the folder is shared with, unless `mode` says so.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(descriptor)
    except OSError:
        path.unlink()
        raise


def destroy(path: Path) -> None:
    """Overwrite and remove a file that holds a key; what a killed process left of it goes as well.

    It loses its name first, so that nobody ever finds it overwritten. Some disks keep old blocks anyway.
    """
    gone = path.with_name(f".{path.name}.gone")
    with suppress(FileNotFoundError):
        _erase(gone)
    with suppress(FileNotFoundError):
        path.rename(gone)
        _settle(path.parent)
        _erase(gone)


def sweep(folder: Path) -> None:
    """Finish what killed processes began: half-written files go, and what was to be destroyed."""
    for path in list(folder.glob(".*")):
        if path.suffix in (".new", ".gone"):
            _erase(path)


def _erase(path: Path) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        os.write(descriptor, bytes(os.fstat(descriptor).st_size))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    path.unlink()


def _settle(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    os.fsync(descriptor)
    os.close(descriptor)
