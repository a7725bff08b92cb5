"""Registry by region as a grid: a line for each region, a column for each registry.

States are told by word, and by a letter where words do not fit; the sign before them only helps the eye.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bahriya_tui.keyboard.in_use import sign
from bahriya_tui.model import ecr
from bahriya_tui.model.container import SecretWrite
from bahriya_tui.model.drift import DRIFT, STATES, CellState, Facts
from bahriya_tui.model.drift import Cell as Place
from bahriya_tui.tui.present.regions import named, protection
from bahriya_tui.tui.present.text import Cell, Column, Tone, ago, cell, count, listed, literal

if TYPE_CHECKING:
    from bahriya_tui.operations.matrix import Matrix

SIGNS: dict[CellState, tuple[str, str, Tone]] = {
    "in sync": ("●", "i", "good"),
    "pending removal": ("◌", "p", "warn"),
    "not read": ("○", "n", "dim"),
    "stale": ("▲", "S", "warn"),
    "edited": ("≠", "E", "bad"),
    "missing": ("□", "M", "bad"),
    "unreachable": ("✕", "U", "bad"),
}
"""Sign and letter of each state; the letters of what needs a look are capitals."""

READ = Column("Read", 10, drop=1)
_LONGEST_ID = 24
_BETWEEN = 2
"""Blank cells that a table puts before every column."""


@dataclass(frozen=True, slots=True)
class Spot:
    """One registry in one region, with what it was judged by and what is being done about it."""

    place: Place
    facts: Facts
    rewriting: SecretWrite | None = None
    """While its pull secret is being written again: how far that is."""
    reading: bool = False

    @property
    def column(self) -> str:
        """The registry's handle; that of a deleted one says so."""
        return literal(f"{self.place.registry} (deleted)" if self.place.deleted else self.place.registry)

    @property
    def mendable(self) -> bool:
        """Whether writing it again would help, and nobody has asked for that yet."""
        return bool(self.place.rewrite) and self.rewriting is None


@dataclass(frozen=True, slots=True)
class Row:
    """One region with its spots by column."""

    region: str
    spots: dict[str, Spot]
    protected: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """What passes the filter."""

    columns: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    spots: tuple[Spot, ...] = field(default=(), repr=False)
    total: int = 0
    """How many places there are without the filter."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Which columns are drawn, and how."""

    columns: tuple[Column, ...]
    registries: tuple[str, ...]
    in_words: bool


def grid(matrix: "Matrix | None", words: str, protected: Collection[str] = ()) -> Grid:
    """Arrange the places that contain every word of `words`."""
    if matrix is None:
        return Grid()
    writing = {(one.region, one.name): one for one in matrix.writes}
    every = [_spot(place, facts, writing, matrix.reading) for place, facts in matrix.cells]
    terms = words.lower().split()
    spots = [spot for spot in every if all(term in _searched(spot) for term in terms)]
    rows: dict[str, dict[str, Spot]] = {}
    for spot in sorted(spots, key=lambda one: one.place.region):
        rows.setdefault(spot.place.region, {})[spot.column] = spot
    columns = tuple(dict.fromkeys(spot.column for spot in spots))
    drawn = tuple(Row(region, there, region in protected) for region, there in rows.items())
    return Grid(columns, drawn, tuple(spots), len(every))


def _spot(
    place: Place, facts: Facts, writing: dict[tuple[str, str], SecretWrite], reading: frozenset[str]
) -> Spot:
    names = [one.name for one in facts.applied]
    write = next((writing[place.region, name] for name in names if (place.region, name) in writing), None)
    return Spot(place, facts, write, place.region in reading)


def _searched(spot: Spot) -> str:
    return f"{spot.column} {spot.place.region} {spot.place.state} v{spot.place.version}".lower()


