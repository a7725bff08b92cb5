"""How the columns of a table share its width, and how a line is drawn in them."""

from collections.abc import Callable

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style

from bahriya_tui.tui.present.text import Cell, Column

GAP = 2
"""Blank cells before every column; those before the first carry the marks of the line."""


def share(columns: tuple[Column, ...], width: int) -> tuple[int, ...]:
    """Give each column its cells of `width`; 0 where it was dropped for want of room."""
    kept = list(columns)
    while sum(c.width + GAP for c in kept) > width and any(c.drop for c in kept):
        kept.remove(max(kept, key=lambda column: column.drop))
    spare = width - sum(c.width + GAP for c in kept) - GAP
    total = sum(c.grow for c in kept)
    widths = []
    for column in columns:
        more = spare * column.grow // total if total and spare > 0 else 0
        widths.append(column.width + more if column in kept else 0)
    return tuple(widths)


def shortened(text: str, room: int) -> str:
    """Shorten `text` to `room` cells, the last of them a sign that something is missing."""
    return set_cell_size(text, room - 1) + "…"


def line(
    columns: tuple[Column, ...],
    cells: tuple[Cell, ...],
    widths: tuple[int, ...],
    before: Segment,
    style: Style,
    tone: Callable[[str], Style],
) -> list[Segment]:
    """Draw a line's `cells` after what stands `before` them; as long as it comes."""
    segments = [before]
    for column, cell, room in zip(columns, cells, widths, strict=False):
        if room:
            segments += _fit(cell, room, style, tone, right=column.right)
            segments.append(Segment(" " * GAP, style))
    return segments


def _fit(cell: Cell, room: int, style: Style, tone: Callable[[str], Style], *, right: bool) -> list[Segment]:
    """Draw `cell` in `room` cells; where it is too long its last span stays whole if it can."""
    length = sum(cell_len(text) for text, _ in cell)
    pad = Segment(" " * max(0, room - length), style)
    if length <= room:
        drawn = [Segment(text, style + tone(name)) for text, name in cell]
        return [pad, *drawn] if right else [*drawn, pad]
    first = style + tone(cell[0][1])
    *cut, (last, last_tone) = cell
    left = room - cell_len(last) if cut else 0
    if left < 2:
        return [Segment(shortened("".join(text for text, _ in cell), room), first)]
    text = shortened("".join(text for text, _ in cut), left)
    return [Segment(text, first), Segment(last, style + tone(last_tone))]
