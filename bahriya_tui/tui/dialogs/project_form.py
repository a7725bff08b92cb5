"""A new project; and the choice among those there are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from textual.widget import Widget

from bahriya_tui.model.handle import check_handle
from bahriya_tui.model.registry import Project
from bahriya_tui.tui import keys
from bahriya_tui.tui.dialogs.dialog import Dialog, sentence
from bahriya_tui.tui.dialogs.form import Field, Form, Text
from bahriya_tui.tui.present.text import Cell, Column, cell, moment
from bahriya_tui.tui.widgets.table import Lines, Table


@dataclass(frozen=True, slots=True)
class ProjectDraft:
    """What was typed about a project."""

    handle: str
    name: str


class ProjectForm(Form[ProjectDraft]):
    """Asks for a project's handle and name."""

    question = "New project"
    note = "In every region a project has a namespace of its own: bahriya-<handle>."

    def fields(self) -> Iterable[Field]:
        """Handle and name."""
        d = self.draft or ProjectDraft("", "")
        yield Text("handle", "Handle", d.handle, "shop")
        yield Text("name", "Name", d.name, "for people, or nothing")

    def read(self) -> ProjectDraft:
        """Check the handle."""
        return ProjectDraft(check_handle("project", self.text("handle")), self.text("name"))


@dataclass(frozen=True, slots=True)
class ProjectChoice:
    """What to do with which project."""

    wish: Literal["open", "new", "delete"]
    handle: str = ""


class Projects(Dialog[ProjectChoice]):
    """Shows the projects: Enter opens one, n makes one, x deletes one."""

    question = "Projects"
    BINDINGS = keys.bindings("projects")
    COLUMNS = (Column("Handle", 20, grow=1), Column("Name", 20, grow=1), Column("Since", 10, drop=1))

    def __init__(self, projects: Sequence[Project], current: str | None) -> None:
        super().__init__()
        self.projects, self.current = projects, current

    def inside(self) -> Iterable[Widget]:
        """The table of projects."""
        yield Table(self.COLUMNS, id="projects")
        yield sentence(
            f"{keys.sign('projects.open')} opens, {keys.sign('projects.new')} makes a new one, "
            f"{keys.sign('projects.delete')} deletes, {keys.sign('dialog.turn_back')} goes back.",
            "dim",
        )

    def on_mount(self) -> None:
        """Begin on the project that is open."""
        table = self.query_one(Table)
        table.show(
            Lines(self.projects, _handle, _cells),
            empty=f"No project yet. Press {keys.sign('projects.new')} to make one.",
        )
        table.go(self.current or "")
        table.focus()

    def action_open(self) -> None:
        """Open the chosen project."""
        self._wish("open")

    def action_new(self) -> None:
        """Ask for a new one."""
        self.dismiss(ProjectChoice("new"))

    def action_delete(self) -> None:
        """Ask to delete the chosen one."""
        self._wish("delete")

    def _wish(self, wish: Literal["open", "delete"]) -> None:
        project: Project | None = self.query_one(Table).current
        if project is not None:
            self.dismiss(ProjectChoice(wish, project.handle))


def _handle(project: Project) -> str:
    return project.handle


def _cells(project: Project) -> tuple[Cell, ...]:
    return (cell(project.handle, "name"), cell(project.name), cell(moment(project.created_at)[:10], "dim"))
