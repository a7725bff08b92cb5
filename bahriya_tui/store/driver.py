"""The one SQLite library of this program, and how every connection to the store is set up.

Two SQLite libraries on one file in one process break each other's locks, so nothing else may import one.
"""

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import sqlite3 as sqlite
else:
    try:
        import pysqlite3.dbapi2 as sqlite
    except ImportError:
        import sqlite3 as sqlite

__all__ = ["BUSY_MS", "JOURNAL", "Connection", "Row", "connect", "sqlite"]

Connection: TypeAlias = sqlite.Connection
Row: TypeAlias = sqlite.Row

BUSY_MS = 15_000
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
    """Open the SQLite file at `path`, created empty with mode 0600 when it is missing (unless `read_only`).

    The connection commits each statement by itself until somebody begins a transaction, may move between
    threads, and gives rows that know their column names. Raises `OSError` or `sqlite.Error`.
    """
    if not read_only:
        _own(path)
    mode = "ro" if read_only else "rw"
    connection = sqlite.connect(
        f"{path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None, check_same_thread=False
    )
    connection.row_factory = sqlite.Row
    try:
        for pragma in _PRAGMAS:
            connection.execute(pragma)
    except BaseException:
        connection.close()
        raise
    return connection


def _own(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        # Only the creator opens the file outside of SQLite: closing it would drop the locks of this process.
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            path.chmod(0o600)
        if not os.access(path, os.R_OK | os.W_OK):
            raise PermissionError(f"no permission to read and write {path}") from None
