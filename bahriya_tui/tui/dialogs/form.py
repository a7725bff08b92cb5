"""A dialog with fields: what was typed becomes a draft; what cannot be right is said inside the form."""

from abc import abstractmethod
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from textual import on
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button, Input, Label, SelectionList, Static
from textual.widgets.selection_list import Selection

from bahriya_tui.model.errors import BahriyaError
from bahriya_tui.tui import keys
from bahriya_tui.tui.dialogs.dialog import Dialog, button
from bahriya_tui.tui.present.text import literal
from bahriya_tui.tui.widgets.choice import Choice
from bahriya_tui.tui.widgets.line import Line
from bahriya_tui.tui.widgets.ticks import Ticks

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Draft = TypeVar("Draft")


@dataclass(frozen=True, slots=True)
class Text:
    """A line to type in."""

    name: str
    label: str
    value: str = ""
    example: str = ""
    fixed: bool = False
    """Shown, but not to be changed."""


@dataclass(frozen=True, slots=True)
class One:
    """One of several values; pairs of value and what is shown."""

    name: str
    label: str
    options: tuple[tuple[str, str], ...]
    value: str = ""


@dataclass(frozen=True, slots=True)
class Many:
    """Any number of several values."""

    name: str
    label: str
    options: tuple[tuple[str, str], ...]
    values: tuple[str, ...] = ()


Field = Text | One | Many
CHECK_OPTIONS = (("yes", "ask the registry first"), ("no", "store it unchecked"))
"""Whether what is stored has to prove itself."""


def changed(began: "DataclassInstance", draft: "DataclassInstance") -> dict[str, Any]:
    """Give the fields of a draft that differ from what the form began with: the others were only shown."""
    before = asdict(began)
    return {name: value for name, value in asdict(draft).items() if value != before[name]}


class Form(Dialog[Draft]):
    """Fields, a line for what is wrong, and two buttons; Enter in a line or ctrl+s saves."""

    BINDINGS = keys.bindings("form")
    save = "Save"
    note = ""
    begin = "#fields Line, #fields Choice, #fields SelectionList"
    """Which widgets to begin in: the first of them that can be changed."""
    draft: Draft | None = None
    error: BahriyaError | None = None

    def again(self, draft: Draft | None, error: BahriyaError | None) -> None:
        """Begin with `draft` and say why it was refused; None for a first try."""
        self.draft, self.error = draft or self.draft, error

    @abstractmethod
    def fields(self) -> Iterable[Field]:
        """Give the fields, filled from `self.draft`."""

    @abstractmethod
    def read(self) -> Draft:
        """Make a draft of what the fields hold; raise a model error where it cannot be right."""

    def inside(self) -> Iterable[Widget]:
        """Draw the fields and the line for errors."""
        rows = (_row(field) for field in self.fields())
        yield VerticalScroll(*rows, *self.below(), id="fields", can_focus=False)
        if self.note:
            yield Static(Content("\n".join(map(literal, self.note.splitlines()))), id="note")
        yield Static(_said(self.error), id="error")

    def below(self) -> Iterable[Widget]:
        """Give what stands under the fields and scrolls with them."""
        return ()

    def buttons(self) -> Iterable[Button]:
        """Cancel and save."""
        yield button("Cancel", "cancel")
        yield button(self.save, "save")

    def on_mount(self) -> None:
        """Begin where the usual answer is nearest."""
        self.query_one("#error").display = self.error is not None
        next(widget for widget in self.query(self.begin) if not widget.disabled).focus()

    def press(self, button_id: str) -> None:  # noqa: ARG002
        """Save."""
        self.action_submit()

    @on(Input.Submitted)
    def submit_line(self, event: Input.Submitted) -> None:
        """Save on Enter."""
        event.stop()
        self.action_submit()

    def action_submit(self) -> None:
        """Give the draft, or say what is wrong with it and stay."""
        try:
            draft = self.read()
        except BahriyaError as error:
            said = self.query_one("#error", Static)
            said.update(_said(error))
            said.display = True
        else:
            self.dismiss(draft)

    def text(self, name: str) -> str:
        """Give what stands in a line, without blanks around it."""
        return self.query_one(f"#{name}", Line).value.strip()

    def one(self, name: str) -> str:
        """Give the chosen value."""
        return self.query_one(f"#{name}", Choice).value

    def many(self, name: str) -> tuple[str, ...]:
        """Give the ticked values, in the order they are shown."""
        ticks: SelectionList[str] = self.query_one(f"#{name}", SelectionList)
        return tuple(
            ticks.get_option_at_index(i).value
            for i in range(ticks.option_count)
            if ticks.get_option_at_index(i).value in ticks.selected
        )


def _row(field: Field) -> Horizontal:
    widget: Widget
    if isinstance(field, Text):
        widget = Line(field.value, field.example, id=field.name, disabled=field.fixed)
    elif isinstance(field, One):
        widget = Choice(field.options, field.value, id=field.name)
    else:
        ticks = (
            Selection(Content(literal(shown)), value, value in field.values) for value, shown in field.options
        )
        widget = Ticks(*ticks, id=field.name, compact=True)
    return Horizontal(Label(Content(field.label)), widget, classes="field")


def _said(error: BahriyaError | None) -> Content:
    if error is None:
        return Content("")
    hint = f"\n{literal(error.hint)}" if error.hint else ""
    return Content.assemble((f"✕ {literal(error.message)}", "$text-error"), (hint, "$text-muted"))
