"""The question before anything is changed in a protected region: its id has to be typed.

There is one for all screens, and `changes.change` asks it: a flow has nothing to do for it.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual import on
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button, Input, Label

from bahriya_tui.model.errors import Cancelled
from bahriya_tui.model.protection import Protected, to_type
from bahriya_tui.tui.dialogs.dialog import Dialog, button, sentence
from bahriya_tui.tui.present.regions import SIGN
from bahriya_tui.tui.present.text import literal
from bahriya_tui.tui.widgets.line import Line

if TYPE_CHECKING:
    from bahriya_tui.tui.app import BahriyaApp


class ProtectedRegions(Dialog[bool]):
    """Names the regions, and takes a yes only after the id of one, or the number of several, was typed."""

    def __init__(self, refused: Protected) -> None:
        super().__init__()
        self.refused, self.wanted = refused, to_type(refused.regions)
        self.question = f"Protected: {self.wanted}"

    def inside(self) -> Iterable[Widget]:
        """What would happen where, and the line to type in."""
        regions, doing = self.refused.regions, self.refused.doing
        one = len(regions) == 1
        where = "this region, which is" if one else "these regions, which are"
        yield sentence(f"{doing[0].upper()}{doing[1:]} changes {where} protected:")
        yield VerticalScroll(*(sentence(f"{SIGN} {region}", "warn") for region in regions), id="says")
        label = Label(Content(f"To go on, type {literal(self.wanted)}"))
        yield Horizontal(label, Line(id="typed"), classes="field", id="typing")

    def buttons(self) -> Iterable[Button]:
        """Cancel, and the yes, which wakes up when the right thing has been typed."""
        yield button("Cancel", "cancel")
        yield button("Go on", "yes", dangerous=True, disabled=True)

    def on_mount(self) -> None:
        """Begin where one types."""
        self.query_one("#typed").focus()

    @on(Input.Changed, "#typed")
    def wake(self, event: Input.Changed) -> None:
        """Let the yes be pressed once the right thing is there."""
        self.query_one("#yes", Button).disabled = event.value.strip() != self.wanted

    @on(Input.Submitted, "#typed")
    def typed(self, event: Input.Submitted) -> None:
        """Enter after it goes to the button; it does not press it."""
        event.stop()
        if not self.query_one("#yes", Button).disabled:
            self.query_one("#yes").focus()

    def press(self, button_id: str) -> None:  # noqa: ARG002
        """Answer yes."""
        self.dismiss(True)


async def confirm_protected(app: "BahriyaApp", refused: Protected) -> None:
    """Have the protected regions of a refusal named; raise `Cancelled` when the operator turns back."""
    if not await app.push_screen_wait(ProtectedRegions(refused)):
        raise Cancelled(refused.message, "nothing was changed")
