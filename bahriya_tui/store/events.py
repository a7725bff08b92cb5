"""What happened, in order: the table `event`, to which rows are only ever added."""

from typing import TYPE_CHECKING

from bahriya_tui.model.event import Event
from bahriya_tui.model.phases import Phase
from bahriya_tui.store.driver import Connection
from bahriya_tui.store.narrowing import narrowed

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


def since(c: Connection, seq: int, *, deployment: int | None = None, limit: int = 500) -> list[Event]:
    """List events after `seq`, oldest first, at most `limit`; of all, or of one deployment."""
    condition, given = narrowed(deployment=deployment)
    rows = c.execute(
        f"SELECT * FROM event WHERE seq > :seq AND {condition} ORDER BY seq LIMIT :limit",  # noqa: S608
        {**given, "seq": seq, "limit": limit},
    )
    return [Event(**row) for row in rows]


def of_phase(c: Connection, deployment: int, phase: Phase) -> list[Event]:
    """List the events of one phase in a deployment, oldest first."""
    rows = c.execute(
        "SELECT * FROM event WHERE deployment = ? AND phase = ? ORDER BY seq", [deployment, phase]
    )
    return [Event(**row) for row in rows]


def last_of(c: Connection, deployment: int, one: Phase, other: Phase) -> Event | None:
    """Find the newest event of a deployment as a whole, not of a region, in one of two phases."""
    row = c.execute(
        "SELECT * FROM event WHERE deployment = ? AND region IS NULL AND phase IN (?, ?)"
        " ORDER BY seq DESC LIMIT 1",
        [deployment, one, other],
    ).fetchone()
    return None if row is None else Event(**row)


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
