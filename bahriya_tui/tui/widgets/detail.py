"""Draws a sheet: labelled values, sentences and headings, each wrapped to the room there is."""

from collections.abc import Iterator

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from bahriya_tui.tui import keys
from bahriya_tui.tui.present.text import Cell, Fact, Heading, Note, Sheet, Signs, literal

LABELS = 14
LONGEST_LABEL = LABELS + 8
WIDEST = 110
"""Longer lines are hard to read."""
Line = list[Segment]


class Detail(ScrollView, can_focus=False):
    """All about one thing, beside a list or on a screen of its own."""

    COMPONENT_CLASSES = {f"detail--{name}" for name in ("title", "heading", "label")} | {
        f"detail--{tone}" for tone in ("name", "dim", "good", "warn", "bad", "accent")
    }
    BINDINGS = keys.bindings("detail")
    sheet: Sheet | None = None
    _lines: tuple[Line, ...] = ()
    _ground = Style.null()

    def show(self, sheet: Sheet | None) -> None:
        """Draw `sheet` from now on, or nothing."""
        if sheet != self.sheet:
            if sheet is None or self.sheet is None or sheet.title != self.sheet.title:
                self.scroll_to(y=0, animate=False)
            self.sheet = sheet
            self._lay_out()

    def on_resize(self) -> None:
        """Wrap to the new width."""
        self._lay_out()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw lines, all on the same ground: to find out its style takes longer than to draw one of them."""
        self._ground = self.rich_style
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """Draw one line of it."""
        number = int(self.scroll_offset.y) + y
        line = self._lines[number] if number < len(self._lines) else []
        return Strip(line).adjust_cell_length(self.size.width, self._ground)

    def action_scroll(self, lines: int) -> None:
        """Scroll by lines."""
        self.scroll_to(y=self.scroll_offset.y + lines, animate=False)

    def action_half(self, pages: int) -> None:
        """Scroll half a page."""
        self.action_scroll(pages * max(1, self.size.height // 2))

    def _lay_out(self) -> None:
        self._lines = tuple(self._all_lines(self.sheet)) if self.sheet and self.size.width else ()
        self.virtual_size = Size(0, len(self._lines))
        self.refresh()

    @property
    def _room(self) -> int:
        """How many cells a line may take."""
        # The scroll bar, where there is one, is drawn over the last column.
        return max(1, min(self.size.width - self.styles.scrollbar_size_vertical, WIDEST))

    def _all_lines(self, sheet: Sheet) -> Iterator[Line]:
        yield from self._wrapped(((sheet.title, "title"),), self._room)
        yield []
        for part in sheet.parts:
            if isinstance(part, Heading):
                yield []
                yield from self._wrapped(((part.text, "heading"),), self._room)
            elif isinstance(part, Note):
                yield from self._wrapped(((part.text, part.tone),), self._room)
            elif isinstance(part, Signs):
                yield from self._wrapped(part.signs[-self._room :], self._room)
            else:
                yield from self._fact(part)

    def _fact(self, fact: Fact) -> Iterator[Line]:
        name = literal(fact.label)
        room = max(LABELS, min(cell_len(name), LONGEST_LABEL))
        label = name if cell_len(name) <= room else set_cell_size(name, room - 1) + "…"
        first = Segment(set_cell_size(label, room + 1), self._style("label"))
        others = Segment(" " * (room + 1), self.rich_style)
        for number, line in enumerate(self._wrapped(fact.value, max(1, self._room - room - 1))):
            yield [others if number else first, *line]

    def _wrapped(self, spans: "Cell | tuple[tuple[str, str], ...]", width: int) -> Iterator[Line]:
        """Break spans into lines of at most `width` cells, between words where that is possible."""
        if sum(cell_len(text) for text, _ in spans) <= width and not any("\n" in text for text, _ in spans):
            yield [Segment(text, self._style(tone)) for text, tone in spans]
            return
        whole = Text.assemble(*((text, self._style(tone)) for text, tone in spans))
        for line in whole.wrap(self.app.console, width, overflow="fold"):
            yield [Segment(text, style) for text, style, _ in line.render(self.app.console) if text != "\n"]

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"detail--{name}") if name else self.rich_style
