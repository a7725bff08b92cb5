"""The one SQLite library of this program, and how every connection to the store is set up.

Two SQLite libraries on one file in one process break each other's locks, so nothing else may import one.
"""

import os
import stat
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from bahriya_tui.sharing import file_mode, only_readable

if TYPE_CHECKING:
    import sqlite3 as sqlite
else:
    try:
        import pysqlite3.dbapi2 as sqlite
    except ImportError:
        import sqlite3 as sqlite

__all__ = [
    "BUSY_MS",
    "JOURNAL",
    "Connection",
    "Row",
    "connect",
    "is_at_rest",
    "is_copy",
    "sqlite",
    "state_of",
]

Connection: TypeAlias = sqlite.Connection
Row: TypeAlias = sqlite.Row

BUSY_MS = 15_000
_TRIES = 50
# Before this release, several writers in WAL mode can lose committed transactions (sqlite.org/wal.html).
JOURNAL = "wal" if sqlite.sqlite_version_info >= (3, 51, 3) else "delete"

_PRAGMAS = (
    f"PRAGMA busy_timeout = {BUSY_MS}",
    "PRAGMA foreign_keys = ON",
    "PRAGMA recursive_triggers = ON",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA secure_delete = ON",
    "PRAGMA synchronous = FULL",
)


def connect(path: Path, *, read_only: bool = False) -> Connection:
    """Open the SQLite file at `path`, created empty when it is missing (unless `read_only`).

    Its mode is 0600, unless its folder is shared with a group. For who may not write, and where nobody has it
    open, reading begins from a copy in memory: SQLite would have to make files to take part in writing.
    The connection commits each statement by itself until somebody begins a transaction, may move between
    threads, and gives rows that know their column names. Raises `OSError` or `sqlite.Error`.
    """
    if not read_only:
        _own(path)
    if read_only and is_at_rest(path):
        connection = _copy(path)
    else:
        connection = _connected(f"{path.absolute().as_uri()}?mode={'ro' if read_only else 'rw'}")
    connection.row_factory = sqlite.Row
    try:
        for pragma in _PRAGMAS:
            connection.execute(pragma)
    except BaseException:
        connection.close()
        raise
    return connection


def is_at_rest(path: Path) -> bool:
    """Tell whether nobody has the file at `path` open, as its journal is gone, and we may only read it."""
    return only_readable(path) and not path.with_name(path.name + "-wal").exists()


def is_copy(connection: Connection) -> bool:
    """Tell whether `connect` gave a copy in memory, which does not change with the file."""
    return not connection.execute("PRAGMA database_list").fetchone()["file"]


def state_of(path: Path) -> tuple[int, ...]:
    """Give what changes when somebody writes the file, or opens it to write."""
    found = path.stat()
    return (found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns, not is_at_rest(path))


def _copy(path: Path) -> Connection:
    """Read the whole file, as it is while nobody writes it, into a connection that nobody else can change."""
    for _ in range(_TRIES):
        before, copy, broken = state_of(path), _connected(":memory:"), None
        # SQLite takes the file as it is and asks for no lock: we find out whether it changed meanwhile.
        with closing(_connected(f"{path.absolute().as_uri()}?immutable=1")) as file:
            try:
                file.backup(copy)
            except sqlite.DatabaseError as error:
                broken = error
        if before == state_of(path):
            if broken is not None:
                raise broken
            copy.execute("PRAGMA query_only = ON")
            return copy
        copy.close()
    raise sqlite.OperationalError("it is being written all the time")


def _connected(where: str) -> Connection:
    return sqlite.connect(where, uri=True, isolation_level=None, check_same_thread=False)


def _own(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    mode = file_mode(path.parent)
    try:
        # Only the creator opens the file outside of SQLite: closing it would drop the locks of this process.
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, mode))
    except FileExistsError:
        if mode == 0o600 and stat.S_IMODE(path.stat().st_mode) & 0o077:
            path.chmod(mode)
        if not os.access(path, os.R_OK | os.W_OK):
            raise PermissionError(f"no permission to read and write {path}") from None
