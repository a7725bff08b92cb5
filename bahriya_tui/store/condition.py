"""Looks at the store whatever state it is in, without making, migrating or repairing it.

It is opened for reading only; SQLite may leave its empty journal files beside it.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from bahriya_tui import modes
from bahriya_tui.model.judgement.store import StoreSeen
from bahriya_tui.sharing import access_of_group
from bahriya_tui.store import work
from bahriya_tui.store.database import APPLICATION_ID, VERSION
from bahriya_tui.store.driver import Connection, connect, sqlite

_DAMAGED = (sqlite.SQLITE_CORRUPT, sqlite.SQLITE_NOTADB)
_COMPLAINTS = 5
_BESIDE = ("-wal", "-shm", "-journal")


def look(path: Path) -> StoreSeen:
    """Tell everything about the store at `path`; whatever is wrong with it is told, not raised."""
    exists, why = _exists(path)
    seen = StoreSeen(
        path=str(path),
        exists=exists,
        driver=sqlite.__name__.partition(".")[0],
        sqlite=sqlite.sqlite_version_info,
        error=why,
        newest=VERSION,
        group_may=access_of_group(path.parent),
        journal_bytes=_size(_beside(path, "-wal")),
        free_bytes=_free(path.parent),
        # Only looked at: closing a file that SQLite has open would drop the locks of this process.
        paths=list(modes.look((path.parent, path, path.with_suffix(".lock"), *_all_beside(path)))),
    )
    if not exists or why:
        return seen
    try:
        with closing(connect(path, read_only=True)) as connection:
            return _inside(seen, connection)
    except sqlite.Error as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGED:
            return replace(seen, damage=[str(error)])
        return replace(seen, error=str(error))


def work_is_due(path: Path, now: str) -> bool | None:
    """Tell whether a worker would find work; None where the store does not tell."""
    try:
        with closing(connect(path, read_only=True)) as connection:
            return work.anything(connection, now)
    except sqlite.Error:
        return None


def refreshes(path: Path) -> list[tuple[str, str]]:
    """List the registries whose tokens are to be replaced, and when next; none where nothing tells."""
    try:
        with closing(connect(path, read_only=True)) as connection:
            return [(str(row[0]), str(row[1])) for row in connection.execute(_REFRESHES)]
    except sqlite.Error:
        return []


_REFRESHES = (
    "SELECT registry, min(refresh_at) FROM applied_secret WHERE refresh_at IS NOT NULL"
    " GROUP BY project, registry ORDER BY registry"
)


def _inside(seen: StoreSeen, connection: Connection) -> StoreSeen:
    def pragma(name: str) -> str:
        return str(connection.execute(f"PRAGMA {name}").fetchone()[0])

    seen = replace(
        seen,
        version=int(pragma("user_version")),
        ours=int(pragma("application_id")) == APPLICATION_ID,
        journal=pragma("journal_mode"),
    )
    if not seen.ours:
        return seen
    return replace(seen, damage=list(_damage(connection)))


def _damage(connection: Connection) -> Iterator[str]:
    try:
        for (told,) in connection.execute(f"PRAGMA integrity_check({_COMPLAINTS})"):
            if told != "ok":
                yield " ".join(str(told).split())
        for row in connection.execute("PRAGMA foreign_key_check").fetchmany(_COMPLAINTS):
            yield f"row {row['rowid']} of {row['table']} names a {row['parent']} that is not there"
    except sqlite.DatabaseError as error:
        yield str(error)


def _exists(path: Path) -> tuple[bool, str]:
    """Tell whether the file is there, and why that cannot be seen."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return False, ""
    except OSError as error:
        return True, str(error.strerror).lower()
    return True, "" if stat.S_ISREG(found.st_mode) else "it is no file"


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)


def _all_beside(path: Path) -> Iterator[Path]:
    return (_beside(path, ending) for ending in _BESIDE)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _free(folder: Path) -> int | None:
    """Give the bytes that are free in a folder, or where it would be made."""
    for one in (folder, *folder.parents):
        try:
            found = os.statvfs(one)
        except FileNotFoundError:
            continue
        except OSError:
            return None
        return found.f_bavail * found.f_frsize
    return None
