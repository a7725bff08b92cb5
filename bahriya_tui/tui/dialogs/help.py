"""The keys that work where one is, with what each of them does."""

from collections.abc import Iterable

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button, Static

from bahriya_tui.tui.dialogs.dialog import Dialog, button
from bahriya_tui.tui.keys import Key, here


class Help(Dialog[None]):
    """Every key of a place."""

    question = "Keys"

    def __init__(self, *places: str) -> None:
        super().__init__()
        self.places = places

    def inside(self) -> Iterable[Widget]:
        """One line for each key."""
        keys = here(*self.places, "table", "app")
        lines = Content("\n").join([_line(key) for key in keys])
        yield VerticalScroll(Static(lines), id="says")

    def buttons(self) -> Iterable[Button]:
        """Only a way out."""
        yield button("Close", "cancel")

    def on_mount(self) -> None:
        """Begin where the arrow keys scroll."""
        self.query_one("#says").focus()


def _line(key: Key) -> Content:
    label = f"{key.label:<12} "
    return Content.assemble((f"{key.shown:>6}", "bold $accent"), f"  {label}", (key.help, "$text-muted"))
