"""When credentials end, as a cell, as a word to filter by, and as the one line above every list."""

from collections.abc import Sequence
from dataclasses import dataclass

from bahriya_tui.model import expiry
from bahriya_tui.model.expiry import DECLARED, SOON, Due
from bahriya_tui.tui.present.text import NONE, Cell, Fact, Tone, cell, count, literal, moment
from bahriya_tui.tui.view import View

EXPIRING = "expiring"
"""Typed into the filter, it finds what ends soon or has ended."""


@dataclass(frozen=True, slots=True)
class Ending:
    """A registry whose credentials end soon or have ended."""

    handle: str
    due: Due
    past: bool

    @property
    def known_as(self) -> tuple[str, str, bool]:
        """What the application keeps as hushed when it is put away; once it has ended, it is told anew."""
        return self.handle, self.due.at, self.past


def ending(view: View, now: str) -> list[Ending]:
    """List what ends soon or has ended, soonest first."""
    found = [
        Ending(one.registry.handle, one.due, one.due.past(now))
        for one in view.world.subjects.values()
        if one.due is not None and one.due.within(SOON.seconds, now)
    ]
    return sorted(found, key=lambda one: one.due.at)


def due(view: View, registry_id: str) -> Due | None:
    """Say when the credentials of a registry end."""
    subject = view.world.subjects.get(registry_id)
    return None if subject is None else subject.due


def end(one: Due | None, now: str) -> Cell:
    """Draw an end: by word when it is soon or past, else by its date."""
    if one is None:
        return NONE
    if not one.within(SOON.seconds, now):
        return cell(one.at[:10])
    return cell(expiry.left(one.at, now), "bad" if one.past(now) else "warn")


def fact(one: Due | None, now: str) -> Fact:
    """Draw an end with its instant and how it is known."""
    if one is None:
        return Fact("Expires", NONE)
    instant = one.at[:10] if one.source == DECLARED else f"{moment(one.at)[:16]} UTC"
    return Fact("Expires", end(one, now) + cell(f" ({instant}, {one.source})", "dim"))


def words(one: Due | None, now: str) -> str:
    """Give what a filter finds an end by."""
    if one is None or not one.within(SOON.seconds, now):
        return ""
    return f"{EXPIRING} expired" if one.past(now) else EXPIRING


def headline(endings: Sequence[Ending], now: str, room: int) -> Cell:
    """Sum up what ends soon or has ended, soonest first, naming as many as there is room for."""
    past = sum(one.past for one in endings)
    tone: Tone = "bad" if past else "warn"
    head, names = f"▲ {_counted(past, len(endings) - past)}", [_named(one, now) for one in endings]
    for shown in range(len(names), 0, -1):
        more = [f"{len(names) - shown} more"] if shown < len(names) else []
        told = f"{head}: {', '.join([*names[:shown], *more])}"
        if len(told) <= room:
            return cell(told, tone)
    return cell(head, tone)


def names_any(line: Cell) -> bool:
    """Tell whether a headline had room for a name."""
    return any(": " in text for text, _ in line)


def _counted(past: int, soon: int) -> str:
    ending = f"{soon} {'ends' if soon == 1 else 'end'} soon"
    if not past:
        return ending.replace(" ", " credential " if soon == 1 else " credentials ", 1)
    ended = f"{count(past, 'credential')} expired"
    return f"{ended}, {ending}" if soon else ended


def _named(one: Ending, now: str) -> str:
    told = expiry.since(one.due.at, now) if one.past else expiry.left(one.due.at, now)
    return f"{literal(one.handle)} {told}"
