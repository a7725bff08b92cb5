"""Versions of credentials after they were accepted: which counts, whose token stands for which, which stay.

A version is named in the specs of deployments by its pull secret, `bahriya-<handle>-v<N>`, whoever pulls with
it; that name is never used twice in a project.
"""

from dataclasses import fields, replace
from typing import TYPE_CHECKING

from bahriya_tui.model.handle import pull_secret
from bahriya_tui.model.registry import CredentialVersion, Registry
from bahriya_tui.model.versions import droppable, held_for
from bahriya_tui.store.driver import Connection

if TYPE_CHECKING:
    from sqlite_utils import Database

_COLUMNS = ", ".join(f"credential.{field.name}" for field in fields(CredentialVersion))
_REFERS = """
SELECT 1 FROM applied_secret AS applied WHERE registry_id = :registry AND :version IN (version, holds)
  AND NOT EXISTS (SELECT 1 FROM removal WHERE state = 'pending' AND kind = 'Secret'
    AND removal.project = applied.project AND removal.region = applied.region AND removal.name = applied.name)
UNION ALL
SELECT 1 FROM secret_write WHERE registry_id = :registry AND version = :version AND state = 'pending'
UNION ALL
SELECT 1 FROM deployment INDEXED BY deployment_open JOIN container ON container.id = container_id
  AND container.revision = deployment.revision
  WHERE deployment.state IN ('queued', 'running', 'cancelling', 'held') AND deployment.kind = 'deploy'
    AND deployment.project = :project AND instr(spec, :quoted) > 0
UNION ALL
SELECT 1 FROM container CROSS JOIN deployment ON deployment.id = (
    SELECT id FROM deployment AS former WHERE former.container_id = container.id
      AND former.kind = 'deploy' AND former.state = 'done' AND former.revision < container.revision
      ORDER BY former.revision DESC LIMIT 1)
  WHERE container.project = :project AND instr(spec, :quoted) > 0
LIMIT 1
"""
"""A secret in a region that is to stay, or one to be written, what may still be deployed, and a rollback.

What pulls with a secret in a region need not be looked for: where a workload is placed, so is its secret.
"""


def all(c: Connection, registry_id: str) -> list[CredentialVersion]:  # noqa: A001
    """List the versions that are kept, oldest first."""
    rows = c.execute(
        f"SELECT {_COLUMNS} FROM credential WHERE registry_id = ? ORDER BY version",  # noqa: S608
        [registry_id],
    )
    return [CredentialVersion(**row) for row in rows]


def current(c: Connection, project: str) -> dict[str, CredentialVersion]:
    """Give the current version of each registry of a project that has one, by the registry's id."""
    rows = c.execute(
        f"SELECT {_COLUMNS} FROM credential JOIN registry"  # noqa: S608
        " ON registry.id = registry_id AND registry.version = credential.version WHERE project = ?",
        [project],
    )
    return {row["registry_id"]: CredentialVersion(**row) for row in rows}


def held(c: Connection, registry_id: str, version: int) -> CredentialVersion | None:
    """Give the version whose token is sent where `version` is asked for; None when it is not kept."""
    versions = all(c, registry_id)
    wanted = held_for(versions, version)
    return next((one for one in versions if one.version == wanted), None)


def make_current(tx: "Database", registry_id: str, version: int, now: str) -> None:
    """Let an accepted version count from now on; server and user name of the registry follow it."""
    tx.execute(
        "UPDATE credential SET state = 'previous' WHERE registry_id = ? AND state = 'current'", [registry_id]
    )
    tx.execute(
        "UPDATE credential SET state = 'current' WHERE registry_id = ? AND version = ?",
        [registry_id, version],
    )
    tx.execute(
        "UPDATE registry SET version = made.version, server = made.server, username = made.username,"
        " updated_at = ? FROM (SELECT * FROM credential WHERE registry_id = ? AND version = ?) AS made"
        " WHERE id = made.registry_id",
        [now, registry_id, version],
    )


def withdraw(tx: "Database", registry: Registry) -> list[int]:
    """Let the current version's token stand for every other one of its server; gives those versions.

    A token for another server would be of no use to what pulls there.
    """
    rows = tx.execute(
        "UPDATE credential SET replaced_by = :current WHERE registry_id = :id AND version != :current"
        " AND state = 'previous' AND server = :server RETURNING version",
        {"current": registry.version, "id": registry.id, "server": registry.server},
    ).fetchall()
    return sorted(row["version"] for row in rows)


def collect(tx: "Database", registry: Registry) -> tuple[int, ...]:
    """Drop the versions beyond the registry's `max_versions` to which nothing refers; gives them."""
    gone = _beyond(tx.conn, registry, all(tx.conn, registry.id))
    for version in gone:
        tx.execute("DELETE FROM credential WHERE registry_id = ? AND version = ?", [registry.id, version])
    return gone


def dropped_for(c: Connection, registry: Registry, version: int) -> tuple[int, ...]:
    """Give the versions that could be returned to, and would be dropped should a new `version` count now."""
    former = [
        replace(one, state="previous") if one.state == "current" else one for one in all(c, registry.id)
    ]
    new = CredentialVersion(registry.id, version, registry.server, registry.username, "current", "", "")
    good = {one.version for one in former if one.state == "previous"}
    return tuple(one for one in _beyond(c, registry, [*former, new]) if one in good)


def _beyond(c: Connection, registry: Registry, versions: list[CredentialVersion]) -> tuple[int, ...]:
    return droppable(versions, registry.max_versions, lambda version: _is_needed(c, registry, version))


def _is_needed(c: Connection, registry: Registry, version: int) -> bool:
    of = {
        "project": registry.project,
        "registry": registry.id,
        "version": version,
        "quoted": f'"{pull_secret(registry.handle, version)}"',
    }
    return c.execute(_REFERS, of).fetchone() is not None
