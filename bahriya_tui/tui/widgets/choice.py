"""One of a few: drawn in one line, changed with the arrow keys."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from bahriya_tui.tui.present.text import literal


class Choice(Widget, can_focus=True):
    """Shows the chosen value between two arrows; left and right go through the others."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,l,space", "turn(1)", "Next", show=False),
        Binding("left,h", "turn(-1)", "Before", show=False),
    ]
    index = reactive(0)

    def __init__(
        self,
        options: tuple[tuple[str, str], ...],
        value: str = "",
        *,
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(id=id)
        self.options = options
        """Pairs of value and what is shown for it."""
        values = [one for one, _ in options]
        self.set_reactive(Choice.index, values.index(value) if value in values else 0)

    @property
    def value(self) -> str:
        """The chosen value; empty where there is nothing to choose from."""
        return self.options[self.index][0] if self.options else ""

    def action_turn(self, step: int) -> None:
        """Go to the next value, round and round."""
        if self.options:
            self.index = (self.index + step) % len(self.options)

    def render(self) -> Content:
        """Draw the value, and how many there are."""
        shown = literal(self.options[self.index][1]) if self.options else "nothing to choose from"
        place = f"   {self.index + 1} of {len(self.options)}" if len(self.options) > 1 else ""
        return Content.assemble(("◂ ", "$text-muted"), shown, (" ▸", "$text-muted"), (place, "$text-muted"))
