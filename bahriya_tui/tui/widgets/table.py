"""One table for every list: draws only the lines that are seen, redraws only the lines that changed.

It owns the cursor, the marks, the filter and the order, and knows nothing of what it shows.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rich.cells import set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.reactive import var
from textual.scroll_view import ScrollView
from textual.strip import Strip

from bahriya_tui.tui import keys
from bahriya_tui.tui.present.text import Cell, Column
from bahriya_tui.tui.widgets.columns import GAP, line, share
from bahriya_tui.tui.widgets.marks import Marks, gutter

RISING, FALLING = "▲", "▼"
"""Beside the heading of the column the lines are sorted by."""


@dataclass(frozen=True, slots=True)
class Lines:
    """What a table shows: any sequence, and how to name, draw and search one of its items."""

    items: Sequence[Any]
    key: Callable[[Any], str]
    cells: Callable[[Any], tuple[Cell, ...]]
    words: Callable[[Any], str] = str
    orders: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)
    """By the heading of a column: what of an item is compared to sort by it."""


class Table(ScrollView, can_focus=True, inherit_bindings=False):
    """A list of lines under fixed headings, with one of them chosen."""

    COMPONENT_CLASSES = {f"table--{name}" for name in ("header", "cursor", "unfocused", "empty")} | {
        f"table--{tone}" for tone in ("name", "dim", "good", "warn", "bad", "accent")
    }
    BINDINGS = keys.bindings("table")

    moves = var(0, init=False)
    """Grows when another line is chosen, or the chosen one changed.

    Whoever watches it is told at once, not by a message: what depends on the line is drawn together with it.
    """

    def __init__(self, columns: tuple[Column, ...], *, cursor: bool = True, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.columns = columns
        self.has_cursor = cursor
        self.empty = ""
        self.cursor = 0
        self.marks: Marks = frozenset()
        self._lines = Lines((), str, lambda _: ())
        self._seen: Sequence[Any] = ()
        self._sorted: Sequence[Any] = ()
        self._order: tuple[str, bool] | None = None
        self._words: list[str] | None = None
        self._filter: tuple[str, ...] = ()
        self._widths: tuple[int, ...] = ()
        self._drawn: dict[int, object] = {}
        self._awaited: str | None = None
        self._ground = Style.null()

    @property
    def current(self) -> Any | None:
        """The chosen item, or None where there are no lines."""
        return self._seen[self.cursor] if self.cursor < len(self._seen) else None

    @property
    def shown(self) -> tuple[int, int]:
        """How many lines pass the filter, and how many there are."""
        return len(self._seen), len(self._lines.items)

    @property
    def keys(self) -> list[str]:
        """The keys of the lines that pass the filter."""
        return [self._lines.key(item) for item in self._seen]

    def mark(self, marks: Marks) -> None:
        """Draw these lines as marked, as long as they are there."""
        self.marks = marks
        self._redraw()
        self.moves += 1

    def show(self, lines: Lines, *, empty: str = "") -> None:
        """Draw `lines` from now on; the cursor stays on the item it was on."""
        key = self._key
        if lines.items is not self._lines.items or self._order is not None:
            self._words = None
        self._lines, self.empty = lines, empty
        if self.marks:
            self.marks &= {lines.key(item) for item in lines.items}
        self._sort()
        self._choose(key)
        if self._awaited is not None:
            self.go(self._awaited)

    def filter(self, text: str) -> None:
        """Keep the lines that contain every word of `text`."""
        self._filter = tuple(text.lower().split())
        self._choose(self._key)

    @property
    def order(self) -> tuple[str, bool] | None:
        """The heading the lines are sorted by, and whether downwards; None as they come."""
        return self._order

    def sort_next(self) -> None:
        """Sort by the next column that is drawn and has an order; after the last, as the lines come."""
        drawn = zip(self.columns, self._widths, strict=False)
        heads = [column.label for column, room in drawn if room and column.label in self._lines.orders]
        now = heads.index(self._order[0]) if self._order and self._order[0] in heads else -1
        self._sort_by((heads[now + 1], False) if now + 1 < len(heads) else None)

    def sort_back(self) -> None:
        """Turn the order round."""
        if self._order is not None:
            self._sort_by((self._order[0], not self._order[1]))

    def _sort_by(self, order: tuple[str, bool] | None) -> None:
        key, self._order, self._words = self._key, order, None
        self._sort()
        self._choose(key)
        self.refresh(Region(0, 0, self.size.width, 1))

    def _sort(self) -> None:
        """Put the lines in order; equal ones stay as they come."""
        items, by = self._lines.items, self._lines.orders
        if self._order is not None and self._order[0] in by:
            items = sorted(items, key=by[self._order[0]], reverse=self._order[1])
        self._sorted = items

    @property
    def _key(self) -> str | None:
        return self._lines.key(self.current) if self.current is not None else None

    def go(self, key: str) -> bool:
        """Put the cursor on the line named `key`, or wait for that line; tell whether it is there."""
        self._awaited = key
        for index, item in enumerate(self._seen):
            if self._lines.key(item) == key:
                self._awaited = None
                self._put(index)
                return True
        return False

    def action_move(self, lines: int) -> None:
        """Move the cursor, or scroll where there is none."""
        self._awaited = None
        if self.has_cursor:
            self._put(self.cursor + lines)
        else:
            self.scroll_to(y=self.scroll_offset.y + lines, animate=False)

    def action_page(self, pages: int) -> None:
        """Move a page."""
        self.action_move(pages * max(1, self.size.height - 1))

    def action_half(self, pages: int) -> None:
        """Move half a page."""
        self.action_move(pages * max(1, (self.size.height - 1) // 2))

    def action_to(self, line: int) -> None:
        """Move to the first line (0) or the last (-1)."""
        self.action_move(-len(self._seen) if line == 0 else len(self._seen))

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw lines, all on the same ground: to find out its style takes longer than to draw one of them."""
        self._ground = self.rich_style
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """Draw the heading, or one line."""
        width = self.size.width
        if y == 0:
            style = self.get_component_rich_style("table--header")
            heads = tuple(self._heading(column) for column in self.columns)
            return self._strip(heads, style, Segment(" " * GAP, style), width)
        self._drawn[y] = index, cells, chosen, marked = self._state(y)
        if cells is None:
            return self._blank(index, width)
        style = self._ground
        if chosen:
            style = self.get_component_rich_style("table--cursor" if self.has_focus else "table--unfocused")
        before = Segment(gutter(chosen=chosen, marked=marked), style + self._tone("accent"))
        return self._strip(cells, style, before, width)

    def on_resize(self, event: events.Resize) -> None:
        """Share the new width out among the columns."""
        self._widths = share(self.columns, event.size.width)
        self._put(self.cursor)
        if not self.has_cursor:
            self.call_after_refresh(self.scroll_end, animate=False)
        self.refresh()

    def on_focus(self) -> None:
        """Draw the cursor's line as the one keys act on."""
        self._drawn.clear()
        self._redraw()

    def on_blur(self) -> None:
        """Draw the cursor's line as a memory."""
        self._drawn.clear()
        self._redraw()

    def on_click(self, event: events.Click) -> None:
        """Choose the line under the pointer."""
        if event.y > 0:
            self._put(int(self.scroll_offset.y) + event.y - 1)

    def _heading(self, column: Column) -> Cell:
        if self._order is None or self._order[0] != column.label:
            return ((column.label, ""),)
        return (column.label, ""), (f" {FALLING if self._order[1] else RISING}", "")

    def _choose(self, key: str | None) -> None:
        items = self._sorted
        if self._filter:
            if self._words is None:
                self._words = [self._lines.words(item) for item in items]
            pairs = zip(items, self._words, strict=True)
            self._seen = [item for item, words in pairs if all(term in words for term in self._filter)]
        else:
            self._seen = items
        self.virtual_size = Size(0, len(self._seen) + 1)
        name = self._lines.key
        same = self.current is not None and name(self.current) == key
        if not (same or (key is not None and self.go(key))):
            self._put(self.cursor)
        self._redraw()
        self.moves += 1

    def _put(self, index: int) -> None:
        before = self.cursor
        self.cursor = max(0, min(index, len(self._seen) - 1))
        room, top = max(1, self.size.height - 1), int(self.scroll_offset.y)
        if self.has_cursor and self.cursor < top:
            self.scroll_to(y=self.cursor, animate=False)
        elif self.has_cursor and self.cursor >= top + room:
            self.scroll_to(y=self.cursor - room + 1, animate=False)
        if self.cursor != before:
            self._redraw()
            self.moves += 1

    def _state(self, y: int) -> tuple[int, tuple[Cell, ...] | None, bool, bool]:
        index = int(self.scroll_offset.y) + y - 1
        if index >= len(self._seen):
            return index, None, False, False
        item, chosen = self._seen[index], self.has_cursor and index == self.cursor
        return index, self._lines.cells(item), chosen, self._lines.key(item) in self.marks

    def _redraw(self) -> None:
        for y in range(1, self.size.height):
            if self._drawn.get(y) != self._state(y) or not self._seen:
                self.refresh(Region(0, y, self.size.width, 1))

    def _blank(self, index: int, width: int) -> Strip:
        said = self.empty if not self._lines.items else "Nothing matches the filter."
        lines = said.split("\n")
        if self._seen or not 1 <= index <= len(lines):
            return Strip.blank(width, self._ground)
        style = self.get_component_rich_style("table--empty")
        text = set_cell_size(" " * GAP + lines[index - 1], width)
        return Strip([Segment(text, style)], width)

    def _tone(self, tone: str) -> Style:
        return self.get_component_rich_style(f"table--{tone}", partial=True) if tone else Style.null()

    def _strip(self, cells: tuple[Cell, ...], style: Style, before: Segment, width: int) -> Strip:
        segments = line(self.columns, cells, self._widths, before, style, self._tone)
        return Strip(segments).adjust_cell_length(width, style)
