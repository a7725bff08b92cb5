"""What a worker writes of the deployments it has claimed.

A worker owns a deployment through a lease and a fence number. Every claim raises the fence, and whoever comes
with an older one writes nothing any more, however late it wakes up.
"""

import json
from collections.abc import Collection
from typing import TYPE_CHECKING

from bahriya_tui.model.deployment import (
    ISOLATIONS,
    MOVES,
    REGION_ENDED,
    REGION_MOVES,
    Deployment,
    Isolation,
    RegionState,
    State,
)
from bahriya_tui.store import containers, events
from bahriya_tui.store.deployment_rows import get
from bahriya_tui.store.driver import Connection

if TYPE_CHECKING:
    from sqlite_utils import Database

LEASE_SECONDS = 15.0
"""For how long a deployment is a worker's without another word."""


def claim(
    tx: "Database", owner: str, now: str, lease_until: str, held: Collection[int] = ()
) -> Deployment | None:
    """Take the oldest deployment that is queued or whose worker let its lease run out; None when none is.

    Those that the worker still has (`held`) are left to it, however late it lengthens their leases.
    The fence rises, and regions that had not ended begin anew. A lease that goes further than this one would
    was written before the clock was put back: it counts as run out, or it would hold for hours.
    One that cannot be read fails: it would end every worker that takes it, and all other work with that.
    """
    while (taken := _take(tx, owner, now, lease_until, held)) is not None:
        try:
            return get(tx.conn, taken)
        except (ValueError, KeyError, TypeError, RecursionError):
            _fail_unreadable(tx, taken, now)
    return None


def _take(tx: "Database", owner: str, now: str, lease_until: str, held: Collection[int]) -> int | None:
    row = tx.execute(
        "UPDATE deployment SET state = iif(state = 'queued', 'running', state), fence = fence + 1,"
        " owner = :owner, lease_until = :until, started_at = coalesce(started_at, :now) WHERE id = ("
        " SELECT min(id) FROM deployment WHERE state IN ('queued', 'running', 'cancelling')"
        " AND (state = 'queued' OR lease_until <= :now OR lease_until > :until)"
        " AND id NOT IN (SELECT value FROM json_each(:held)))"
        " RETURNING id",
        {"owner": owner, "until": lease_until, "now": now, "held": json.dumps(list(held))},
    ).fetchone()
    if row is None:
        return None
    tx.execute(
        "UPDATE deployment_region SET state = 'queued', message = '', updated = NULL WHERE deployment = ?"
        " AND state NOT IN (SELECT value FROM json_each(?))",
        [row["id"], json.dumps(sorted(REGION_ENDED))],
    )
    return int(row["id"])


def _fail_unreadable(tx: "Database", id: int, now: str) -> None:  # noqa: A002
    why = "what was asked for cannot be read by this release: deploy again"
    row = tx.execute(
        "UPDATE deployment SET state = 'failed', owner = NULL, lease_until = NULL, finished_at = ?"
        " WHERE id = ? RETURNING project, container, container_id, revision",
        [now, id],
    ).fetchone()
    tx.execute(
        "UPDATE deployment_region SET state = 'failed', message = ?, finished_at = ?"
        " WHERE deployment = ? AND state = 'queued'",
        [why, now, id],
    )
    containers.set_status(tx, row["container_id"], "error", revision=row["revision"])
    events.append(
        tx,
        phase="failed",
        message=why,
        now=now,
        project=row["project"],
        deployment=id,
        container=row["container"],
    )


def extend(tx: "Database", id: int, fence: int, lease_until: str) -> bool:  # noqa: A002
    """Lengthen the lease; False when the deployment has ended or another worker has taken it."""
    written = tx.execute(
        "UPDATE deployment SET lease_until = ?"
        " WHERE id = ? AND fence = ? AND state IN ('running', 'cancelling')",
        [lease_until, id, fence],
    )
    return written.rowcount == 1


def end_leases(tx: "Database", now: str, but: Collection[int] = ()) -> None:
    """Let whoever claims next take every deployment that a worker had, `but` these."""
    tx.execute(
        "UPDATE deployment SET lease_until = ? WHERE state IN ('running', 'cancelling')"
        " AND id NOT IN (SELECT value FROM json_each(?))",
        [now, json.dumps(list(but))],
    )


