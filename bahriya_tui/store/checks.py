"""Credential checks that were asked for, and what came of them: the table `registry_check`."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from bahriya_tui.model.errors import NotFound
from bahriya_tui.store.driver import Connection, Row

if TYPE_CHECKING:
    from sqlite_utils import Database


@dataclass(frozen=True, slots=True)
class Check:
    """One question to a registry: whether a version of its credentials works, and for which images."""

    id: int
    registry_id: str
    version: int
    images: tuple[str, ...]
    state: Literal["queued", "running", "done"]
    result: dict[str, Any] | None
    """A `CheckResult` as a dictionary, once it is done."""
    finished_at: str | None
    requested_by: str


def request(
    tx: "Database", registry_id: str, version: int, images: list[str], now: str, actor: str = ""
) -> int:
    """Queue a check and give its id."""
    row = tx.execute(
        "INSERT INTO registry_check (registry_id, version, images, state, requested_at, requested_by)"
        " VALUES (?, ?, ?, 'queued', ?, ?) RETURNING id",
        [registry_id, version, json.dumps(images), now, actor],
    ).fetchone()
    return int(row["id"])


def get(c: Connection, id: int) -> Check:  # noqa: A002
    """Find a check; `NotFound` when its registry was deleted with it."""
    row = c.execute("SELECT * FROM registry_check WHERE id = ?", [id]).fetchone()
    if row is None:
        raise NotFound(f"check {id} does not exist", "its registry may have been deleted")
    return _check(row)


def claim(tx: "Database") -> Check | None:
    """Take the oldest queued check, which then is running; None when there is none."""
    row = tx.execute(
        "UPDATE registry_check SET state = 'running' WHERE id ="
        " (SELECT min(id) FROM registry_check WHERE state = 'queued') RETURNING *"
    ).fetchone()
    return None if row is None else _check(row)


def reset_running(tx: "Database") -> None:
    """Queue the checks of a worker that ended in their midst; a new worker does this before it claims."""
    tx.execute("UPDATE registry_check SET state = 'queued' WHERE state = 'running'")


def finish(tx: "Database", id: int, result: dict[str, Any], now: str) -> None:  # noqa: A002
    """Write down the result; nothing happens when the registry was deleted meanwhile."""
    tx.execute(
        "UPDATE registry_check SET state = 'done', result = ?, finished_at = ? WHERE id = ?",
        [json.dumps(result), now, id],
    )


def last(c: Connection, registry_id: str) -> Check | None:
    """Give the newest finished check of a registry's current version."""
    row = c.execute(
        "SELECT registry_check.* FROM registry_check JOIN registry ON registry.id = registry_id"
        " WHERE registry_id = ? AND state = 'done' AND registry_check.version = registry.version"
        " ORDER BY registry_check.id DESC LIMIT 1",
        [registry_id],
    ).fetchone()
    return None if row is None else _check(row)


def recent(c: Connection, registry_id: str, limit: int = 50) -> list[Check]:
    """List the newest finished checks of a registry, of whatever version, newest first."""
    rows = c.execute(
        "SELECT * FROM registry_check WHERE registry_id = ? AND state = 'done' ORDER BY id DESC LIMIT ?",
        [registry_id, limit],
    )
    return [_check(row) for row in rows]


def _check(row: Row) -> Check:
    result = None if row["result"] is None else json.loads(row["result"])
    return Check(
        row["id"],
        row["registry_id"],
        row["version"],
        tuple(json.loads(row["images"])),
        row["state"],
        result,
        row["finished_at"],
        row["requested_by"],
    )
