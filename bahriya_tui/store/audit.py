"""The audit log and what regions have seen of it: the tables `audit` and `audit_anchor`."""

from collections.abc import Iterable
from dataclasses import asdict, fields, replace
from typing import TYPE_CHECKING

from bahriya_tui.model.audit import EMPTY, Action, Actor, Anchor, Entry, Head, Outcome, digest
from bahriya_tui.store.driver import Connection
from bahriya_tui.store.narrowing import narrowed

if TYPE_CHECKING:
    from sqlite_utils import Database

_COLUMNS = ", ".join(field.name for field in fields(Entry))
"""In the order in which an entry takes them."""


def append(
    tx: "Database",
    who: Actor,
    action: Action,
    *,
    now: str,
    project: str | None = None,
    registry: str | None = None,
    container: str | None = None,
    regions: Iterable[str] = (),
    deployment: int | None = None,
    versions: Iterable[int] = (),
    outcome: Outcome = "done",
) -> Head:
    """Add an entry, in the transaction of the change it tells of; gives the new head of the log."""
    before = head(tx.conn)
    entry = Entry(
        seq=before.seq + 1,
        at=now,
        user=who.user,
        terminal=who.terminal,
        client=who.client,
        action=action,
        project=project,
        registry=registry,
        container=container,
        regions=" ".join(regions),
        deployment=deployment,
        versions=" ".join(str(version) for version in versions),
        outcome=outcome,
        hash="",
    )
    entry = replace(entry, hash=digest(before.hash, entry))
    tx.execute(
        f"INSERT INTO audit ({_COLUMNS}) VALUES (:seq, :at, :user, :terminal, :client, :action, :project,"  # noqa: S608
        " :registry, :container, :regions, :deployment, :versions, :outcome, :hash)",
        asdict(entry),
    )
    return Head(entry.seq, entry.hash)


def head(c: Connection) -> Head:
    """Give the newest entry's number and hash."""
    row = c.execute("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1").fetchone()
    return EMPTY if row is None else Head(row["seq"], row["hash"])


def since(c: Connection, seq: int = 0, *, limit: int = -1) -> list[Entry]:
    """List the entries after `seq`, oldest first; at most `limit` unless that is negative."""
    rows = c.execute(f"SELECT {_COLUMNS} FROM audit WHERE seq > ? ORDER BY seq LIMIT ?", [seq, limit])  # noqa: S608
    return [Entry(*row) for row in rows]


def latest(
    c: Connection, limit: int, *, project: str | None = None, registry: str | None = None
) -> list[Entry]:
    """List the newest entries, newest first, narrowed by what is given."""
    condition, given = narrowed(project=project, registry=registry)
    rows = c.execute(
        f"SELECT {_COLUMNS} FROM audit WHERE {condition} ORDER BY seq DESC LIMIT :limit",  # noqa: S608
        {**given, "limit": limit},
    )
    return [Entry(*row) for row in rows]


def last_deployments(c: Connection, project: str) -> dict[str, str]:
    """Give when a deployment last pulled, or was to pull, with each registry of a project, by handle."""
    rows = c.execute(
        "SELECT handle, (SELECT at FROM audit WHERE audit.project = registry.project"
        " AND audit.registry = handle AND deployment IS NOT NULL ORDER BY seq DESC LIMIT 1) AS pulled_at"
        " FROM registry WHERE project = ?",
        [project],
    )
    return {row["handle"]: row["pulled_at"] for row in rows if row["pulled_at"] is not None}


def keep_anchor(tx: "Database", region: str, project: str, secret: str, seen: Head, now: str) -> None:
    """Keep a head that was read from a pull secret, unless a later one was read there before.

    A log that was cut off goes on with lower numbers, and the next deployment writes these to the region:
    what was read before that is the proof.
    """
    tx.execute(
        "INSERT INTO audit_anchor (region, project, secret, seq, hash, read_at) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (region, project, secret) DO UPDATE SET seq = excluded.seq, hash = excluded.hash,"
        " read_at = excluded.read_at WHERE excluded.seq >= seq",
        [region, project, secret, seen.seq, seen.hash, now],
    )


def anchors(c: Connection) -> list[Anchor]:
    """List what was read from regions."""
    rows = c.execute(
        "SELECT region, project, secret, seq, hash, read_at FROM audit_anchor"
        " ORDER BY region, project, secret"
    )
    return [Anchor(**row) for row in rows]
