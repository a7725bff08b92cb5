"""How the columns of a table share its width, and how a text is cut to its column."""

from rich.cells import set_cell_size

from bahriya_tui.tui.present.text import Column

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
