"""What stands in the store, offered where a shell completes a handle, a region or a number.

Which names belong to an argument is decided here, by the noun of its command, so that no command has to say
it. Nothing is made or changed on the way: without a store nothing is offered.
"""

import os
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

if TYPE_CHECKING:
    from bahriya_tui.store.driver import Connection

VARIABLE = "_BAHRIYA_COMPLETE"
"""Set by the shell's script while it asks for completions."""

Names = Callable[["Connection", str], Iterable[str]]


def _projects(c: "Connection", _project: str) -> Iterable[str]:
    from bahriya_tui.store import projects

    return [one.handle for one in projects.all(c)]


def _registries(c: "Connection", project: str) -> Iterable[str]:
    from bahriya_tui.store import registries

    return [one.handle for one in registries.all(c, project)]


def _containers(c: "Connection", project: str) -> Iterable[str]:
    from bahriya_tui.store import containers

    return [one.handle for one in containers.all(c, project)]


def _regions(c: "Connection", _project: str) -> Iterable[str]:
    from bahriya_tui.store import regions

    return [one.id for one in regions.all(c)]


def _deployments(c: "Connection", project: str) -> Iterable[str]:
    from bahriya_tui.store import deployments

    return [str(one.id) for one in deployments.all(c, project)]


_OPTIONS: dict[str, Names] = {
    "--project": _projects,
    "--registry": _registries,
    "--all-using": _registries,
    "--region": _regions,
    "--canary": _regions,
    "--protected": _regions,
}
_ARGUMENTS: dict[tuple[str, str], Names] = {
    ("project", "handle"): _projects,
    ("registry", "handle"): _registries,
    ("registry", "handles"): _registries,
    ("registry", "containers"): _containers,
    ("container", "handle"): _containers,
    ("container", "registry"): _registries,
    ("deploy", "handles"): _containers,
    ("deployment", "id_"): _deployments,
    ("deployment", "ids"): _deployments,
    ("region", "id_"): _regions,
    ("region", "ids"): _regions,
}
"""By the first word of the command, and the argument's name in it."""


class _Named(click.ParamType[object]):
    """A text that is completed from the store, and converted as before."""

    def __init__(self, before: click.ParamType[object], names: Names) -> None:
        self.name = before.name
        self._before = before
        self._names = names

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> object:
        """Convert as before."""
        return self._before.convert(value, param, ctx)

    def shell_complete(
        self,
        ctx: click.Context,
        param: click.Parameter,  # noqa: ARG002
        incomplete: str,
    ) -> list[CompletionItem]:
        """Offer the names that go on like this; none where the store cannot be read."""
        from bahriya_tui.model.errors import BahriyaError
        from bahriya_tui.operations.projects import choose_project
        from bahriya_tui.operations.session import open_to_look
        from bahriya_tui.places import places
        from bahriya_tui.store.driver import sqlite

        try:
            with open_to_look(places()) as session:
                project = (
                    ""
                    if self._names in (_projects, _regions)
                    else choose_project(session, ctx.params.get("project")).handle
                )
                names = list(self._names(session.connection, project))
        except (BahriyaError, sqlite.Error, OSError):
            return []
        return [CompletionItem(name) for name in names if name.startswith(incomplete)]


def prepared(command: click.Command, noun: str) -> click.Command:
    """Give `command`, with the parameters of it and of its own commands completed, where a shell asks."""
    if VARIABLE not in os.environ:
        return command
    for param in command.params:
        names = _names_for(param, noun)
        if names is not None:
            param.type = _Named(param.type, names)
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            prepared(inner, noun)
    return command


def _names_for(param: click.Parameter, noun: str) -> Names | None:
    if isinstance(param, click.Argument):
        return _ARGUMENTS.get((noun, param.name or ""))
    return next((_OPTIONS[name] for name in param.opts if name in _OPTIONS), None)
