"""Projects: add, delete, and find the one that is meant."""

import os

from bahriya_tui.model.clock import now
from bahriya_tui.model.errors import BadInput, NotFound
from bahriya_tui.model.handle import check_handle
from bahriya_tui.model.registry import Project
from bahriya_tui.model.validate import display_text
from bahriya_tui.operations.record import record
from bahriya_tui.operations.session import Session
from bahriya_tui.store import projects


def add_project(s: Session, handle: str, name: str = "") -> Project:
    """Add a project; its namespaces are made in the regions when something is deployed there."""
    check_handle("project", handle)
    display_text("name", name)
    with s.store.write() as tx:
        added = projects.insert(tx, handle, name, now())
        record(tx, s.who, "project.added", f"project {handle} was added", project=handle)
    return added


def delete_project(s: Session, handle: str) -> None:
    """Delete an empty project; `InUse` names what it still has."""
    with s.store.write() as tx:
        projects.delete(tx, handle)
        record(tx, s.who, "project.deleted", f"project {handle} was deleted", project=handle)


def choose_project(s: Session, given: str | None) -> Project:
    """Find the project that is meant: the given one, that of `BAHRIYA_PROJECT`, or the only one there is."""
    wanted = given or os.environ.get("BAHRIYA_PROJECT")
    if wanted:
        return projects.get(s.connection, wanted)
    known = projects.all(s.connection)
    if not known:
        raise NotFound("there is no project yet", "make one: bahriya project add HANDLE")
    if len(known) > 1:
        names = ", ".join(project.handle for project in known)
        raise BadInput("it is not clear which project is meant", f"add --project with one of: {names}")
    return known[0]
