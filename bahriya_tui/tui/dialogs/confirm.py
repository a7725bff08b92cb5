"""A question with a yes that is named for what it does. It starts on Cancel."""

from collections.abc import Iterable, Sequence

from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Button

from bahriya_tui.tui.dialogs.dialog import Dialog, button, sentence
from bahriya_tui.tui.present.text import Tone


class Confirm(Dialog[bool]):
    """Says what will happen and asks for a yes."""

    def __init__(
        self,
        question: str,
        says: Sequence[tuple[str, Tone]],
        yes: str,
        *,
        no: str = "Cancel",
    ) -> None:
        super().__init__()
        self.question, self.says, self.yes, self.no = question, says, yes, no

    def inside(self) -> Iterable[Widget]:
        """One paragraph for each sentence."""
        yield VerticalScroll(*(sentence(text, tone) for text, tone in self.says), id="says", can_focus=False)

    def buttons(self) -> Iterable[Button]:
        """The no, and the yes."""
        yield button(self.no, "cancel")
        yield button(self.yes, "yes", dangerous=True)

    def on_mount(self) -> None:
        """Begin on Cancel."""
        self.query_one("#cancel").focus()

    def press(self, button_id: str) -> None:  # noqa: ARG002
        """Answer yes."""
        self.dismiss(True)
