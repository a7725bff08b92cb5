"""Registries and the versions of their credentials: `registry`, `credential`, `version_counter`.

Holds sealed bytes only and cannot open them. Version numbers of a project's handle are never used twice, also
after a deletion, so that an old workload never meets a new pull secret of the same name.
"""

from types import EllipsisType
from typing import TYPE_CHECKING

from bahriya_tui.model.connection import ConnectionSettings, settings_of
from bahriya_tui.model.errors import BadInput, Failed, InUse, NotFound
from bahriya_tui.model.registry import ACCEPTED, Registry, refuse_deleting
from bahriya_tui.model.token import NO_FACTS, TokenFacts
from bahriya_tui.store import history, projects, secret_writes
from bahriya_tui.store.driver import Connection, Row
from bahriya_tui.store.refusals import in_use, missing, taken

if TYPE_CHECKING:
    from sqlite_utils import Database

__all__ = [
    "accept_version",
    "all",
    "by_id",
    "delete",
    "edit",
    "empty",
    "get",
    "insert",
    "keep_sealed",
    "next_version",
    "refuse_return",
    "reject_version",
    "reserve_version",
    "return_to",
    "sealed",
]

_FREED = "it is being deleted; its handle is free once the regions have answered"


def all(c: Connection, project: str) -> list[Registry]:  # noqa: A001
    """List a project's registries by handle."""
    rows = c.execute("SELECT * FROM registry WHERE project = ? ORDER BY handle", [project])
    return [_registry(row) for row in rows]


def get(c: Connection, project: str, handle: str) -> Registry:
    """Find a registry; `NotFound` names those of the project."""
    found = _find(c, project, handle)
    if found is None:
        existing = [registry.handle for registry in all(c, project)]
        raise missing("registry", handle, f'in project "{project}"', existing)
    return found


def by_id(c: Connection, id: str) -> Registry | None:  # noqa: A002
    """Find a registry by its id; None when it was deleted."""
    row = c.execute("SELECT * FROM registry WHERE id = ?", [id]).fetchone()
    return None if row is None else _registry(row)


def sealed(c: Connection, registry_id: str, version: int) -> bytes:
    """Give the sealed credential; `NotFound` when that version was rejected, dropped or never kept."""
    row = c.execute(
        "SELECT sealed FROM credential WHERE registry_id = ? AND version = ?", [registry_id, version]
    ).fetchone()
    if row is None or row["sealed"] is None:
        raise NotFound(
            f"version {version} of these credentials is no longer kept", "deploy again to use the current one"
        )
    return bytes(row["sealed"])


def insert(
    tx: "Database",
    project: str,
    handle: str,
    *,
    name: str,
    server: str,
    username: str,
    expires: str | None,
    plain_http: bool,
    ca_file: str | None,
    now: str,
    proxy: str | None = None,
) -> Registry:
    """Add a registry that has no credentials yet (version 0); `BadInput` when the handle is taken."""
    import uuid

    projects.get(tx.conn, project)
    if (known := _find(tx.conn, project, handle)) is not None:
        raise taken("registry", handle, f'in project "{project}"', _FREED if known.deleting else "")
    row = {
        "id": uuid.uuid4().hex,
        "project": project,
        "handle": handle,
        "name": name,
        "server": server,
        "username": username,
        "version": 0,
        "expires": expires,
        "plain_http": int(plain_http),
        "ca_file": ca_file,
        "proxy": proxy,
        "created_at": now,
        "updated_at": now,
    }
    tx.table("registry").insert(row)
    return get(tx.conn, project, handle)


def reserve_version(
    tx: "Database", registry: Registry, *, server: str, username: str, actor: str, now: str
) -> int:
    """Take the next version number for credentials of `username` at `server`; nothing is sealed yet."""
    _changeable(tx, registry.id)
    tx.execute(
        "INSERT INTO version_counter (project, handle, last) VALUES (?, ?, 1)"
        " ON CONFLICT (project, handle) DO UPDATE SET last = last + 1",
        [registry.project, registry.handle],
    )
    version: int = tx.conn.execute(
        "SELECT last FROM version_counter WHERE project = ? AND handle = ?",
        [registry.project, registry.handle],
    ).fetchone()[0]
    tx.table("credential").insert(
        {
            "registry_id": registry.id,
            "version": version,
            "server": server,
            "username": username,
            "state": "reserved",
            "created_at": now,
            "created_by": actor,
            "sealed": None,
        }
    )
    return version


