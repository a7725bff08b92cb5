"""`bahriya project`: what registries and containers belong to."""

import click

from bahriya_tui.cli import output, records, shapes
from bahriya_tui.cli.options import Common, common
from bahriya_tui.operations.projects import add_project, delete_project
from bahriya_tui.operations.session import open_session
from bahriya_tui.store import containers, projects, registries


@click.group("project", no_args_is_help=False)
def command() -> None:
    """Add, list, show and delete projects."""


@command.command("add")
@click.argument("handle")
@click.option("--name", default="", help="Name for display.")
@common
def add(asked: Common, handle: str, name: str) -> None:
    """Add a project."""
    with open_session() as session:
        added = add_project(session, handle, name)
        if asked.json:
            output.show(shapes.project(added), as_json=True)
        output.say(f"project {handle} was added", as_json=asked.json)


@command.command("list")
@common
def list_(asked: Common) -> None:
    """List all projects."""
    with open_session() as session:
        known = [shapes.project(one) for one in projects.all(session.connection)]
        empty = "there is no project yet; make one with `bahriya project add HANDLE`"
        output.listing(known, ["handle", "name", "created_at"], as_json=asked.json, empty=empty)


@command.command("show")
@click.argument("handle")
@common
def show(asked: Common, handle: str) -> None:
    """Show a project and what is in it."""
    with open_session() as session:
        c = session.connection
        found: records.ProjectDetail = {
            **shapes.project(projects.get(c, handle)),
            "registries": [one.handle for one in registries.all(c, handle)],
            "containers": [one.handle for one in containers.all(c, handle)],
        }
        output.show(found, as_json=asked.json)


@command.command("delete")
@click.argument("handle")
@common
def delete(asked: Common, handle: str) -> None:
    """Delete an empty project."""
    with open_session() as session:
        projects.get(session.connection, handle)
        asked.confirm(f"Delete project {handle}?")
        delete_project(session, handle)
        if asked.json:
            output.show(records.HandleDeleted(handle=handle, deleted=True), as_json=True)
        output.say(f"project {handle} was deleted", as_json=asked.json)
