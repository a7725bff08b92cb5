"""Credential checks that were asked for, and what came of them: the table `registry_check`."""

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from bahriya_tui.model.connection import ConnectionSettings
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
    settings: ConnectionSettings | None = None
    """How to ask, where that is only being tried; None for as the registry says."""


def request(
    tx: "Database",
    registry_id: str,
    version: int,
    images: list[str],
    now: str,
    actor: str = "",
    settings: ConnectionSettings | None = None,
) -> int:
    """Queue a check and give its id; the same question that waits for its answer already is not put twice."""
    wanted = _written(images, settings)
    row = tx.execute(
        "SELECT id FROM registry_check"
        " WHERE registry_id = ? AND version = ? AND images = ? AND state != 'done'",
        [registry_id, version, wanted],
    ).fetchone()
    if row is None:
        row = tx.execute(
            "INSERT INTO registry_check (registry_id, version, images, state, requested_at, requested_by)"
            " VALUES (?, ?, ?, 'queued', ?, ?) RETURNING id",
            [registry_id, version, wanted, now, actor],
        ).fetchone()
    return int(row["id"])


def get(c: Connection, id: int) -> Check:  # noqa: A002
    """Find a check; `NotFound` when its registry was deleted with it."""
    row = c.execute("SELECT * FROM registry_check WHERE id = ?", [id]).fetchone()
    if row is None:
        raise NotFound(f"check {id} does not exist", "its registry may have been deleted")
    return _check(row)


def claim(tx: "Database") -> Check | None:
    """Take the oldest queued check, which then is running; None when there is none.

    One that cannot be read is dropped: it would end every worker that takes it, and all other work with that.
    """
    while True:
        row = tx.execute(
            "UPDATE registry_check SET state = 'running' WHERE id ="
            " (SELECT min(id) FROM registry_check WHERE state = 'queued') RETURNING *"
        ).fetchone()
        try:
            return None if row is None else _check(row)
        except (ValueError, KeyError, TypeError, RecursionError):
            tx.execute("DELETE FROM registry_check WHERE id = ?", [row["id"]])


def reset_running(tx: "Database") -> None:
    """Queue the checks of a worker that ended in their midst; a new worker does this before it claims."""
    tx.execute("UPDATE registry_check SET state = 'queued' WHERE state = 'running'")


def finish(tx: "Database", id: int, result: dict[str, Any], now: str) -> None:  # noqa: A002
    """Write down the result; nothing happens when the registry was deleted meanwhile.

    Of a version the newest checks are kept, and what says that it is rejected and since when.
    """
    done = tx.execute(
        "UPDATE registry_check SET state = 'done', result = ?, finished_at = ? WHERE id = ?"
        " RETURNING registry_id, version",
        [json.dumps(result), now, id],
    ).fetchone()
    if done is not None:
        tx.execute(_DROP, {**dict(done), "id": id, "kept": _KEPT})


_KEPT = 50
_DROP = """
WITH known AS (
  SELECT id, iif(json_valid(images), json_extract(images, '$.settings'), NULL) AS settings,
      iif(json_valid(result), json_extract(result, '$.login'), NULL) AS login
    FROM registry_check WHERE registry_id = :registry_id AND version = :version AND state = 'done'
), standing AS (
  SELECT id FROM known WHERE login = 'rejected' AND id > coalesce(
    (SELECT max(id) FROM known WHERE login IN ('accepted', 'not needed')), 0)
)
DELETE FROM registry_check WHERE id != :id
  AND id IN (SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY settings ORDER BY id DESC) AS place
    FROM known) WHERE place > :kept)
  AND id NOT IN (SELECT coalesce(min(id), 0) FROM standing UNION SELECT coalesce(max(id), 0) FROM standing)
"""
"""The newest are counted for each way of asking: those that tried another one say nothing of a registry."""


_FINISHED = """
SELECT registry_check.* FROM registry_check JOIN registry ON registry.id = registry_id
WHERE registry_id = ? AND state = 'done' AND (
  json_type(images) = 'array'
  OR json_extract(images, '$.settings.plain_http') = plain_http
    AND json_extract(images, '$.settings.ca_file') IS ca_file
    AND json_extract(images, '$.settings.proxy') IS proxy
)
"""
"""Without those that tried other settings than the registry has."""


def last(c: Connection, registry_id: str) -> Check | None:
    """Give the newest finished check of a registry's current version, asked as it is asked now."""
    return _newest(c, registry_id, "registry_check.version = registry.version")


def former(c: Connection, registry_id: str) -> Check | None:
    """Give the newest finished check of any other version than the current one."""
    return _newest(c, registry_id, "registry_check.version != registry.version")


def _newest(c: Connection, registry_id: str, whose: str) -> Check | None:
    sql = f"{_FINISHED} AND {whose} ORDER BY registry_check.id DESC LIMIT 1"
    row = c.execute(sql, [registry_id]).fetchone()
    return None if row is None else _check(row)


def recent(c: Connection, registry_id: str) -> list[Check]:
    """List the newest finished checks of a registry, of whatever version, newest first."""
    rows = c.execute(
        "SELECT * FROM registry_check WHERE registry_id = ? AND state = 'done' ORDER BY id DESC LIMIT ?",
        [registry_id, _KEPT],
    )
    return [_check(row) for row in rows]


def of_version(c: Connection, registry_id: str, version: int) -> list[Check]:
    """List the finished checks of a version that are kept, oldest first."""
    rows = c.execute(
        "SELECT * FROM registry_check WHERE registry_id = ? AND version = ? AND state = 'done' ORDER BY id",
        [registry_id, version],
    )
    return [_check(row) for row in rows]


def _written(images: list[str], settings: ConnectionSettings | None) -> str:
    return json.dumps(images if settings is None else {"images": images, "settings": asdict(settings)})


def _check(row: Row) -> Check:
    wanted = json.loads(row["images"])
    images, settings = (wanted, None) if isinstance(wanted, list) else (wanted["images"], wanted["settings"])
    result = None if row["result"] is None else json.loads(row["result"])
    return Check(
        row["id"],
        row["registry_id"],
        row["version"],
        tuple(images),
        row["state"],
        result,
        row["finished_at"],
        row["requested_by"],
        None if settings is None else ConnectionSettings(**settings),
    )
