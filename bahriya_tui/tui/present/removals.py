"""Pending removals, in words: what still has to go from a region, and why it has not gone yet."""

from collections.abc import Sequence

from bahriya_tui.model.container import Removal
from bahriya_tui.model.handle import is_pull_secret_of
from bahriya_tui.tui.present.text import (
    Cell,
    Column,
    Fact,
    Heading,
    Note,
    cell,
    count,
    fact,
    listed,
    literal,
    moment,
    span,
)

COLUMNS = (
    Column("Region", 15, grow=1),
    Column("To be removed", 21, grow=3, drop=3),
    Column("Age", 6, right=True),
    Column("Next try", 9),
    Column("Why still there", 18, grow=3, drop=2),
)


def concerns(removal: Removal, registry: str) -> bool:
    """Tell whether `removal` takes away a pull secret of the registry named so."""
    return removal.kind == "Secret" and is_pull_secret_of(registry, removal.name)


def headline(removals: Sequence[Removal]) -> str:
    """Sum up what is pending in one line; empty when nothing is."""
    return f"! {summary(removals)}; w lists them" if removals else ""


def summary(removals: Sequence[Removal]) -> str:
    """Count what is pending, and name the regions."""
    if not removals:
        return "Nothing has to go from any region."
    regions = listed(sorted({literal(removal.region) for removal in removals}), 3)
    return f"{count(len(removals), 'pending removal')} in {regions}"


def cells(removal: Removal, now: str) -> tuple[Cell, ...]:
    """Draw one as a row."""
    return (
        cell(removal.region, "name"),
        cell(removal.name if removal.kind == "Secret" else f"{removal.kind} {removal.name}"),
        cell(span(removal.created_at, None, now), "dim"),
        cell(next_try(removal.next_try_at, now), "dim"),
        cell(removal.trouble or "not tried yet", "warn" if removal.last_error else "dim"),
    )


def sentence(removal: Removal, now: str) -> str:
    """Tell all about one."""
    what = f"{removal.kind} {removal.name} has to go from {removal.region}: {removal.reason}"
    last = removal.last_error or "no answer"
    tried = (
        f"{count(removal.attempts, 'try', 'tries')} so far: {last}" if removal.attempts else "Not tried yet"
    )
    return literal(f"{what}. {tried}. Next try {next_try(removal.next_try_at, now)}; t tries it now.")


def next_try(at: str, now: str) -> str:
    """Say when the next try is due: `soon`, `in 48 s`."""
    return "soon" if at <= now else f"in {span(now, at, now)}"


def parts(removals: Sequence[Removal], now: str) -> list[Heading | Fact | Note]:
    """Draw pending removals as a part of a sheet; nothing when there are none."""
    if not removals:
        return []
    lines: list[Heading | Fact | Note] = [Heading(count(len(removals), "pending removal"))]
    for removal in removals:
        lines.append(fact(removal.region, f"{removal.kind} {removal.name}", "warn"))
        lines.append(Note(f"{literal(removal.reason)}; {_trouble(removal, now)}", "dim"))
    return lines


def _trouble(removal: Removal, now: str) -> str:
    if not removal.attempts:
        return "not tried yet"
    due = "next try soon" if removal.next_try_at <= now else f"next try {moment(removal.next_try_at)[11:]}"
    return f"{count(removal.attempts, 'try', 'tries')}, {literal(removal.last_error) or 'no answer'}; {due}"
