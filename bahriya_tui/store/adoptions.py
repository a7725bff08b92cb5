"""Questions to regions about pull secrets that others made, and the answers: the table `adoption`.

Answers hold names, servers, user names and sealed tokens. Whoever asked takes the answer out of the table.
"""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from bahriya_tui.model import clock
from bahriya_tui.store.driver import Connection, Row

if TYPE_CHECKING:
    from sqlite_utils import Database

Kind = Literal["look", "take"]
"""`look`: which pull secrets of others there are. `take`: what is in one of them, told or sealed."""
_FORGOTTEN_SECONDS = 3600.0
"""An answer that nobody took by then is dropped: whoever asked is gone."""


@dataclass(frozen=True, slots=True)
class Adoption:
    """One question to one region."""

    id: int
    project: str
    region: str
    kind: Kind
    request: dict[str, Any]
    state: Literal["queued", "running", "done"]
    result: dict[str, Any] | None
    """None until it is done; `{"error": ...}` when it failed."""
    requested_by: str


def request(
    tx: "Database", project: str, region: str, kind: Kind, wanted: dict[str, Any], now: str, actor: str
) -> int:
    """Queue a question and give its id."""
    tx.execute(
        "DELETE FROM adoption WHERE state = 'done' AND finished_at < ?",
        [clock.later(now, -_FORGOTTEN_SECONDS)],
    )
    row = tx.execute(
        "INSERT INTO adoption (project, region, kind, request, state, requested_at, requested_by)"
        " VALUES (?, ?, ?, ?, 'queued', ?, ?) RETURNING id",
        [project, region, kind, json.dumps(wanted), now, actor],
    ).fetchone()
    return int(row["id"])


def get(c: Connection, id: int) -> Adoption | None:  # noqa: A002
    """Find a question; None when it was taken out."""
    row = c.execute("SELECT * FROM adoption WHERE id = ?", [id]).fetchone()
    return None if row is None else _adoption(row)


def claim(tx: "Database") -> Adoption | None:
    """Take the oldest queued question, which then is running; None when there is none.

    One that cannot be read is dropped: it would end every worker that takes it, and all other work with that.
    """
    while True:
        row = tx.execute(
            "UPDATE adoption SET state = 'running' WHERE id ="
            " (SELECT min(id) FROM adoption WHERE state = 'queued') RETURNING *"
        ).fetchone()
        try:
            return None if row is None else _adoption(row)
        except (ValueError, RecursionError):
            take_out(tx, row["id"])


def reset_running(tx: "Database") -> None:
    """Queue what a worker left behind that ended in its midst; a new worker does this before it claims."""
    tx.execute("UPDATE adoption SET state = 'queued' WHERE state = 'running'")


def finish(tx: "Database", id: int, result: dict[str, Any], now: str) -> None:  # noqa: A002
    """Write down the answer; nothing happens when nobody wants it any more."""
    tx.execute(
        "UPDATE adoption SET state = 'done', result = ?, finished_at = ? WHERE id = ?",
        [json.dumps(result), now, id],
    )


def take_out(tx: "Database", id: int) -> None:  # noqa: A002
    """Remove a question with its answer."""
    tx.execute("DELETE FROM adoption WHERE id = ?", [id])


def _adoption(row: Row) -> Adoption:
    result = None if row["result"] is None else json.loads(row["result"])
    return Adoption(
        row["id"],
        row["project"],
        row["region"],
        row["kind"],
        json.loads(row["request"]),
        row["state"],
        result,
        row["requested_by"],
    )
