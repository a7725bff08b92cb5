"""Findings as rows and sheets."""

from bahriya_tui.model.finding import Finding, State
from bahriya_tui.tui.present.text import Cell, Column, Fact, Heading, Note, Sheet, Tone, cell, literal

COLUMNS = (
    Column("Subject", 16),
    Column("State", 12),
    Column("Measured", 30, grow=1),
)
_SIGNS: dict[State, tuple[str, Tone]] = {
    "good": ("●", "good"),
    "attention": ("!", "warn"),
    "bad": ("✕", "bad"),
    "unknown": ("?", "dim"),
}


def cells(finding: Finding) -> tuple[Cell, ...]:
    """Draw one finding as a row."""
    return cell(finding.subject, "name"), state(finding), cell(finding.measured)


def words(finding: Finding) -> str:
    """Give what a filter looks through."""
    return f"{finding.subject} {finding.state} {finding.measured}".lower()


def state(finding: Finding) -> Cell:
    """Say how good it is, by shape and word as well as by colour."""
    sign, tone = _SIGNS[finding.state]
    return cell(f"{sign} {finding.state}", tone)


def sheet(finding: Finding, measured_at: str) -> Sheet:
    """Tell all about one finding."""
    parts: list[Heading | Fact | Note] = [
        Fact("State", state(finding)),
        Fact("Measured at", cell(measured_at, "dim")),
        Heading("Measured"),
        Note(literal(finding.measured)),
    ]
    if finding.advice:
        parts += [Heading("What to do"), Note(literal(finding.advice))]
    return Sheet(literal(finding.subject), tuple(parts))
