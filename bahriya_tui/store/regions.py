"""Regions, the checks asked of them, and the namespaces known in them."""

import random
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from bahriya_tui.model import clock
from bahriya_tui.model.backoff import FARTHEST_SECONDS, wait_after
from bahriya_tui.model.region import Region, with_contact
from bahriya_tui.store.driver import Connection
from bahriya_tui.store.refusals import in_use, missing, taken

if TYPE_CHECKING:
    from sqlite_utils import Database


def all(c: Connection) -> list[Region]:  # noqa: A001
    """List every region by id."""
    return [_region(row) for row in c.execute("SELECT * FROM region ORDER BY id")]


def get(c: Connection, id: str) -> Region:  # noqa: A002
    """Find a region; `NotFound` names those there are."""
    row = c.execute("SELECT * FROM region WHERE id = ?", [id]).fetchone()
    if row is None:
        raise missing("region", id, "", (region.id for region in all(c)))
    return _region(row)


def insert(tx: "Database", region: Region) -> None:
    """Add a region; `BadInput` when the id is taken."""
    if tx.conn.execute("SELECT 1 FROM region WHERE id = ?", [region.id]).fetchone():
        raise taken("region", region.id)
    tx.table("region").insert(asdict(region))


def update(tx: "Database", region: Region) -> None:
    """Write a region as a whole; `NotFound` when it does not exist."""
    get(tx.conn, region.id)
    tx.table("region").update(region.id, asdict(region))


def seen(
    tx: "Database",
    id: str,  # noqa: A002
    now: str,
    error: str = "",
    ms: float | None = None,
) -> None:
    """Write down the last contact: without `error` the region is active and was seen now.

    With one it is looked at again after a pause that grows with the failures in a row. `ms` is how long it
    took to connect, where that is known.
    """
    if error or ms is not None:
        _note_latency(tx, id, None if error else ms)
    if not error:
        tx.execute(
            "UPDATE region SET status = 'active', last_error = '', last_seen_at = ?, failures = 0,"
            " next_check_at = NULL WHERE id = ?",
            [now, id],
        )
        return
    row = tx.conn.execute("SELECT failures FROM region WHERE id = ?", [id]).fetchone()
    failures = 1 if row is None else row[0] + 1
    tx.execute(
        "UPDATE region SET status = 'unreachable', last_error = ?, failures = ?, next_check_at = ?"
        " WHERE id = ?",
        [error, failures, clock.later(now, wait_after(failures, random.random())), id],  # noqa: S311
    )


def _note_latency(tx: "Database", id: str, ms: float | None) -> None:  # noqa: A002
    row = tx.conn.execute("SELECT latencies FROM region WHERE id = ?", [id]).fetchone()
    if row is not None:
        tx.execute("UPDATE region SET latencies = ? WHERE id = ?", [with_contact(row[0], ms), id])


def to_look_at(c: Connection, now: str) -> list[str]:
    """List the unreachable regions whose next look is due; one of an older release is due at once."""
    rows = c.execute(
        "SELECT id FROM region WHERE status = 'unreachable'"
        " AND (coalesce(next_check_at, '') <= :now OR next_check_at > :farthest) ORDER BY id",
        {"now": now, "farthest": clock.later(now, FARTHEST_SECONDS)},
    )
    return [row[0] for row in rows]


def note_cron_api(tx: "Database", id: str, version: str) -> None:  # noqa: A002
    """Remember which API version serves CronJobs in a region."""
    tx.execute("UPDATE region SET cron_api = ? WHERE id = ? AND cron_api != ?", [version, id, version])


def request_check(tx: "Database", id: str, now: str) -> None:  # noqa: A002
    """Ask for a contact with a region; `seen` tells of it, `checked` ends it."""
    tx.execute("INSERT OR IGNORE INTO region_check (region, requested_at) VALUES (?, ?)", [id, now])


def to_check(c: Connection) -> list[str]:
    """List the regions whose check has not ended."""
    return [row[0] for row in c.execute("SELECT region FROM region_check ORDER BY requested_at, region")]


def checked(tx: "Database", id: str) -> None:  # noqa: A002
    """End the check of a region."""
    tx.execute("DELETE FROM region_check WHERE region = ?", [id])


def delete(tx: "Database", id: str) -> None:  # noqa: A002
    """Delete a region; `InUse` names what runs there, is meant to, or still has to be removed."""
    region = get(tx.conn, id)
    users = [(word, [str(row[0]) for row in tx.conn.execute(sql, [id])]) for word, sql in _USERS]
    gone = f"; if its cluster is gone for good: bahriya region delete {id} --forget"
    hint = f"take these out of the region first{gone if region.status == 'unreachable' else ''}"
    refusal = in_use(f'region "{id}"', users, hint)
    if refusal:
        raise refusal
    forget_namespaces(tx, id)
    tx.execute("DELETE FROM region WHERE id = ?", [id])


def namespace_known(c: Connection, region: str, project: str) -> bool:
    """Tell whether the project's namespace was seen in this region, as ours."""
    sql = "SELECT 1 FROM namespace WHERE region = ? AND project = ?"
    return c.execute(sql, [region, project]).fetchone() is not None


def note_namespace(tx: "Database", region: str, project: str) -> None:
    """Remember that the project's namespace is in this region and ours."""
    tx.execute("INSERT OR IGNORE INTO namespace (region, project) VALUES (?, ?)", [region, project])


def forget_namespaces(tx: "Database", region: str) -> None:
    """Have the owner of every namespace in this region looked at again before something is put there."""
    tx.execute("DELETE FROM namespace WHERE region = ?", [region])


def _region(row: Any) -> Region:
    return Region(**{**row, "protected": bool(row["protected"])})


_USERS = (
    (
        "containers",
        "SELECT project || '/' || handle FROM container JOIN container_region ON container_id = container.id"
        " WHERE region = ? ORDER BY 1",
    ),
    (
        "active deployments",
        "SELECT deployment.id FROM deployment JOIN deployment_region ON deployment = deployment.id"
        " WHERE region = ? AND deployment.state IN ('queued', 'running', 'cancelling') ORDER BY 1",
    ),
    ("workloads", "SELECT project || '/' || container FROM placement WHERE region = ? ORDER BY 1"),
    ("pull secrets", "SELECT project || '/' || name FROM applied_secret WHERE region = ? ORDER BY 1"),
    (
        "pending removals",
        "SELECT kind || ' ' || project || '/' || name FROM removal"
        " WHERE region = ? AND state = 'pending' ORDER BY 1",
    ),
)
