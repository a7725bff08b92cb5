"""The frame of every dialog: a title, what it says, and buttons that are reached with the arrow keys."""

from collections.abc import Iterable
from typing import TypeVar

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Button, Static

from bahriya_tui.tui import keys
from bahriya_tui.tui.fitting import Fitted
from bahriya_tui.tui.present.text import Tone, literal

Answer = TypeVar("Answer")

TONES: dict[Tone, str] = {
    "": "$foreground",
    "name": "bold $foreground",
    "dim": "$text-muted",
    "good": "$text-success",
    "warn": "$text-warning",
    "bad": "$text-error",
    "accent": "$accent",
}


class Dialog(Fitted[Answer | None], ModalScreen[Answer | None]):
    """One question. Esc gives None, and nothing has changed."""

    BINDINGS = keys.bindings("dialog")
    VERTICAL_BREAKPOINTS = [(0, "-short"), (40, "-tall")]  # noqa: RUF012
    question = ""

    def compose(self) -> ComposeResult:
        """Frame what the dialog says."""
        with Vertical(id="box") as box:
            box.border_title = Content(literal(self.question))
            yield from self.inside()
            with Horizontal(id="buttons"):
                yield from self.buttons()

    def inside(self) -> Iterable[Widget]:
        """Give what stands above the buttons."""
        return ()

    def buttons(self) -> Iterable[Button]:
        """Give the buttons; the safe one comes first."""
        yield button("Cancel", "cancel")

    def action_turn_back(self) -> None:
        """Leave without an answer."""
        self.dismiss(None)

    def action_scroll(self, lines: int) -> None:
        """Scroll what the dialog says, while a button has the focus."""
        for said in self.query("#says"):
            said.scroll_relative(y=lines, animate=False)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Leave without an answer, or act on the button."""
        event.stop()
        if event.button.id == "cancel":
            self.dismiss(None)
        else:
            self.press(event.button.id or "")

    def press(self, button_id: str) -> None:
        """Act on a button other than Cancel."""


def button(label: str, name: str, *, dangerous: bool = False, disabled: bool = False) -> Button:
    """Make a button of a dialog."""
    return Button(
        Content(label),
        id=name,
        compact=True,
        disabled=disabled,
        classes="dangerous" if dangerous else "",
    )


def sentence(text: str, tone: Tone = "") -> Static:
    """Make a paragraph; its text is shown as it is."""
    return Static(Content.styled(literal(text), TONES[tone]), classes="sentence")


def indented(text: str, tone: Tone = "") -> Static:
    """Make a paragraph that belongs to the one above it."""
    return sentence(text, tone).add_class("indented")
