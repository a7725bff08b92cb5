"""Sealed credentials as the vault's care needs them: by the key they are sealed for, and replaced whole.

The id of the key stands in a record's bytes 3 to 10. What is replaced or judged here is compared with what
was read before, so that a credential written meanwhile is left alone.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bahriya_tui.store.driver import Connection, Row

if TYPE_CHECKING:
    from sqlite_utils import Database

_OF_KEY = "substr(sealed, 4, 8) = :key AND sealed IS NOT NULL"
_STALE = (
    "(substr(sealed, 4, 8) != :vault OR recovery IS NULL OR substr(recovery, 4, 8) != :recovery)"
    " AND sealed IS NOT NULL AND unreadable = ''"
)
_ROWS = (
    "SELECT registry_id, credential.version, project, handle, credential.server, credential.username, sealed,"
    " recovery, unreadable FROM credential JOIN registry ON registry.id = registry_id"
)


@dataclass(frozen=True, slots=True)
class SealedVersion:
    """One version of a registry's credentials with its sealed bytes, and all that these are bound to."""

    registry_id: str
    version: int
    project: str
    handle: str
    server: str
    username: str
    sealed: bytes = field(repr=False)
    recovery: bytes | None = field(repr=False)
    unreadable: str

    @property
    def bound_to(self) -> tuple[str, str, str, str, int]:
        """What the bytes open with alone: project, registry id, server, user name and version."""
        return self.project, self.registry_id, self.server, self.username, self.version


@dataclass(frozen=True, slots=True)
class Counts:
    """How many credentials are kept, and how many of them need something."""

    total: int
    to_reseal: int
    unreadable: int


def all(c: Connection) -> list[SealedVersion]:  # noqa: A001
    """List every credential that is kept, in all projects."""
    return [_row(row) for row in c.execute(f"{_ROWS} WHERE sealed IS NOT NULL ORDER BY 1, 2")]


def of_project(c: Connection, project: str) -> list[tuple[str, int, bytes, str]]:
    """List registry id, version, sealed bytes and what is known against each credential of a project."""
    rows = c.execute(
        "SELECT registry_id, credential.version, sealed, unreadable FROM credential"
        " JOIN registry ON registry.id = registry_id WHERE project = ? AND sealed IS NOT NULL",
        [project],
    )
    return [(row[0], row[1], bytes(row[2]), row[3]) for row in rows]


def keys(c: Connection) -> list[bytes]:
    """List the ids of the keys that credentials are sealed for."""
    rows = c.execute(
        "SELECT DISTINCT substr(sealed, 4, 8) FROM credential WHERE sealed IS NOT NULL ORDER BY 1"
    )
    return [bytes(row[0]) for row in rows]


def of_key(c: Connection, key: bytes, unreadable: str) -> list[SealedVersion]:
    """List the credentials sealed for a key about whose readability this is known."""
    rows = c.execute(
        f"{_ROWS} WHERE {_OF_KEY} AND unreadable = :unreadable",
        {"key": key, "unreadable": unreadable},
    )
    return [_row(row) for row in rows]


def readable(c: Connection, key: bytes) -> int:
    """Count the credentials sealed for a key against which nothing speaks."""
    count: int = c.execute(
        f"SELECT count(*) FROM credential WHERE {_OF_KEY} AND unreadable = ''",  # noqa: S608
        {"key": key},
    ).fetchone()[0]
    return count


def stale(c: Connection, key: bytes, *, vault: bytes, recovery: bytes, limit: int) -> list[SealedVersion]:
    """List credentials sealed for `key` that are not sealed for both keys in use, at most `limit`."""
    rows = c.execute(
        f"{_ROWS} WHERE {_OF_KEY} AND {_STALE} LIMIT :limit",
        {"key": key, "vault": vault, "recovery": recovery, "limit": limit},
    )
    return [_row(row) for row in rows]


def counts(c: Connection, vault: bytes, recovery: bytes) -> Counts:
    """Count what is kept."""
    row = c.execute(
        f"SELECT count(sealed), coalesce(sum({_STALE}), 0),"  # noqa: S608
        " coalesce(sum(sealed IS NOT NULL AND unreadable != ''), 0) FROM credential",
        {"vault": vault, "recovery": recovery},
    ).fetchone()
    return Counts(*row)


def replace(tx: "Database", of: SealedVersion, sealed: bytes, recovery: bytes) -> bool:
    """Put new records in the place of those that were read; False when somebody else did meanwhile."""
    written = tx.execute(
        "UPDATE credential SET sealed = ?, recovery = ?, unreadable = ''"
        " WHERE registry_id = ? AND version = ? AND sealed = ?",
        [sealed, recovery, of.registry_id, of.version, of.sealed],
    )
    return written.rowcount == 1


def judge(tx: "Database", registry_id: str, version: int, sealed: bytes, unreadable: str) -> None:
    """Note why these bytes cannot be opened, or with an empty reason that they can."""
    tx.execute(
        "UPDATE credential SET unreadable = ?"
        " WHERE registry_id = ? AND version = ? AND sealed = ? AND unreadable != ?",
        [unreadable, registry_id, version, sealed, unreadable],
    )


def judged(c: Connection, registry_id: str, version: int) -> str:
    """Give what is known against a credential; empty when nothing is, or it is not kept."""
    row = c.execute(
        "SELECT unreadable FROM credential WHERE registry_id = ? AND version = ?", [registry_id, version]
    ).fetchone()
    return "" if row is None else str(row[0])


def _row(row: Row) -> SealedVersion:
    found = dict(row)
    recovery = None if found["recovery"] is None else bytes(found["recovery"])
    return SealedVersion(**{**found, "sealed": bytes(found["sealed"]), "recovery": recovery})
