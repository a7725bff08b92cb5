"""The warning before a registry is deleted: the whole blast radius, and the ways to go on from there."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Literal

from textual import on
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button, Input, Label

from bahriya_tui.tui import keys
from bahriya_tui.tui.dialogs.dialog import Dialog, button
from bahriya_tui.tui.present import deletion as present
from bahriya_tui.tui.present.text import literal
from bahriya_tui.tui.widgets.detail import Detail
from bahriya_tui.tui.widgets.line import Line

if TYPE_CHECKING:
    from bahriya_tui.model.deployment import Deployment
    from bahriya_tui.operations.delete import RegistryDeletion

Way = Literal["redeploy", "unlink", "force"]


class DeleteRegistry(Dialog[Way]):
    """Leave it, redeploy first what runs with it, unlink all and delete, or delete anyway.

    The last one wants the handle typed. What it says scrolls with the arrow keys, also from a button.
    """

    BINDINGS = keys.bindings("dialog", "warning")
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (72, "-roomy")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-cramped"), (20, "-short"), (40, "-tall")]  # noqa: RUF012

    def __init__(self, plan: "RegistryDeletion", runs: "Sequence[Deployment]") -> None:
        super().__init__()
        self.plan, self.runs = plan, runs
        self.handle = plan.registry.handle
        self.question = f"Delete registry {self.handle}"

    def inside(self) -> Iterable[Widget]:
        """All that it means, and a line for the handle where containers would be left behind."""
        says = Detail(id="says")
        says.can_focus = True
        yield says
        if self.plan.containers:
            label = Label(Content(f"To delete it anyway, type {literal(self.handle)}"))
            yield Horizontal(label, Line(id="typed"), classes="field", id="typing")

    def buttons(self) -> Iterable[Button]:
        """Cancel first; the last one wakes up when the handle has been typed."""
        yield button("Cancel", "cancel")
        if present.redeployable(self.plan):
            yield button("Redeploy first", "redeploy")
        if not self.plan.containers:
            yield button("Delete", "unlink", dangerous=True)
            return
        yield button("Unlink and delete", "unlink", dangerous=True)
        yield button("Delete anyway", "force", dangerous=True, disabled=True)

    def on_mount(self) -> None:
        """Begin on Cancel, with the sums in sight."""
        self.query_one("#says", Detail).show(present.warning(self.plan, self.runs))
        self.query_one("#cancel").focus()

    def action_scroll(self, lines: int) -> None:
        """Scroll what it says."""
        self.query_one("#says", Detail).action_scroll(lines)

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
        ways: dict[str, Way] = {"redeploy": "redeploy", "unlink": "unlink", "force": "force"}
        self.dismiss(ways[button_id])
