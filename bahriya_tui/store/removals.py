"""Objects that still have to go from regions: the table `removal`. A row stays, as `done`."""

from typing import TYPE_CHECKING

from bahriya_tui.model import clock
from bahriya_tui.model.backoff import FARTHEST_SECONDS
from bahriya_tui.model.container import Removal
from bahriya_tui.model.errors import NotFound
from bahriya_tui.store.driver import Connection
from bahriya_tui.store.narrowing import narrowed

if TYPE_CHECKING:
    from sqlite_utils import Database


def pending(c: Connection, *, project: str | None = None, region: str | None = None) -> list[Removal]:
    """List what is not gone yet, oldest first, narrowed by what is given."""
    condition, given = narrowed(project=project, region=region)
    rows = c.execute(
        f"SELECT * FROM removal WHERE state = 'pending' AND {condition} ORDER BY id",  # noqa: S608
        given,
    )
    return [Removal(**row) for row in rows]


def due(c: Connection, now: str) -> list[Removal]:
    """List the removals whose next try is due, oldest first."""
    rows = c.execute(
        "SELECT * FROM removal WHERE state = 'pending' AND (next_try_at <= :now OR next_try_at > :farthest)"
        " ORDER BY id",
        {"now": now, "farthest": clock.later(now, FARTHEST_SECONDS)},
    )
    return [Removal(**row) for row in rows]


def next_due(c: Connection) -> str | None:
    """Give the instant of the next try of any removal."""
    at: str | None = c.execute("SELECT min(next_try_at) FROM removal WHERE state = 'pending'").fetchone()[0]
    return at


def of_registry(c: Connection, registry_id: str) -> list[Removal]:
    """List what the deletion of a registry has asked for, done or not, oldest first."""
    rows = c.execute("SELECT * FROM removal WHERE registry_id = ? ORDER BY id", [registry_id])
    return [Removal(**row) for row in rows]


def get(c: Connection, id: int) -> Removal:  # noqa: A002
    """Find a removal."""
    row = c.execute("SELECT * FROM removal WHERE id = ?", [id]).fetchone()
    if row is None:
        raise NotFound(f"removal {id} does not exist")
    return Removal(**row)


def add(
    tx: "Database",
    *,
    project: str,
    region: str,
    kind: str,
    name: str,
    uid: str | None,
    reason: str,
    now: str,
    registry_id: str | None = None,
) -> int:
    """Ask for an object's removal, due now, and give the id; asking twice keeps one row.

    With `registry_id` a deletion waits for it: earlier tries do not count, it is to be tried again.
    """
    row = tx.execute(
        "INSERT INTO removal (project, region, kind, name, uid, reason, state, attempts, next_try_at,"
        " last_error, created_at, registry_id) VALUES (:project, :region, :kind, :name, :uid, :reason,"
        " 'pending', 0, :now, '', :now, :registry)"
        " ON CONFLICT (project, region, kind, name) WHERE state = 'pending' DO UPDATE SET"
        " uid = coalesce(excluded.uid, uid), reason = excluded.reason, next_try_at = excluded.next_try_at,"
        " attempts = iif(excluded.registry_id IS NULL, attempts, 0),"
        " registry_id = coalesce(excluded.registry_id, registry_id)"
        " RETURNING id",
        {
            "project": project,
            "region": region,
            "kind": kind,
            "name": name,
            "uid": uid,
            "reason": reason,
            "now": now,
            "registry": registry_id,
        },
    ).fetchone()
    return int(row["id"])


def done(tx: "Database", id: int) -> None:  # noqa: A002
    """Write down that the object is gone."""
    tx.execute("UPDATE removal SET state = 'done', last_error = '' WHERE id = ?", [id])


def failed(tx: "Database", id: int, error: str, next_try_at: str) -> None:  # noqa: A002
    """Count a try that did not succeed, and say when the next one is due."""
    tx.execute(
        "UPDATE removal SET attempts = attempts + 1, last_error = ?, next_try_at = ?"
        " WHERE id = ? AND state = 'pending'",
        [error, next_try_at, id],
    )


def hasten(tx: "Database", region: str, now: str) -> int:
    """Let the next try of all that has to go from a region be due now; gives how many that are."""
    return int(
        tx.execute(
            "UPDATE removal SET next_try_at = ? WHERE region = ? AND state = 'pending'", [now, region]
        ).rowcount
    )


def look_again(tx: "Database", id: int, why: str, next_try_at: str) -> None:  # noqa: A002
    """Say why a try settled nothing, and when the next one is due; it does not count as an answer."""
    tx.execute(
        "UPDATE removal SET last_error = ?, next_try_at = ? WHERE id = ? AND state = 'pending'",
        [why, next_try_at, id],
    )


def drop_for(tx: "Database", region: str, project: str, kind: str, name: str) -> None:
    """Call off the removal of an object that is wanted again."""
    tx.execute(
        "UPDATE removal SET state = 'done', last_error = 'wanted again'"
        " WHERE state = 'pending' AND region = ? AND project = ? AND kind = ? AND name = ?",
        [region, project, kind, name],
    )
