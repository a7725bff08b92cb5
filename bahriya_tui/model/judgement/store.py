"""Judges the store: its library, its file, who may reach it, and whether there is room for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bahriya_tui.model.finding import Finding, unmeasured
from bahriya_tui.model.judgement.modes import PathSeen, judge_paths, judge_shared

MIB = 1024 * 1024
LARGE_JOURNAL, LITTLE_ROOM, NO_ROOM = 64 * MIB, 200 * MIB, 20 * MIB
"""Bytes; a journal is emptied at 4 MB, so a large one means that somebody has been reading for long."""
_BACKUP = "Stop the worker, keep a copy of the file, and put the store back from a backup."


@dataclass(frozen=True, slots=True)
class StoreSeen:
    """What is known of the store without changing it; `error` says why it could not be opened."""

    path: str
    exists: bool
    driver: str
    sqlite: tuple[int, ...]
    error: str = ""
    ours: bool = True
    version: int = 0
    newest: int = 0
    """Versions of the tables: in the file, and of this release."""
    journal: str = ""
    damage: Sequence[str] = ()
    """What the checks of SQLite complain of."""
    journal_bytes: int = 0
    free_bytes: int | None = None
    paths: Sequence[PathSeen] = ()
    """The folder first."""
    group_may: Literal["none", "read", "write"] = "none"
    """What its folder allows the group that it belongs to."""


def judge_store(seen: StoreSeen) -> list[Finding]:
    """Judge everything about the store."""
    return [
        _file(seen),
        *([_integrity(seen)] if seen.exists else []),
        _paths(seen),
        _library(seen),
        *([_journal(seen)] if seen.exists and not seen.error else []),
        _room(seen.free_bytes),
    ]


def _paths(seen: StoreSeen) -> Finding:
    if seen.group_may == "none":
        return judge_paths("store files", seen.paths, private=True)
    return judge_shared("store files", seen.paths, change=seen.group_may == "write")


def has_wal_reset_bug(sqlite: tuple[int, ...]) -> bool:
    """Tell whether several writers in WAL mode can lose what was committed (sqlite.org/wal.html)."""
    repaired = (3, 44, 6) <= sqlite < (3, 45) or (3, 50, 7) <= sqlite < (3, 51) or sqlite >= (3, 51, 3)
    return sqlite >= (3, 7) and not repaired


def _file(seen: StoreSeen) -> Finding:
    subject = "store"
    if not seen.exists:
        advice = "The first command makes one; if there was one, look at BAHRIYA_HOME or restore a backup."
        return Finding(subject, "attention", f"There is no store at {seen.path}.", advice)
    if seen.error:
        return Finding(
            subject,
            "bad",
            f"{seen.path} cannot be read: {seen.error}.",
            "Look at its owner and mode, and whether another program holds it; else restore a backup.",
        )
    if seen.damage and not seen.version:
        return Finding(subject, "bad", f"{seen.path} is no store that can be used.", _BACKUP)
    if not seen.ours:
        advice = "Name another folder in BAHRIYA_HOME."
        return Finding(subject, "bad", f"{seen.path} is the database of another program.", advice)
    versions = f"its tables are of version {seen.version}, those of this release {seen.newest}"
    if seen.version > seen.newest:
        return Finding(
            subject, "bad", f"A newer release wrote the store: {versions}.", "Upgrade bahriya-tui."
        )
    if seen.version < seen.newest:
        advice = "The next command brings it up to date; make a backup first."
        return Finding(subject, "attention", f"An older release wrote the store: {versions}.", advice)
    return Finding(subject, "good", f"The store opens, and its tables are of version {seen.version}.")


def _integrity(seen: StoreSeen) -> Finding:
    subject = "store integrity"
    if seen.error:
        return unmeasured(subject, "the store could not be opened")
    if seen.damage:
        more = f", and {len(seen.damage) - 1} more" if len(seen.damage) > 1 else ""
        return Finding(subject, "bad", f"The store is damaged: {seen.damage[0]}{more}.", _BACKUP)
    return Finding(subject, "good", "SQLite's checks of pages, indexes and references found nothing wrong.")


def _library(seen: StoreSeen) -> Finding:
    subject = "SQLite"
    version = ".".join(str(part) for part in seen.sqlite)
    measured = f"{seen.driver} {version}, journal {seen.journal or 'unknown'}"
    if not has_wal_reset_bug(seen.sqlite):
        return Finding(subject, "good", f"{measured}; without the WAL-reset bug.")
    advice = "Install pysqlite3 0.6.1 or later, or Python with SQLite 3.51.3 or later."
    if seen.journal == "wal":
        text = f"{measured}; its WAL-reset bug can lose committed changes."
        return Finding(subject, "bad", text, f"Stop the worker and all screens. {advice}")
    text = f"{measured}; it has the WAL-reset bug, so the slower journal is used, which is safe."
    return Finding(subject, "attention", text, advice)


def _journal(seen: StoreSeen) -> Finding:
    subject = "store journal"
    measured = f"{seen.journal_bytes / MIB:.1f} MiB of changes wait to be written into the file."
    if seen.journal_bytes <= LARGE_JOURNAL:
        return Finding(subject, "good", measured)
    return Finding(subject, "attention", measured, "Close screens that have been open for long.")


def _room(free: int | None) -> Finding:
    subject = "disk space"
    if free is None:
        return unmeasured(subject, "the folder of the store cannot be reached")
    measured = f"{free / MIB:,.0f} MiB are free for the store."
    if free >= LITTLE_ROOM:
        return Finding(subject, "good", measured)
    return Finding(subject, "bad" if free < NO_ROOM else "attention", measured, "Make room on that disk.")
