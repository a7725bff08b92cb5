"""The warning before a registry is deleted: names every container and says what will happen to each."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

from textual import on
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button, Input, Label

from bahriya_tui.tui.dialogs.dialog import Dialog, button, indented, sentence
from bahriya_tui.tui.present.text import count, listed, literal
from bahriya_tui.tui.widgets.line import Line

if TYPE_CHECKING:
    from bahriya_tui.operations.delete import RegistryDeletion

Way = Literal["unlink", "force"]

_WAYS = "Unlinked containers deploy without credentials from then on; the others keep naming it, as missing."


class DeleteRegistry(Dialog[Way]):
    """Three ways: leave it, unlink all and delete, or delete anyway, which wants the handle typed."""

    def __init__(self, plan: "RegistryDeletion") -> None:
        super().__init__()
        self.plan = plan
        self.handle = plan.registry.handle
        self.question = f"Delete registry {self.handle}"

    def inside(self) -> Iterable[Widget]:
        """The containers, what happens to each, and what goes from the regions."""
        users = self.plan.containers
        named = ", ".join(linked.what for linked in users)
        number = len({linked.handle for linked in users})
        yield sentence(f"{count(number, 'container')} still {_use(number)} it: {named}.", "warn")
        yield VerticalScroll(*self._containers(), id="says", can_focus=True)
        yield sentence(f"{self._regions()} {_WAYS}", "dim")
        label = Label(Content(f"To delete it anyway, type {literal(self.handle)}"))
        yield Horizontal(label, Line(id="typed"), classes="field", id="typing")

    def buttons(self) -> Iterable[Button]:
        """Cancel first; the last one wakes up when the handle has been typed."""
        yield button("Cancel", "cancel")
        yield button("Unlink all and delete", "unlink", dangerous=True)
        yield button("Delete anyway", "force", dangerous=True, disabled=True)

    def on_mount(self) -> None:
        """Begin on Cancel."""
        self.query_one("#cancel").focus()

    @on(Input.Changed, "#typed")
    def wake(self, event: Input.Changed) -> None:
        """Let the last button be pressed once the handle is there."""
        self.query_one("#force", Button).disabled = event.value.strip() != self.handle

    @on(Input.Submitted, "#typed")
    def typed(self, event: Input.Submitted) -> None:
        """Enter after the handle goes to the button; it does not press it."""
        event.stop()
        if not self.query_one("#force", Button).disabled:
            self.query_one("#force").focus()

    def press(self, button_id: str) -> None:
        """Give the way that was chosen."""
        self.dismiss("unlink" if button_id == "unlink" else "force")

    def _containers(self) -> Iterable[Widget]:
        for linked in self.plan.containers:
            where = f"in {listed(list(linked.regions), 3)}" if linked.regions else "in no region"
            yield sentence(f"{linked.what}   {linked.image}", "name")
            yield indented(f"{linked.status}, {where}", "dim")
            yield indented(linked.consequence)
        for left in self.plan.still_running:
            yield sentence(f"{left.container}   not linked", "name")
            yield indented(left.consequence)

    def _regions(self) -> str:
        regions = sorted({secret.region for secret in self.plan.secrets})
        if not regions:
            return "Its credentials are in no region."
        return f"Its credentials are removed from {listed(regions)}."


def _use(number: int) -> str:
    return "uses" if number == 1 else "use"