def layout(shown: Grid, room: int, chosen: str) -> Layout:
    """Fit the columns into `room` cells: states in words if they all fit, else letters, a page at a time."""
    ids = min(_LONGEST_ID, max((len(row.region) + 2 + 2 * row.protected for row in shown.rows), default=0))
    first = Column("Region", max(ids, 10))
    left = room - 2 * _BETWEEN - first.width
    words = max((_length(spot, in_words=True) for spot in shown.spots), default=0) + 2
    fits = len(shown.columns) * (words + _BETWEEN) <= left
    width = words if fits else max((_length(spot, in_words=False) for spot in shown.spots), default=0) + 2
    if fits:
        width = max(width, min(max((len(one) for one in shown.columns), default=0) + 2, width + 8))
        fits = len(shown.columns) * (width + _BETWEEN) <= left
    if not fits:
        left -= READ.width + _BETWEEN
    most = max(1, left // (width + _BETWEEN))
    page = _page(shown.columns, chosen, most)
    columns = tuple(Column(_marked(one, one == chosen, width), width) for one in page)
    return Layout((first, *columns, READ), page, fits)


def _page(columns: tuple[str, ...], chosen: str, most: int) -> tuple[str, ...]:
    index = columns.index(chosen) if chosen in columns else 0
    begin = min(index // most * most, max(0, len(columns) - most))
    return columns[begin : begin + most]


def _marked(text: str, chosen: bool, width: int) -> str:
    cut = text if len(text) <= width - 2 else f"{text[: width - 3]}…"
    return f"[{cut}]" if chosen else f" {cut}"


def _length(spot: Spot, *, in_words: bool) -> int:
    return sum(len(text) for text, _ in _told(spot, in_words=in_words))


def _told(spot: Spot, *, in_words: bool) -> Cell:
    sign, letter, tone = SIGNS[spot.place.state]
    version = "" if spot.place.version is None else f" v{spot.place.version}"
    state = f"{sign} {spot.place.state}" if in_words else f"{sign}{letter}"
    return (state, tone), (version + (" …" if spot.rewriting is not None else ""), "dim")


def cells(row: Row, drawn: Layout, now: str, chosen: str | None) -> tuple[Cell, ...]:
    """Draw one region; the chosen place stands in brackets."""
    spots = [row.spots.get(registry) for registry in drawn.registries]
    read = next(iter(row.spots.values()))
    when: Cell = (("reading …", "accent"),) if read.reading else cell(ago(read.place.read_at, now), "dim")
    return (
        named(row.region, row.protected),
        *(_bracketed(spot, drawn, chosen == one) for one, spot in zip(drawn.registries, spots, strict=True)),
        when,
    )


def _bracketed(spot: Spot | None, drawn: Layout, chosen: bool) -> Cell:
    told: Cell = (("-", "dim"),) if spot is None else _told(spot, in_words=drawn.in_words)
    return (("[", "accent"), *told, ("]", "accent")) if chosen else ((" ", ""), *told)


def summary(shown: Grid, reading: int, now: str) -> list[tuple[str, Tone]]:
    """Count the states, worst first, which is the legend of the letters too; and say how old it all is."""
    counted = Counter(spot.place.state for spot in shown.spots)
    parts: list[tuple[str, Tone]] = []
    for state in reversed(STATES):
        if counted[state]:
            sign, letter, tone = SIGNS[state]
            parts.append((f"{sign}{letter} {counted[state]} {state}  ", tone))
    if guarded := protection(sum(row.protected for row in shown.rows)):
        parts.append((f"{guarded}  ", "warn"))
    if reading:
        parts.append((f" reading {count(reading, 'region')} …", "accent"))
    elif shown.spots:
        parts.append((f" {_as_of(shown.spots, now)}", "dim"))
    return parts


def _as_of(spots: Sequence[Spot], now: str) -> str:
    times = {spot.place.read_at for spot in spots}
    known = sorted(one for one in times if one is not None)
    if not known:
        return "never read back: r reads"
    oldest, newest = ago(known[0], now), ago(known[-1], now)
    told = f"read {newest}" if oldest == newest else f"read {newest}, oldest {oldest}"
    return f"{told}, some never" if None in times else told


def sentence(spot: Spot | None, registry: str, region: str, now: str) -> list[tuple[str, Tone]]:
    """Tell all of the chosen place in words: where, what, why, what to do."""
    if spot is None:
        return [(f"{registry} is not needed in {literal(region)}.", "dim")]
    place = spot.place
    _, _, tone = SIGNS[place.state]
    version = "" if place.version is None else f" v{place.version}"
    told: list[tuple[str, Tone]] = [
        (f"{spot.column} in {literal(place.region)}: ", "name"),
        (f"{place.state}{version}", tone),
    ]
    if place.detail:
        told.append((f": {literal(place.detail)}", ""))
    told.append((f". {advice(spot)}".rstrip(), ""))
    for one in spot.facts.applied:
        if one.expires_at:
            told.append((f" Its {ecr.ending(one.expires_at, one.refresh_at, now)} ({one.name}).", "dim"))
    told.append((f" Read {ago(place.read_at, now)}.", "dim"))
    return told


def advice(spot: Spot) -> str:
    """Say what an operator can do about it here; empty when there is nothing to do."""
    place = spot.place
    if spot.rewriting is not None:
        return f"It is being written again: {literal(spot.rewriting.last_error) or 'not tried yet'}."
    if place.rewrite:
        return f"{sign('matrix.repair')} writes it again."
    if place.state == "unreachable":
        contact = f"{sign('app.regions')}, then {sign('regions.test')}"
        return f"{sign('matrix.read')} reads it again; {contact}, contacts the region."
    if place.state == "not read":
        return f"{sign('matrix.read')} reads it."
    if place.state == "pending removal":
        return "The worker keeps trying."
    return (
        f"Deploy what runs there: {sign('app.containers')}, then {sign('containers.deploy')}."
        if place.state in DRIFT
        else ""
    )


def repair_says(spots: Sequence[Place], narrowed: bool) -> list[tuple[str, Tone]]:
    """Say how many pull secrets a repair writes again, which, where, and over what."""
    secrets = sum(len(place.rewrite) for place in spots)
    regions = len({place.region for place in spots})
    head = f"{count(secrets, 'pull secret')} in {count(regions, 'region')} written again, as kept here:"
    says: list[tuple[str, Tone]] = [(head, "")]
    for place in spots[:_MOST]:
        names = listed([one.name for one in place.rewrite])
        says.append((f"{names} in {place.region} ({place.state}): {place.detail}", "warn"))
    if len(spots) > _MOST:
        says.append((f"and {count(len(spots) - _MOST, 'place')} more", "warn"))
    if narrowed:
        says.append(("Only places that the filter shows are repaired.", ""))
    says.append(
        ("What others changed in them is lost. Secrets without our marks, and workloads, stay.", "dim")
    )
    return says


_MOST = 12
"""Places that are named one by one before a repair."""
