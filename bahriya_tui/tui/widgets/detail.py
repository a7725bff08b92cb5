"""Draws a sheet: labelled values, sentences and headings, each wrapped to the room there is."""

from rich.console import Group, RenderableType
from rich.style import Style
from rich.table import Table as Grid
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from bahriya_tui.tui import keys
from bahriya_tui.tui.present.text import Fact, Heading, Note, Sheet

LABELS = 14


class Detail(VerticalScroll, can_focus=False):
    """All about one thing, beside a list or on a screen of its own."""

    COMPONENT_CLASSES = {f"detail--{name}" for name in ("title", "heading", "label")} | {
        f"detail--{tone}" for tone in ("name", "dim", "good", "warn", "bad", "accent")
    }
    BINDINGS = keys.bindings("detail")
    sheet: Sheet | None = None

    def compose(self) -> ComposeResult:
        """One text, which scrolls."""
        yield Static(id="sheet")

    def show(self, sheet: Sheet | None) -> None:
        """Draw `sheet` from now on, or nothing."""
        if sheet == self.sheet:
            return
        self.sheet = sheet
        self.query_one("#sheet", Static).update(self._drawn(sheet) if sheet else "")

    def action_scroll(self, lines: int) -> None:
        """Scroll by lines."""
        self.scroll_to(y=self.scroll_offset.y + lines, animate=False)

    def _drawn(self, sheet: Sheet) -> RenderableType:
        parts: list[RenderableType] = [Text(sheet.title, self._style("title")), Text()]
        for part in sheet.parts:
            if isinstance(part, Heading):
                parts += [Text(), Text(part.text, self._style("heading"))]
            elif isinstance(part, Note):
                parts.append(Text(part.text, self._style(part.tone)))
            else:
                parts.append(self._fact(part))
        return Group(*parts)

    def _fact(self, fact: Fact) -> Grid:
        value = Text(overflow="fold")
        for text, tone in fact.value:
            value.append(text, self._style(tone))
        grid = Grid.grid(padding=(0, 1))
        width = max(LABELS, min(len(fact.label), LABELS + 8))
        grid.add_column(width=width, overflow="ellipsis", no_wrap=True)
        grid.add_column(overflow="fold")
        grid.add_row(Text(fact.label, self._style("label")), value)
        return grid

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"detail--{name}", partial=True) if name else Style.null()
