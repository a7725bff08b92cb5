"""The line above a list about credentials that end soon, or have ended; there only while there are some."""

from collections.abc import Sequence

from textual.app import RenderResult
from textual.content import Content
from textual.widget import Widget

from bahriya_tui.tui import keys
from bahriya_tui.tui.present.expiry import Ending, headline, names_any
from bahriya_tui.tui.present.text import Cell

_WHOLE = 10_000
_INKS = {"warn": "$text-warning", "bad": "$text-error"}


class Banner(Widget):
    """One line: what ends, the soonest first, and the keys that lead there or put it away."""

    _endings: Sequence[Ending] = ()
    _now = ""
    _told: Cell = ()

    def show(self, endings: Sequence[Ending], now: str) -> None:
        """Tell of `endings`; drawn again only where other words come of it."""
        told = headline(endings, now, _WHOLE) if endings else ()
        if told != self._told:
            self._endings, self._now, self._told = endings, now, told
            self.display = bool(endings)
            self.refresh()

    def render(self) -> RenderResult:
        """Draw the sentence, and the keys where there is room for them and a name."""
        if not self._endings:
            return ""
        hints = [(keys.sign("list.expiring"), "list"), (keys.sign("list.hush"), "hide")]
        drawn = Content("").join(
            Content.assemble((f"  {key}", "bold $accent"), (f" {does}", "$text-muted")) for key, does in hints
        )
        room = self.size.width - drawn.cell_length
        if not names_any(headline(self._endings, self._now, room)):
            drawn, room = Content(""), self.size.width
        ((text, tone),) = headline(self._endings, self._now, room)
        return Content.assemble((text[:room].ljust(room), _INKS[tone]), drawn)
