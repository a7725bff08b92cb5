"""Pull secrets whose data is to be written anew: the table `secret_write`. A row stays, as `done`.

Holds which version's token goes into which secret, never a token.
"""

from typing import TYPE_CHECKING

from bahriya_tui.model import clock
from bahriya_tui.model.container import SecretWrite
from bahriya_tui.model.errors import NotFound
from bahriya_tui.store.driver import Connection, Row
from bahriya_tui.store.narrowing import narrowed

if TYPE_CHECKING:
    from sqlite_utils import Database

FARTHEST_SECONDS = 2400.0
"""As `backoff.FARTHEST_SECONDS`: a refused key is left alone for longer than a region."""


def pending(
    c: Connection, *, project: str | None = None, region: str | None = None, registry_id: str | None = None
) -> list[SecretWrite]:
    """List what no region has confirmed yet, oldest first, narrowed by what is given."""
    condition, given = narrowed(project=project, region=region, registry_id=registry_id)
    rows = c.execute(
        f"SELECT * FROM secret_write WHERE state = 'pending' AND {condition} ORDER BY id",  # noqa: S608
        given,
    )
    return [_write(row) for row in rows]


def due(c: Connection, now: str) -> list[SecretWrite]:
    """List those whose next try is due, oldest first."""
    rows = c.execute(
        "SELECT * FROM secret_write WHERE state = 'pending'"
        " AND (next_try_at <= :now OR next_try_at > :farthest) ORDER BY id",
        {"now": now, "farthest": clock.later(now, FARTHEST_SECONDS)},
    )
    return [_write(row) for row in rows]


def get(c: Connection, id: int) -> SecretWrite:  # noqa: A002
    """Find one."""
    row = c.execute("SELECT * FROM secret_write WHERE id = ?", [id]).fetchone()
    if row is None:
        raise NotFound(f"there is no writing {id} of a pull secret")
    return _write(row)


def wanted(c: Connection, id: int, version: int) -> bool:  # noqa: A002
    """Tell whether a secret is still to be written, and with the token of this version."""
    asked = get(c, id)
    return asked.state == "pending" and asked.version == version


def ask(
    tx: "Database",
    *,
    project: str,
    region: str,
    name: str,
    registry_id: str,
    version: int,
    reason: str,
    actor: str,
    now: str,
    force: bool = False,
) -> int:
    """Ask that a secret known in `applied_secret` holds the token of `version`; due now. Gives the id.

    Asking again for the same secret keeps one row, with what was asked last. `force` takes it back from
    whoever changed it.
    """
    row = tx.execute(
        "INSERT INTO secret_write (project, region, name, registry_id, version, reason, actor, state,"
        " attempts, next_try_at, last_error, created_at, force)"
        " VALUES (:project, :region, :name, :registry_id, :version, :reason, :actor, 'pending',"
        " 0, :now, '', :now, :force)"
        " ON CONFLICT (project, region, name) WHERE state = 'pending' DO UPDATE SET"
        " registry_id = excluded.registry_id, version = excluded.version, reason = excluded.reason,"
        " actor = excluded.actor, force = excluded.force, attempts = 0, last_error = '',"
        " next_try_at = excluded.next_try_at"
        " RETURNING id",
        {
            "project": project,
            "region": region,
            "name": name,
            "registry_id": registry_id,
            "version": version,
            "reason": reason,
            "actor": actor,
            "now": now,
            "force": force,
        },
    ).fetchone()
    return int(row["id"])


def done(tx: "Database", id: int, version: int) -> bool:  # noqa: A002
    """Write down that the region confirmed; False when another version was asked for meanwhile."""
    written = tx.execute(
        "UPDATE secret_write SET state = 'done', last_error = ''"
        " WHERE id = ? AND version = ? AND state = 'pending'",
        [id, version],
    )
    return written.rowcount == 1


def failed(tx: "Database", id: int, error: str, next_try_at: str) -> None:  # noqa: A002
    """Count a try that did not succeed, and say when the next one is due."""
    tx.execute(
        "UPDATE secret_write SET attempts = attempts + 1, last_error = ?, next_try_at = ?"
        " WHERE id = ? AND state = 'pending'",
        [error, next_try_at, id],
    )


def explain(tx: "Database", id: int, why: str) -> None:  # noqa: A002
    """Say what a try waits for, without counting it as one."""
    tx.execute("UPDATE secret_write SET last_error = ? WHERE id = ? AND state = 'pending'", [why, id])


def call_off(tx: "Database", registry_id: str, why: str) -> None:
    """End what is pending for a registry: there is nothing to write any more."""
    tx.execute(
        "UPDATE secret_write SET state = 'done', last_error = ? WHERE registry_id = ? AND state = 'pending'",
        [why, registry_id],
    )


def _write(row: Row) -> SecretWrite:
    found = dict(row)
    return SecretWrite(**{**found, "force": bool(found["force"])})
