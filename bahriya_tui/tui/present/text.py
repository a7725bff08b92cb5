"""The pieces screens are drawn from: spans with a tone, cells, columns, sheets; and safe, short words."""

import unicodedata
from dataclasses import dataclass
from typing import Literal

from bahriya_tui.model import clock

Tone = Literal["", "name", "dim", "good", "warn", "bad", "accent"]
Cell = tuple[tuple[str, Tone], ...]
"""One table cell: spans of text, each with a tone. The text is already literal."""

NONE: Cell = (("-", "dim"),)
LISTED = 40
"""Containers of a registry or region that are told one by one; there may be thousands."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table."""

    label: str
    width: int
    grow: int = 0
    """Share of the room that is left over."""
    drop: int = 0
    """Where room is short the column with the highest number goes first; 0 stays."""
    right: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """A line that opens a part of a sheet."""

    text: str


@dataclass(frozen=True, slots=True)
class Fact:
    """A labelled value."""

    label: str
    value: Cell


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence."""

    text: str
    tone: Tone = ""


@dataclass(frozen=True, slots=True)
class Signs:
    """A row of signs, the newest last: where room is short, the oldest are left out."""

    signs: Cell
    """One character in each span."""


Part = Heading | Fact | Note | Signs


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the detail pane says of one thing."""

    title: str
    parts: tuple[Part, ...]


def cell(text: object, tone: Tone = "") -> Cell:
    """Make a cell of one span; an empty text becomes a dash."""
    shown = literal(str(text))
    return ((shown, tone),) if shown else NONE


def fact(label: str, text: object, tone: Tone = "") -> Fact:
    """Make a labelled value of one span."""
    return Fact(label, cell(text, tone))


def literal(text: str) -> str:
    """Make `text` harmless and visible: control and invisible characters are drawn as signs, not obeyed."""
    return text if text.isascii() and text.isprintable() else "".join(_sign(char) for char in text)


def _sign(char: str) -> str:
    code = ord(char)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}:
        return f"<U+{code:04X}>"
    return char


def moment(text: str | None) -> str:
    """Shorten an instant to the second, for people: `2026-11-23 22:14:12`."""
    return text[:19].replace("T", " ") if text else ""


def span(start: str | None, end: str | None, now: str) -> str:
    """Tell how long something took, or has been taking until `now`: `8 s`, `3 min`, `2 h`."""
    if start is None:
        return ""
    seconds = int((clock.parse(end or now) - clock.parse(start)).total_seconds())
    return clock.length(max(0, seconds))


def ago(text: str | None, now: str) -> str:
    """Tell how long ago `text` was: `now`, `12 s ago`, `3 d ago`; `never` without an instant."""
    if text is None:
        return "never"
    seconds = int((clock.parse(now) - clock.parse(text)).total_seconds())
    return "now" if seconds < 1 else f"{clock.length(seconds)} ago"


def count(number: int, noun: str, plural: str = "") -> str:
    """Write `1 region`, `3 regions`."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def rest(total: int) -> list[Note]:
    """Say how many of `total` containers are left out when `LISTED` are told; nothing when none is."""
    hidden = total - LISTED
    return [Note(f"and {hidden} more; / on the Containers screen finds them", "dim")] if hidden > 0 else []


def listed(names: list[str], most: int = 6) -> str:
    """Join names for a sentence, saying how many were left out."""
    shown = ", ".join(names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown
