"""A table in which a column is chosen too: arrows go sideways instead of paging."""

from textual import events
from textual.message import Message

from bahriya_tui.tui import keys
from bahriya_tui.tui.present.text import Column
from bahriya_tui.tui.widgets.columns import share
from bahriya_tui.tui.widgets.table import Table


class Grid(Table):
    """Its columns may change; which of them is chosen is the screen's to know."""

    BINDINGS = keys.bindings("grid")

    class Resized(Message):
        """There is another room for the columns now."""

    def show_columns(self, columns: tuple[Column, ...]) -> None:
        """Draw these columns from now on."""
        if columns != self.columns:
            self.columns = columns
            self._widths = share(columns, self.size.width)
            self._drawn.clear()
            self.refresh()

    def on_resize(self, event: events.Resize) -> None:
        """Share the new width out, and let the screen choose what fits it."""
        super().on_resize(event)
        event.prevent_default()
        self.post_message(self.Resized())
