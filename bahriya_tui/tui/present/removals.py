"""Pending removals, in words: what still has to go from a region, and why it has not gone yet."""

from collections.abc import Sequence

from bahriya_tui.model.container import Removal
from bahriya_tui.model.handle import is_pull_secret_of
from bahriya_tui.tui.present.text import Fact, Heading, Note, count, fact, listed, literal, moment


def concerns(removal: Removal, registry: str) -> bool:
    """Tell whether `removal` takes away a pull secret of the registry named so."""
    return removal.kind == "Secret" and is_pull_secret_of(registry, removal.name)


def headline(removals: Sequence[Removal]) -> str:
    """Sum up what is pending in one line; empty when nothing is."""
    if not removals:
        return ""
    regions = listed(sorted({literal(removal.region) for removal in removals}), 3)
    return f"! {count(len(removals), 'pending removal')} in {regions}; the worker keeps trying"


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
