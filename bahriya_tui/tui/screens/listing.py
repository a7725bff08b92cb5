"""What the list screens share: a table, marks, details where there is room, a filter, two bars."""

import shlex
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import ActiveBinding
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static

from bahriya_tui.model.errors import BadInput
from bahriya_tui.tui import keys
from bahriya_tui.tui.present.text import Cell, Column, Sheet, count
from bahriya_tui.tui.screens import projects
from bahriya_tui.tui.screens.base import flow, wanted
from bahriya_tui.tui.screens.details import Details
from bahriya_tui.tui.screens.warned import Warned
from bahriya_tui.tui.view import View
from bahriya_tui.tui.widgets.banner import Banner
from bahriya_tui.tui.widgets.bars import KeyBar, TopBar
from bahriya_tui.tui.widgets.detail import Detail
from bahriya_tui.tui.widgets.line import Line
from bahriya_tui.tui.widgets.marks import toggled
from bahriya_tui.tui.widgets.table import Lines, Table


class Listing(Warned):
    """One noun as a list. A subclass says what the lines are and what can be done with the chosen one."""

    sought = ""
    MODE: ClassVar[str]
    NOUN: ClassVar[str] = ""
    """What the command line calls one of the lines."""
    FOR_MANY: ClassVar[frozenset[str]] = frozenset()
    """The actions that act on all marked lines; others that change something take one at a time."""
    OF_A_PROJECT: ClassVar[bool] = True
    """Whether there is nothing to list without a project."""
    COLUMNS: ClassVar[tuple[Column, ...]]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (120, "-wide"), (140, "-broad")]  # noqa: RUF012
    NEEDS_A_LINE: ClassVar[frozenset[str]] = frozenset({
        "details", "edit", "rotate", "test", "link", "deploy", "delete", "cancel", "retry", "rollback",
        "connection", "usage", "mark", "mark_all", "copy", "copy_command",
    })  # fmt: skip

    def compose(self) -> ComposeResult:
        """Bars at top and bottom, list and details between."""
        yield TopBar(self.MODE)
        yield Banner()
        with Horizontal(id="body"):
            yield Table(self.COLUMNS, id="list")
            yield Detail(id="side")
        yield Static(id="notice")
        yield Line(placeholder="words that must all occur; Enter keeps, Esc clears", id="filter")
        yield KeyBar()

    def on_mount(self) -> None:
        """Begin in the list, with what is known."""
        self.query_one("#filter").display = False
        self.watch(self.table, "moves", self.show_current, init=False)
        self.table.focus()
        self.draw(self.bahriya.view)

    def on_screen_resume(self) -> None:
        """Show what changed while another screen was there."""
        if self.is_mounted:
            self.draw(self.bahriya.view)

    @property
    def table(self) -> Table:
        """The list."""
        return self.query_one("#list", Table)

    @property
    def current(self) -> Any | None:
        """The item the cursor is on: what is only looked at."""
        return self.table.current

    @property
    def targets(self) -> list[Any]:
        """What is acted on: the marked items where there are any, else the one the cursor is on."""
        marks = self.table.marks
        if not marks:
            return [] if self.current is None else [self.current]
        return [item for item in self.items(self.bahriya.view) if self.key(item) in marks]

    def one(self) -> Any:
        """Give the only target, for what is done to one at a time; `BadInput` where several are marked."""
        targets = self.targets
        if len(targets) > 1:
            told = f"{len(targets)} lines are marked; this takes one at a time"
            raise BadInput(told, "Esc clears the marks")
        return wanted(targets[0] if targets else None)

    @abstractmethod
    def items(self, view: View) -> Sequence[Any]:
        """Give what the lines stand for."""

    def key(self, item: Any) -> str:
        """Name an item; the cursor stays on that name when the list changes."""
        return str(item.handle)

    @abstractmethod
    def cells(self, item: Any) -> tuple[Cell, ...]:
        """Draw an item as a line."""

    @abstractmethod
    def words(self, item: Any) -> str:
        """Give what the filter looks through, in lower case."""

    def orders(self, view: View) -> Mapping[str, Callable[[Any], Any]]:  # noqa: ARG002
        """Give what of an item is compared to sort by a column; a column without is never sorted by."""
        return {}

    @abstractmethod
    def sheet(self, item: Any) -> Sheet:
        """Tell all about an item."""

    @abstractmethod
    def empty(self, view: View) -> str:
        """Say what to do when there is no line at all."""

    def draw(self, view: View) -> None:
        """Show `view`: only the lines that changed are drawn again."""
        bar = self.query_one(TopBar)
        if self.OF_A_PROJECT and bar.project != (view.project or ""):
            self.table.marks = frozenset()
        bar.project, bar.busy = view.project or "", self.bahriya.busy
        told = self.empty(view) if view.project or not self.OF_A_PROJECT else projects.NONE_YET
        lines = Lines(self.items(view), self.key, self.cells, self.words, self.orders(view))
        self.table.show(lines, empty=told)
        self.notice()
        self.warn(view)
        self._find()

    def seek(self, name: str) -> None:
        """Put the cursor on a line, now or as soon as there are lines; a filter that hides it is cleared."""
        self.sought = name
        if self.query("#list"):
            self._find()

    def _find(self) -> None:
        name, self.sought = self.sought, ""
        if name and not self.table.go(name):
            self.action_unfilter()
            # The line tells of its change only later.
            self.table.filter("")
            self.table.go(name)

    def notice(self) -> None:
        """Say what must not be overlooked, and how many lines the filter lets through."""
        shown, total = self.table.shown
        words = self.query_one("#filter", Line).value
        remark = self.remark()
        parts = [remark] if len(remark) else []
        if marked := len(self.table.marks):
            hidden = len(self.table.marks.difference(self.table.keys))
            told = f"{marked} marked, {hidden} not shown" if hidden else f"{marked} marked"
            parts.append(Content.styled(told, "$accent"))
        if words:
            text = f"{shown} of {count(total, 'line')} match “{words}”"
            parts.append(Content.styled(text, "$text-muted"))
        line = self.query_one("#notice", Static)
        line.update(Content("   ").join(parts))
        line.display = bool(parts)

    def remark(self) -> Content:
        """Give what must not be overlooked; nothing unless a screen knows of something."""
        return Content("")

    def show_current(self) -> None:
        """Show the details of the chosen line beside it, and the keys that fit it."""
        current = self.current
        self.query_one("#side", Detail).show(self.sheet(current) if current is not None else None)
        self.refresh_bindings()

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """The keys for the footer: with several marked not those for one line, which say so when pressed."""
        active = super().active_bindings
        if self.query_one_optional("#list") is None or len(self.table.marks) < 2:
            return active
        return {key: one for key, one in active.items() if not self._for_one(one.binding.action)}

    def _for_one(self, action: str) -> bool:
        return keys.changes(action) and action not in self.FOR_MANY | {"new", "take_contexts"}

    def action_details(self) -> None:
        """Show the chosen line on a screen of its own."""
        key = self.key(self.current)

        def found(view: View) -> Any | None:
            return next((item for item in self.items(view) if self.key(item) == key), None)

        def sheet(view: View) -> Sheet | None:
            item = found(view)
            return None if item is None else self.sheet(item)

        def copied(view: View) -> str:
            item = found(view)
            return key if item is None else self.error(item) or key

        self.app.push_screen(Details(self.MODE, sheet, copied))

    def error(self, item: Any) -> str:  # noqa: ARG002
        """Give what went wrong with an item last; nothing where it is well."""
        return ""

    def action_mark(self) -> None:
        """Mark the chosen line, or unmark it, and go on to the next."""
        self._mark([self.key(self.current)])
        self.table.action_move(1)

    def action_mark_all(self) -> None:
        """Mark all lines that pass the filter, or unmark them."""
        self._mark(self.table.keys)

    def _mark(self, these: list[str]) -> None:
        self.table.mark(toggled(self.table.marks, these))
        self.notice()

    def action_unmark(self) -> None:
        """Unmark all lines."""
        self._mark(list(self.table.marks))

    def action_copy(self) -> None:
        """Copy the names of what is acted on, as arguments of a command."""
        self.copy(" ".join(self.key(item) for item in self.targets))

    def action_copy_command(self) -> None:
        """Copy the command that shows the chosen line."""
        project = ("--project", self.bahriya.open_project) if self.OF_A_PROJECT else ()
        self.copy(shlex.join(["bahriya", self.NOUN, "show", self.key(self.current), *project]))

    def action_filter(self) -> None:
        """Begin to type words."""
        line = self.query_one("#filter", Line)
        line.display = True
        # At once: what was typed ahead belongs to the line, and would else be keys of the list.
        self.set_focus(line)

    @on(Input.Changed, "#filter")
    def narrow(self, event: Input.Changed) -> None:
        """Keep the lines that match."""
        self.table.filter(event.value)
        self.notice()
        self.refresh_bindings()

    @on(Input.Submitted, "#filter")
    def keep(self, event: Input.Submitted) -> None:
        """Go back to the list and keep what matches."""
        if event.value:
            self.query_one("#filter").display = False
            self.table.focus()
        else:
            self.action_unfilter()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what works here and now."""
        if not self.is_mounted or self.query_one_optional("#filter") is None:
            return True
        if action == "unfilter":
            line = self.query_one("#filter", Line)
            return bool(line.value) or line.display
        if action == "unmark":
            return bool(self.table.marks) and not self.query_one("#filter", Line).has_focus
        if action == "filter":
            return not self.query_one("#filter", Line).has_focus
        if action == "reverse":
            return self.table.order is not None
        if action == "new" and self.bahriya.view.project is None:
            return not self.OF_A_PROJECT
        if action in self.NEEDS_A_LINE:
            return self.current is not None
        return super().check_action(action, parameters)

    def action_sort(self) -> None:
        """Sort by the next column."""
        self.table.sort_next()
        self.refresh_bindings()

    def action_reverse(self) -> None:
        """Sort the other way round."""
        self.table.sort_back()

    def action_page(self, pages: int) -> None:
        """Move a page in the list."""
        self.table.action_page(pages)

    @flow
    async def action_project(self) -> None:
        """Choose, make or delete a project."""
        await projects.choose(self)
