"""The keys that work where one is, with what each of them does."""

from collections.abc import Iterable, Sequence
from textwrap import wrap

from textual.app import RenderResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget
from textual.widgets import Button

from bahriya_tui.tui.dialogs.dialog import Dialog, button
from bahriya_tui.tui.keys import Key, here

_SIGN, _LABEL = 6, 12
_BESIDE = _SIGN + 2 + _LABEL + 1
"""Cells before what a key does."""


class Help(Dialog[None]):
    """Every key of a place."""

    question = "Keys"

    def __init__(self, *places: str) -> None:
        super().__init__()
        self.places = places

    def inside(self) -> Iterable[Widget]:
        """One line for each key, or more where there is little room."""
        yield VerticalScroll(Keys(here(*self.places, "table", "app")), id="says")

    def buttons(self) -> Iterable[Button]:
        """Only a way out."""
        yield button("Close", "cancel")

    def on_mount(self) -> None:
        """Begin where the arrow keys scroll."""
        self.query_one("#says").focus()


class Keys(Widget):
    """What each key does, wrapped beside its label."""

    DEFAULT_CSS = "Keys { height: auto; }"

    def __init__(self, keys: Sequence[Key]) -> None:
        super().__init__()
        self._keys = keys

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        """Count the lines, with those that wrap."""
        return len(self._lines(width))

    def render(self) -> RenderResult:
        """Draw all of them."""
        return Content("\n").join(self._lines(self.size.width))

    def _lines(self, width: int) -> list[Content]:
        return [line for key in self._keys for line in _lines(key, max(width - _BESIDE, _LABEL))]


def _lines(key: Key, room: int) -> Iterable[Content]:
    first, *others = wrap(key.help, room) or [""]
    label = f"  {key.label:<{_LABEL}} "
    yield Content.assemble((f"{key.shown:>{_SIGN}}", "bold $accent"), label, (first, "$text-muted"))
    for other in others:
        yield Content.styled(" " * _BESIDE + other, "$text-muted")
