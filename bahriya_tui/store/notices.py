"""Of what people were told by hooks, so that they are told once: the table `notice`."""

from typing import TYPE_CHECKING

from bahriya_tui.store.driver import Connection

if TYPE_CHECKING:
    from sqlite_utils import Database

_EVENTS = "events"


def told_up_to(c: Connection) -> int | None:
    """Give the number of the last event that was looked at; None before the first time."""
    row = c.execute("SELECT seq FROM notice WHERE about = ?", [_EVENTS]).fetchone()
    return None if row is None else int(row["seq"])


def note_up_to(tx: "Database", seq: int, now: str) -> None:
    """Write down the last event that was looked at."""
    _note(tx, _EVENTS, seq, now)


def was_told(c: Connection, about: str) -> bool:
    """Tell whether people were told about this."""
    return c.execute("SELECT 1 FROM notice WHERE about = ?", [about]).fetchone() is not None


def note(tx: "Database", about: str, now: str) -> None:
    """Write down that people were told about this."""
    _note(tx, about, 0, now)


def _note(tx: "Database", about: str, seq: int, now: str) -> None:
    tx.execute("INSERT OR REPLACE INTO notice (about, seq, at) VALUES (?, ?, ?)", [about, seq, now])