def next_version(c: Connection, registry: Registry) -> int:
    """Give the number that its next credentials get, should they be reserved now."""
    row = c.execute(
        "SELECT last FROM version_counter WHERE project = ? AND handle = ?",
        [registry.project, registry.handle],
    ).fetchone()
    return 1 if row is None else int(row["last"]) + 1


def keep_sealed(
    tx: "Database",
    registry_id: str,
    version: int,
    sealed: bytes,
    recovery: bytes | None = None,
    facts: TokenFacts = NO_FACTS,
) -> None:
    """Put the sealed credential into its reserved version, once; `NotFound` when the reservation is gone.

    `recovery` is the same, sealed for the recovery key; the worker makes a missing one. Of `facts`, kind and
    end are kept with it. `InUse` when a newer version was accepted meanwhile.
    """
    written = tx.execute(
        "UPDATE credential SET sealed = ?, recovery = ?, token_kind = ?, expires_at = ?"
        " WHERE registry_id = ? AND version = ? AND state = 'reserved' AND sealed IS NULL",
        [sealed, recovery, facts.kind, facts.expires_at, registry_id, version],
    )
    if written.rowcount != 1:
        _refuse_late(tx, registry_id, version)
        raise _not_reserved(version)


def accept_version(tx: "Database", registry_id: str, version: int, now: str) -> Registry:
    """Make a reserved version the current one; server and user name of the registry follow it.

    Old versions to which nothing refers are dropped, and those reserved before it, which can never count.
    `InUse` when a newer one was accepted meanwhile.
    """
    _changeable(tx, registry_id)
    _refuse_late(tx, registry_id, version)
    row = tx.conn.execute(
        "SELECT 1 FROM credential"
        " WHERE registry_id = ? AND version = ? AND state = 'reserved' AND sealed IS NOT NULL",
        [registry_id, version],
    ).fetchone()
    if row is None:
        raise _not_reserved(version)
    history.make_current(tx, registry_id, version, now)
    history.collect(tx, _existing(tx, registry_id))
    return _existing(tx, registry_id)


def refuse_return(c: Connection, registry: Registry, version: int) -> None:
    """Raise `NotFound`, `BadInput` or `Failed` with the reason why a version cannot count again."""
    known = {one.version: one for one in history.all(c, registry.id)}
    found, name = known.get(version), f'v{version} of registry "{registry.handle}"'
    if found is None:
        kept = ", ".join(f"v{one.version}" for one in known.values() if one.state in ACCEPTED)
        raise NotFound(f"{name} is not kept", f"there is {kept or 'none'}")
    if found.state == "current":
        raise BadInput(f"{name} is the current one already", "nothing was changed")
    if found.state != "previous":
        raise Failed(f"{name} was never taken", "rotate the registry instead")
    if found.replaced_by is not None:
        raise Failed(
            f"{name} was withdrawn when v{found.replaced_by} was pushed in its place",
            "rotate the registry with a new token instead",
        )


def return_to(tx: "Database", registry_id: str, version: int, now: str) -> Registry:
    """Make an earlier version the current one again; raises as `refuse_return` does."""
    refuse_return(tx.conn, _changeable(tx, registry_id), version)
    history.make_current(tx, registry_id, version, now)
    return _existing(tx, registry_id)


def reject_version(tx: "Database", registry_id: str, version: int) -> bool:
    """Drop the sealed bytes of a reserved version; its number stays used. Any other version is left alone.

    False for a version for which no token ever came; it leaves no trace but its number.
    """
    tx.execute(
        "DELETE FROM credential"
        " WHERE registry_id = ? AND version = ? AND state = 'reserved' AND sealed IS NULL",
        [registry_id, version],
    )
    rejected = tx.execute(
        "UPDATE credential SET state = 'rejected', sealed = NULL, recovery = NULL"
        " WHERE registry_id = ? AND version = ? AND state = 'reserved'",
        [registry_id, version],
    )
    return rejected.rowcount == 1


