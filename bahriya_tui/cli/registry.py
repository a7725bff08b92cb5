"""`bahriya registry`: credentials of private registries, which can be written and never read back."""

from typing import Any

import click

from bahriya_tui.cli import output, records, shapes
from bahriya_tui.cli.options import Common, common, opened, reader_of_token, token_options
from bahriya_tui.cli.registry_adopt import adopt
from bahriya_tui.cli.registry_check import check
from bahriya_tui.cli.registry_connection import ConnectionOptions, connection_options
from bahriya_tui.cli.registry_delete import delete
from bahriya_tui.cli.registry_hints import hints
from bahriya_tui.cli.registry_import import import_
from bahriya_tui.cli.registry_lint import ends, lint, list_expiring
from bahriya_tui.cli.registry_rotate import return_, rotate, tell
from bahriya_tui.cli.registry_usage import in_words, show, usage
from bahriya_tui.cli.unlocking import unlocked
from bahriya_tui.model.connection import ConnectionSettings, settings_of
from bahriya_tui.model.errors import BadInput
from bahriya_tui.operations import vault
from bahriya_tui.operations.connect import connect_registry
from bahriya_tui.operations.edit import edit_registry
from bahriya_tui.operations.link import unlink_from
from bahriya_tui.operations.rotate import rotate_registry
from bahriya_tui.store import registries

_COLUMNS = ["handle", "server", "username", "version", "expires", "used_by"]
_EXCEPTIONAL = ["needs_reentry", "deletion"]
"""Columns that are there when a registry has something in them."""

_WANTED = "another server or user name needs the token again"


@click.group("registry", no_args_is_help=False)
def command() -> None:
    """Credentials of private registries: add, rotate, check, delete."""


for one in (adopt, check, delete, hints, import_, lint, show, usage, rotate, return_):
    command.add_command(one)


@command.command("add")
@click.argument("handle")
@click.option("--server", required=True, metavar="S", help="Host, for example ghcr.io or 10.0.0.5:5000.")
@click.option("--username", required=True, metavar="U", help="User name or name of the access token.")
@token_options
@click.option("--name", default="", help="Name for display.")
@click.option("--expires", metavar="DATE", help="When the token ends, as 2027-01-31.")
@click.option("--no-check", is_flag=True, help="Store it without asking the registry.")
@click.option("--image", "images", multiple=True, metavar="I", help="Image to try it with; not stored.")
@connection_options
@common
def add(
    asked: Common,
    handle: str,
    server: str,
    username: str,
    name: str,
    expires: str | None,
    no_check: bool,
    images: tuple[str, ...],
    connection: ConnectionOptions,
    **token: Any,
) -> None:
    """Add a registry. Its password is read and sealed in a process of its own."""
    with opened(asked) as (session, project):
        if not no_check:
            unlocked(asked, session)
        done = connect_registry(
            session,
            project,
            handle,
            server=server,
            username=username,
            read_token=reader_of_token(asked, session.places, **token),
            name=name,
            expires=expires,
            settings=connection.over(ConnectionSettings()),
            images=images,
            check=not no_check,
        )
        tell(asked, session, done, "was added")
        if vault.status(session).recovery_key == "not shown" and not asked.json:
            output.note("should the vault's key be lost, a recovery key helps: bahriya vault recovery-key")


@command.command("list")
@click.option("--expiring", metavar="7d", help="Only what ends within so long, or has ended; soonest first.")
@common
def list_(asked: Common, expiring: str | None) -> None:
    """List the registries of a project."""
    with opened(asked) as (session, project):
        if expiring is not None:
            list_expiring(asked, session, project, expiring)
            return
        c = session.connection
        known = [shapes.registry(c, one) for one in registries.all(c, project)]
        shown: list[dict[str, Any]] = [
            {**one, "deletion": in_words(one["deletion"]), "expires": ends(one)} for one in known
        ]
        more = [column for column in _EXCEPTIONAL if any(one[column] for one in shown)]
        empty = f"project {project} has no registry yet"
        output.listing(known if asked.json else shown, _COLUMNS + more, as_json=asked.json, empty=empty)


@command.command("edit")
@click.argument("handle")
@click.option("--name", help="Name for display.")
@click.option("--expires", metavar="DATE", help="When the token ends; empty for never.")
@click.option("--max-versions", type=int, metavar="N", help="How many versions to keep, 1 to 20.")
@click.option("--server", metavar="S", help="Another server; asks for the token again.")
@click.option("--username", metavar="U", help="Another user name; asks for the token again.")
@click.option("--no-check", is_flag=True, help="Store it without asking the registry.")
@click.option("--again", is_flag=True, help="Send a token again that the registry has rejected before.")
@connection_options
@token_options
@common
def edit(
    asked: Common,
    handle: str,
    name: str | None,
    expires: str | None,
    max_versions: int | None,
    server: str | None,
    username: str | None,
    no_check: bool,
    again: bool,
    connection: ConnectionOptions,
    **token: Any,
) -> None:
    """Change a registry. Another server or user name is a new version and needs its token.

    The declared expiry of the old token goes with it unless another is given. Other settings of the
    connection are tried with the current version first.
    """
    with opened(asked) as (session, project):
        before = registries.get(session.connection, project, handle)
        settings = connection.over(settings_of(before)) if connection.given else None
        if server is None and username is None:
            if any(token.values()):
                raise BadInput("a new password is a rotation", f"use `bahriya registry rotate {handle}`")
            if settings is not None and not no_check:
                unlocked(asked, session)
            done = edit_registry(
                session,
                project,
                handle,
                name=name,
                expires=... if expires is None else expires or None,
                max_versions=max_versions,
                settings=settings,
                check=not no_check,
                again=again,
            )
            tell(asked, session, done, "was changed")
            return
        if not no_check:
            unlocked(asked, session)
        done = rotate_registry(
            session,
            project,
            handle,
            read_token=reader_of_token(asked, session.places, **token, wanted=_WANTED),
            check=not no_check,
            expires=expires,
            server=server,
            username=username,
            name=name,
            max_versions=max_versions,
            settings=settings,
        )
        tell(asked, session, done, "was changed")


@command.command("unlink")
@click.argument("handle")
@click.argument("containers", nargs=-1)
@common
def unlink_(asked: Common, handle: str, containers: tuple[str, ...]) -> None:
    """Unlink a registry from the named containers, or from all of them."""
    with opened(asked) as (session, project):
        unlinked = unlink_from(session, project, handle, containers)
        if asked.json:
            output.show(records.Unlinked(handle=handle, unlinked=unlinked), as_json=True)
        names = ", ".join(unlinked) or "no container"
        output.say(f"registry {handle} was unlinked from {names}", as_json=asked.json)
