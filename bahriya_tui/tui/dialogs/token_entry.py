"""Bullets for a secret that another process reads. There is nothing in here that could take a key."""

from collections.abc import Iterable
from typing import Any

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button, Static

from bahriya_tui.tui.dialogs.dialog import Dialog, sentence

_WAIT = "one moment …"
_BEGIN = "type or paste it now"


class TokenEntry(Dialog[None]):
    """Shows how a secret grows; closed by whoever reads it."""

    def __init__(self, title: str, wanted: str = "") -> None:
        super().__init__()
        self.question, self.wanted = title, wanted
        self.ready, self.bullets = False, 0

    def inside(self) -> Iterable[Widget]:
        """Say who reads, show the bullets, and name the keys."""
        yield sentence("Another process reads what you type and seals it; it never enters this one.")
        if self.wanted:
            yield sentence(self.wanted, "accent")
        yield Static(id="bullets")
        yield sentence("Enter ends it; Esc or Ctrl-C cancels. A paste may have several lines.", "dim")
        yield sentence("Backspace takes back a character, Ctrl-W a word, Ctrl-U all.", "dim")

    def buttons(self) -> Iterable[Button]:
        """None: no key and no click arrives here."""
        return ()

    def on_mount(self) -> None:
        """Show what was heard so far."""
        self.query_one("#buttons").display = False
        self._draw()

    def hear(self, line: dict[str, Any]) -> None:
        """Take a line of the process that reads."""
        self.ready, self.bullets = "question" not in line, int(line.get("count", self.bullets))
        if self.is_mounted:
            self._draw()

    def action_turn_back(self) -> None:
        """Stay: an Esc that was typed too early is not meant for the reader."""

    def _draw(self) -> None:
        if self.bullets:
            shown = Content.styled("•" * self.bullets, "bold $accent")
        else:
            shown = Content.styled(_BEGIN if self.ready else _WAIT, "$text-muted")
        self.query_one("#bullets", Static).update(shown)