def edit(
    tx: "Database",
    registry_id: str,
    *,
    name: str | None = None,
    expires: str | EllipsisType | None = ...,
    max_versions: int | None = None,
    settings: ConnectionSettings | None = None,
    now: str,
) -> Registry:
    """Change what is given and needs no new password; `expires=None` removes the expiry.

    With fewer `max_versions`, old ones to which nothing refers are dropped.
    """
    registry = _changeable(tx, registry_id)
    asked = settings_of(registry) if settings is None else settings
    tx.execute(
        "UPDATE registry SET plain_http = ?, ca_file = ?, proxy = ?, name = ?, expires = ?, max_versions = ?,"
        " updated_at = ? WHERE id = ?",
        [
            int(asked.plain_http),
            asked.ca_file,
            asked.proxy,
            registry.name if name is None else name,
            registry.expires if expires is ... else expires,
            registry.max_versions if max_versions is None else max_versions,
            now,
            registry_id,
        ],
    )
    history.collect(tx, _existing(tx, registry_id))
    return _existing(tx, registry_id)


def delete(tx: "Database", registry_id: str) -> None:
    """Delete a registry with its credentials and checks; `InUse` names the containers linked to it."""
    empty(tx, registry_id)
    tx.execute("DELETE FROM registry WHERE id = ?", [registry_id])


def empty(tx: "Database", registry_id: str) -> None:
    """Delete all that belongs to a registry, the sealed credentials too; `InUse` as for `delete`."""
    registry = _existing(tx, registry_id)
    users = [(word, [row[0] for row in tx.conn.execute(sql, [registry_id])]) for word, sql in _USERS]
    refusal = in_use(f'registry "{registry.handle}"', users, "unlink them first")
    if refusal:
        raise refusal
    secret_writes.call_off(tx, registry_id, "the registry was deleted")
    tx.execute("DELETE FROM registry_check WHERE registry_id = ?", [registry_id])
    tx.execute("DELETE FROM credential WHERE registry_id = ?", [registry_id])


_USERS = (
    ("containers", "SELECT handle FROM container WHERE registry_id = ? ORDER BY 1"),
    (
        "init jobs",
        "SELECT init_job.name || ' of ' || handle FROM init_job JOIN container ON container.id = container_id"
        " WHERE init_job.registry_id = ? ORDER BY 1",
    ),
)


def _find(c: Connection, project: str, handle: str) -> Registry | None:
    row = c.execute("SELECT * FROM registry WHERE project = ? AND handle = ?", [project, handle]).fetchone()
    return None if row is None else _registry(row)


def _existing(tx: "Database", registry_id: str) -> Registry:
    registry = by_id(tx.conn, registry_id)
    if registry is None:
        raise NotFound("the registry was deleted meanwhile", "see `bahriya registry list`")
    return registry


def _changeable(tx: "Database", registry_id: str) -> Registry:
    registry = _existing(tx, registry_id)
    refuse_deleting(registry)
    return registry


def _refuse_late(tx: "Database", registry_id: str, version: int) -> None:
    """Raise `InUse` for a version that can never count, since a newer one was accepted before it."""
    accepted = [one.version for one in history.all(tx.conn, registry_id) if one.state in ACCEPTED]
    if version < max(accepted, default=0):
        handle = _existing(tx, registry_id).handle
        raise InUse(
            f'registry "{handle}" was rotated to version {max(accepted)} meanwhile',
            "look who did it, and rotate again if your password should count",
        )


def _not_reserved(version: int) -> NotFound:
    return NotFound(f"version {version} of these credentials is not waiting to be accepted", "rotate again")


def _registry(row: Row) -> Registry:
    return Registry(**{**dict(row), "plain_http": bool(row["plain_http"])})
