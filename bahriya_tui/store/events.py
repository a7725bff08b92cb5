"""What happened, in order: the table `event`, to which rows are only ever added."""

from typing import TYPE_CHECKING

from bahriya_tui.model.event import Event
from bahriya_tui.store.driver import Connection

if TYPE_CHECKING:
    from sqlite_utils import Database


def append(
    tx: "Database",
    *,
    phase: str,
    message: str,
    now: str,
    project: str | None = None,
    deployment: int | None = None,
    region: str | None = None,
    container: str | None = None,
    registry: str | None = None,
    actor: str = "",
) -> int:
    """Add an event, in the transaction of the change it tells of; gives its sequence number."""
    written = tx.execute(
        "INSERT INTO event (at, project, phase, message, deployment, region, container, registry, actor)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [now, project, phase, message, deployment, region, container, registry, actor],
    )
    return int(written.lastrowid or 0)


def since(
    c: Connection, seq: int, *, project: str | None = None, deployment: int | None = None, limit: int = 500
) -> list[Event]:
    """List events after `seq`, oldest first, at most `limit`, narrowed by what is given."""
    where = "seq > :seq"
    if project is not None:
        where += " AND project = :project"
    if deployment is not None:
        where += " AND deployment = :deployment"
    rows = c.execute(
        f"SELECT * FROM event WHERE {where} ORDER BY seq LIMIT :limit",  # noqa: S608
        {"seq": seq, "project": project, "deployment": deployment, "limit": limit},
    )
    return [Event(**row) for row in rows]


def last_seq(c: Connection) -> int:
    """Give the sequence number of the newest event; 0 when there is none."""
    seq: int = c.execute("SELECT coalesce(max(seq), 0) FROM event").fetchone()[0]
    return seq


def latest(c: Connection, project: str) -> dict[str, str]:
    """Give for each region when something was last written down of the project there."""
    rows = c.execute(
        "SELECT region, max(at) AS at FROM event WHERE project = ? AND region IS NOT NULL GROUP BY region",
        [project],
    )
    return {row["region"]: row["at"] for row in rows}
