"""The application made to fit its terminal: signs, colours, size, and whether anything may be changed."""

from collections.abc import Sequence
from typing import TypeVar, cast

from textual import events
from textual.content import Content
from textual.filter import LineFilter, Monochrome
from textual.widget import Widget
from textual.widgets import Static

from bahriya_tui.model.errors import InUse
from bahriya_tui.screen import LEAST, Look, too_small
from bahriya_tui.tui.display import ChangedCells, ShownScreen
from bahriya_tui.tui.filters import Ascii, Harmless, NoColor, Sixteen
from bahriya_tui.tui.in_order import KeysInOrder
from bahriya_tui.tui.styles import Styles
from bahriya_tui.tui.theme import DAY, NIGHT, SIXTEEN

Given = TypeVar("Given")


class FittedApp(KeysInOrder, ChangedCells):
    """Draws as its `look` says, and takes no keys while there is no room to show what they do."""

    def __init__(self, look: Look) -> None:
        self.look = look
        self._last: list[LineFilter] = [
            Harmless(),
            *([NoColor()] if look.no_color else [Sixteen(SIXTEEN)] if look.sixteen else []),
            *([Ascii()] if look.ascii else []),
        ]
        super().__init__()
        self.register_theme(NIGHT)
        self.register_theme(DAY)
        self.theme = (DAY if look.light else NIGHT).name
        self.stylesheet = Styles(self.get_css_variables())

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Give Textual's filters, but for its shades of grey, and ours."""
        return [one for one in super().get_line_filters() if not isinstance(one, Monochrome)] + self._last

    def require_changes(self) -> None:
        """Raise `InUse` where the screens were started to look only."""
        if self.look.read_only:
            raise InUse(
                "these screens are read-only; nothing was changed", "start bahriya without --read-only"
            )

    def above(self) -> list[Widget]:
        """Give what stands above every screen."""
        return []

    async def on_event(self, event: events.Event) -> None:
        """Take no key while nothing can be seen, but for `q`, which leaves."""
        if isinstance(event, events.Key) and too_small(*self.size):
            if event.key == "q":
                self.exit()
            return
        await super().on_event(event)


class TooSmall(Static):
    """Covers a screen that has no room, with one line that says so."""

    def __init__(self) -> None:
        super().__init__(Content(f"Make it larger: {LEAST[0]} x {LEAST[1]}"))


class Fitted(ShownScreen[Given]):
    """A screen that is covered while the terminal is too small for it."""

    async def mount_composed_widgets(self, widgets: list[Widget]) -> None:
        """Begin with what the application puts above every screen."""
        await super().mount_composed_widgets([*cast("FittedApp", self.app).above(), *widgets])

    def on_resize(self, event: events.Resize) -> None:
        """Cover it, or show it again."""
        self._make_room(*event.size)

    def on_screen_resume(self) -> None:
        """Look again: the size may have changed while another screen was there."""
        if self.is_mounted:
            self._make_room(*self.app.size)

    def _make_room(self, columns: int, lines: int) -> None:
        covers = self.query(TooSmall)
        if not too_small(columns, lines):
            covers.remove()
        elif not covers:
            self.mount(TooSmall())