def owned(c: Connection, id: int, fence: int) -> bool:  # noqa: A002
    """Tell whether the deployment has neither ended nor been claimed again since the claim with `fence`."""
    found = c.execute(
        "SELECT 1 FROM deployment WHERE id = ? AND fence = ? AND state IN ('running', 'cancelling')",
        [id, fence],
    )
    return found.fetchone() is not None


def move(tx: "Database", id: int, fence: int, state: State, now: str) -> bool:  # noqa: A002
    """Bring a deployment into `state`; False, with nothing written, when the fence is old.

    `AssertionError` for a move not in `MOVES`.
    """
    row = tx.conn.execute("SELECT state, fence FROM deployment WHERE id = ?", [id]).fetchone()
    if row is None or row["fence"] != fence:
        return False
    _assert_legal(row["state"], state, MOVES[row["state"]])
    tx.execute(
        "UPDATE deployment SET state = :state, finished_at = iif(:ended, :now, finished_at),"
        " owner = iif(:leased, owner, NULL), lease_until = iif(:leased, lease_until, NULL) WHERE id = :id",
        {
            "state": state,
            "ended": not MOVES[state],
            "leased": state in ("running", "cancelling"),
            "now": now,
            "id": id,
        },
    )
    return True


def move_region(
    tx: "Database",
    id: int,  # noqa: A002
    fence: int,
    region: str,
    state: RegionState,
    now: str,
    *,
    message: str = "",
    updated: int | None = None,
    replicas: int | None = None,
) -> bool:
    """Bring one region of a deployment into `state`; False, with nothing written, when the fence is old.

    Counts that are None stay as they are. `AssertionError` for a move not in `REGION_MOVES`.
    """
    written = tx.execute(
        _MOVE_REGION,
        {
            "from": _BEFORE[state],
            "state": state,
            "message": message,
            "updated": updated,
            "replicas": replicas,
            "now": now,
            "ended": state in REGION_ENDED,
            "id": id,
            "fence": fence,
            "region": region,
        },
    )
    if written.rowcount == 0 and owned(tx.conn, id, fence):
        _assert_region_legal(tx.conn, id, region, state)
    return written.rowcount == 1


def note_region(tx: "Database", id: int, fence: int, region: str, message: str | None) -> bool:  # noqa: A002
    """Let a region say something else (None: the same) in the state it is in; False when the fence is old."""
    written = tx.execute(
        "UPDATE deployment_region SET message = coalesce(?, message) WHERE deployment = ? AND region = ?"
        " AND EXISTS (SELECT 1 FROM deployment WHERE id = ? AND fence = ?"
        " AND state IN ('running', 'cancelling'))",
        [message, id, region, id, fence],
    )
    return written.rowcount == 1


def add_opening(tx: "Database", id: int, plaintext_ms: float, isolation: Isolation) -> None:  # noqa: A002
    """Add the time for which one opener had a credential open; of their isolation the weakest is kept."""
    known = tx.conn.execute("SELECT isolation FROM deployment WHERE id = ?", [id]).fetchone()[0]
    weakest = min((isolation, known or isolation), key=ISOLATIONS.index)
    tx.execute(
        "UPDATE deployment SET plaintext_ms = coalesce(plaintext_ms, 0) + ?, isolation = ? WHERE id = ?",
        [plaintext_ms, weakest, id],
    )


_MOVE_REGION = (
    "UPDATE deployment_region SET state = :state, message = :message,"
    " updated = coalesce(:updated, updated), replicas = coalesce(:replicas, replicas),"
    " started_at = coalesce(started_at, :now), finished_at = iif(:ended, :now, NULL)"
    " WHERE deployment = :id AND region = :region AND state IN (SELECT value FROM json_each(:from))"
    " AND EXISTS (SELECT 1 FROM deployment WHERE id = :id AND fence = :fence"
    " AND state IN ('running', 'cancelling'))"
)
_BEFORE = {
    state: json.dumps([before for before, after in REGION_MOVES.items() if state in after])
    for state in REGION_MOVES
}
"""The states from which a region may come into one."""


def _assert_region_legal(c: Connection, id: int, region: str, state: RegionState) -> None:  # noqa: A002
    found = c.execute("SELECT state FROM deployment_region WHERE deployment = ? AND region = ?", [id, region])
    row = found.fetchone()
    if row is not None:
        _assert_legal(row["state"], state, REGION_MOVES[row["state"]])


def _assert_legal(old: str, new: str, allowed: frozenset[State] | frozenset[RegionState]) -> None:
    if new not in allowed:
        raise AssertionError(f"illegal move from {old} to {new}")
