"""Findings as rows and sheets."""

from collections.abc import Sequence

from bahriya_tui.model.finding import Finding, State, summary
from bahriya_tui.tui.present.lint import OfRegistry
from bahriya_tui.tui.present.text import Cell, Column, Fact, Heading, Note, Sheet, Tone, cell, count, literal

ADVICE = "advice"
"""Typed into the filter, it finds what concerns registries."""

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


def key(finding: Finding) -> str:
    """Name it: by its subject, and where it concerns a registry by that too."""
    of = f" {finding.registry}" if isinstance(finding, OfRegistry) else ""
    return f"{finding.subject}{of}"


def words(finding: Finding) -> str:
    """Give what a filter looks through."""
    kind = ADVICE if isinstance(finding, OfRegistry) else ""
    return f"{finding.subject} {finding.state} {finding.measured} {kind}".lower()


def summed_up(findings: Sequence[Finding], measured_at: str) -> str:
    """Say how good it all is, as of when, and how much of it is advice on registries."""
    measured = [one for one in findings if not isinstance(one, OfRegistry)]
    parts = [f"{summary(measured)}; measured at {measured_at}"] if measured else []
    if advised := len(findings) - len(measured):
        parts.append(f"{count(advised, 'piece')} of advice on registries")
    return "; ".join(parts)


def state(finding: Finding) -> Cell:
    """Say how good it is, by shape and word as well as by colour."""
    sign, tone = _SIGNS[finding.state]
    return cell(f"{sign} {finding.state}", tone)


def sheet(finding: Finding, measured_at: str) -> Sheet:
    """Tell all about one finding."""
    known = isinstance(finding, OfRegistry)
    parts: list[Heading | Fact | Note] = [
        Fact("State", state(finding)),
        *([] if known else [Fact("Measured at", cell(measured_at, "dim"))]),
        Heading("Known" if known else "Measured"),
        Note(literal(finding.measured)),
    ]
    if finding.advice:
        parts += [Heading("What to do"), Note(literal(finding.advice))]
    return Sheet(literal(finding.subject), tuple(parts))
