"""Entries of the audit log as rows and sheets."""

from bahriya_tui.model.audit import Entry
from bahriya_tui.tui.present.text import (
    NONE,
    Cell,
    Column,
    Fact,
    Heading,
    Note,
    Sheet,
    Tone,
    ago,
    cell,
    fact,
    listed,
    moment,
)

COLUMNS = (
    Column("Time", 11),
    Column("Who", 7, grow=1),
    Column("Action", 18, grow=1),
    Column("Object", 12, grow=2),
    Column("Version", 7, drop=1),
    Column("Outcome", 11),
    Column("Regions", 20, grow=1, drop=3),
    Column("From", 15, drop=2),
)

_TONES: dict[str, Tone] = {
    "done": "good",
    "accepted": "good",
    "not needed": "good",
    "started": "dim",
    "failed": "bad",
    "locked": "bad",
    "no answer": "bad",
    "rejected": "bad",
}
"""Of each outcome; what is not named here deserves a second look."""


def cells(entry: Entry) -> tuple[Cell, ...]:
    """Draw one entry as a row."""
    return (
        cell(moment(entry.at)[5:16], "dim"),
        cell(entry.user, "name"),
        cell(entry.action),
        cell(subject(entry)),
        cell(versions(entry)) if entry.versions else NONE,
        outcome(entry),
        cell(", ".join(entry.regions.split())),
        cell(entry.client, "dim"),
    )


def words(entry: Entry) -> str:
    """Give what a filter looks through."""
    told = (entry.user, entry.client, entry.terminal, entry.action, entry.outcome, entry.regions)
    return f"{entry.seq} {' '.join(told)} {_whole(entry)} {versions(entry)}".lower()


def subject(entry: Entry) -> str:
    """Name what the action was about: `shop/ghcr`, `shop/api #4`, `helsinki-1`."""
    if entry.action.startswith("deployment."):
        return f"{entry.project}/{entry.container} #{entry.deployment}"
    handle = entry.container if entry.action.startswith("container.") else entry.registry or entry.container
    if handle is None:
        return entry.project or entry.regions
    return f"{entry.project}/{handle}"


def versions(entry: Entry) -> str:
    """Name the versions, from old to new: `v2 → v3`."""
    return " → ".join(f"v{number}" for number in entry.versions.split())


def outcome(entry: Entry) -> Cell:
    """Say what came of it."""
    return cell(entry.outcome, _TONES.get(entry.outcome, "warn"))


def sheet(entry: Entry, now: str) -> Sheet:
    """Tell all about one entry."""
    named = (
        ("Project", entry.project),
        ("Registry", entry.registry),
        ("Version", versions(entry)),
        ("Container", entry.container),
        ("Deployment", entry.deployment),
        ("Regions", listed(entry.regions.split())),
    )
    parts: list[Heading | Fact | Note] = [
        fact("Action", entry.action),
        Fact("Outcome", outcome(entry)),
        fact("When", f"{moment(entry.at)}, {ago(entry.at, now)}"),
        Heading("Who"),
        fact("User", entry.user),
        fact("Terminal", entry.terminal),
        fact("SSH client", entry.client),
        Heading("What"),
        *(fact(label, value) for label, value in named if value),
        Heading("Chain"),
        fact("Hash", entry.hash, "dim"),
    ]
    return Sheet(f"Entry {entry.seq}", tuple(parts))


def _whole(entry: Entry) -> str:
    named = (entry.project, entry.registry, entry.container, entry.deployment)
    return " ".join(str(one) for one in named if one is not None)
