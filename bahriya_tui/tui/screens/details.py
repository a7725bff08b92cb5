"""All about one thing, on a screen of its own; it follows what happens to it."""

from collections.abc import Callable

from textual.app import ComposeResult

from bahriya_tui.tui import keys
from bahriya_tui.tui.present.text import Note, Sheet
from bahriya_tui.tui.screens.base import BahriyaScreen
from bahriya_tui.tui.view import View
from bahriya_tui.tui.widgets.bars import KeyBar, TopBar
from bahriya_tui.tui.widgets.detail import Detail

GONE = Sheet("Gone", (Note("It was deleted.", "dim"),))


class Details(BahriyaScreen):
    """Shows a sheet, as wide as the terminal."""

    PLACES = ("detail",)
    BINDINGS = keys.bindings(*PLACES)

    def __init__(
        self, mode: str, sheet: Callable[[View], Sheet | None], copied: Callable[[View], str]
    ) -> None:
        super().__init__()
        self.mode, self.sheet, self.copied = mode, sheet, copied

    def compose(self) -> ComposeResult:
        """The sheet between the bars."""
        yield TopBar(self.mode)
        detail = Detail(id="whole")
        detail.can_focus = True
        yield detail
        yield KeyBar()

    def on_mount(self) -> None:
        """Show what is known."""
        self.draw(self.bahriya.view)
        self.query_one(Detail).focus()

    def draw(self, view: View) -> None:
        """Show `view`."""
        bar = self.query_one(TopBar)
        bar.project, bar.busy = view.project or "", self.bahriya.busy
        self.query_one(Detail).show(self.sheet(view) or GONE)

    def action_copy(self) -> None:
        """Copy its last error, or else its name."""
        self.copy(self.copied(self.bahriya.view))

    def action_back(self) -> None:
        """Return to the list."""
        self.dismiss()
