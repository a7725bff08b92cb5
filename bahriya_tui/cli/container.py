"""`bahriya container`: what runs, with which image and registry, in which regions."""

from typing import Any

import click

from bahriya_tui.cli import output, records, shapes
from bahriya_tui.cli.dry_run import dry_run_option, tell
from bahriya_tui.cli.init_jobs import changes, init_options
from bahriya_tui.cli.options import Command, Common, common, opened
from bahriya_tui.cli.protecting import insist, protected_option
from bahriya_tui.cli.watching import settle, watch
from bahriya_tui.model.container import Container
from bahriya_tui.model.errors import BadInput
from bahriya_tui.model.serving import link_missing
from bahriya_tui.operations.define import add_container
from bahriya_tui.operations.delete import delete_container
from bahriya_tui.operations.dry_run import plan_container_deletion, plan_termination
from bahriya_tui.operations.edit import edit_container
from bahriya_tui.operations.link import in_vain, jobs_linked, link, missing, unlink
from bahriya_tui.operations.protect import naming
from bahriya_tui.operations.session import Session
from bahriya_tui.operations.terminate import terminate
from bahriya_tui.store import containers, events, registries

_COLUMNS = ["handle", "image", "type", "registry", "replicas", "regions", "status", "revision"]


@click.group("container", no_args_is_help=False)
def command() -> None:
    """What runs, with which image and registry, in which regions."""


def _fields(function: Command) -> Command:
    for option in (
        click.option("--name", help="Name for display."),
        click.option("--env", multiple=True, metavar="K=V", help="Environment variable; repeatable."),
        click.option("--port", type=int, metavar="P", help="Port of an http container (80)."),
        click.option("--replicas", type=int, metavar="N", help="How many pods in each region (1)."),
        click.option("--schedule", metavar="S", help="When a cronjob runs: '*/5 * * * *' or @daily."),
        click.option("--type", "type_", metavar="T", help="http (with a Service), worker or cronjob."),
        click.option("--region", "regions", multiple=True, metavar="R", help="Active region; repeatable."),
        click.option("--registry", metavar="H", help="Registry whose credentials pull the image."),
    ):
        function = option(function)
    return init_options(function)


@command.command("add")
@click.argument("handle")
@click.option("--image", required=True, metavar="I", help="Image with a tag or digest.")
@_fields
@common
def add(
    asked: Common,
    handle: str,
    image: str,
    registry: str | None,
    regions: tuple[str, ...],
    type_: str | None,
    replicas: int | None,
    port: int | None,
    env: tuple[str, ...],
    name: str | None,
    schedule: str | None,
    init_images: tuple[str, ...],
    init_registries: tuple[str, ...],
    init_commands: tuple[str, ...],
) -> None:
    """Define a container. `bahriya deploy` brings it to its regions."""
    with opened(asked) as (session, project):
        added = add_container(
            session,
            project,
            handle,
            image=image,
            regions=regions,
            registry=registry,
            type=type_ or "http",
            replicas=1 if replicas is None else replicas,
            port=port,
            env=_pairs(env),
            name=name or "",
            schedule=schedule,
            init_jobs=changes(init_images, init_registries, init_commands),
        )
        _tell(asked, session, added, "was added")


@command.command("list")
@common
def list_(asked: Common) -> None:
    """List the containers of a project."""
    with opened(asked) as (session, project):
        known = [shapes.container(one) for one in containers.all(session.connection, project)]
        if not asked.json:
            known = [{**one, "registry": _named(one)} for one in known]
        output.listing(known, _COLUMNS, as_json=asked.json, empty=f"project {project} has no container yet")


@command.command("show")
@click.argument("handle")
@common
def show(asked: Common, handle: str) -> None:
    """Show a container and what of it is in the regions."""
    with opened(asked) as (session, project):
        one = containers.get(session.connection, project, handle)
        placed = containers.placements(session.connection, project, handle)
        found: records.ContainerDetail = {
            **shapes.container(one),
            "placements": [shapes.placement(p) for p in placed],
        }
        output.show(found, as_json=asked.json)
        for sentence in missing(one):
            output.note(sentence)


@command.command("edit")
@click.argument("handle")
@click.option("--image", metavar="I", help="Image with a tag or digest.")
@_fields
@click.option("--unset", multiple=True, metavar="K", help="Environment variable to remove; repeatable.")
@click.option("--no-init", multiple=True, metavar="N", help="Init job to remove; repeatable.")
@click.option("--no-registry", is_flag=True, help="Pull without credentials.")
@protected_option
@click.option("--no-wait", is_flag=True, help="Do not wait for regions that are left.")
@common
def edit(
    asked: Common,
    handle: str,
    image: str | None,
    registry: str | None,
    regions: tuple[str, ...],
    type_: str | None,
    replicas: int | None,
    port: int | None,
    env: tuple[str, ...],
    name: str | None,
    schedule: str | None,
    init_images: tuple[str, ...],
    init_registries: tuple[str, ...],
    init_commands: tuple[str, ...],
    unset: tuple[str, ...],
    no_registry: bool,
    no_init: tuple[str, ...],
    named: tuple[str, ...],
    no_wait: bool,
) -> None:
    """Change a container. --region names all its regions anew, and those left out are cleared at once."""
    if registry is not None and no_registry:
        raise BadInput("--registry and --no-registry exclude each other", "choose one")
    with opened(asked) as (session, project):
        before = containers.get(session.connection, project, handle)
        link: dict[str, Any] = {} if registry is None and not no_registry else {"registry": registry}
        edited = insist(
            asked,
            session,
            named,
            lambda s: edit_container(
                s,
                project,
                handle,
                image=image,
                replicas=replicas,
                port=port,
                env=_merged(before, env, unset) if env or unset else None,
                regions=regions or None,
                name=name,
                type=type_,
                schedule=schedule,
                init_jobs=changes(init_images, init_registries, init_commands),
                no_init=no_init,
                **link,
            ),
        )
        settle(session, list(edited.removals), wait=not no_wait)
        leaves = f" and leaves {', '.join(edited.left)}" if edited.left else ""
        what = f"was changed{leaves}; deploy it to bring the change to its regions"
        _tell(asked, session, edited.container, what)


@command.command("link")
@click.argument("handle")
@click.argument("registry", required=False)
@click.option("--registry", "named", metavar="H", help="The same as REGISTRY.")
@common
def link_(asked: Common, handle: str, registry: str | None, named: str | None) -> None:
    """Let a container pull with REGISTRY from its next deployment on."""
    chosen = registry or named
    if chosen is None or (registry and named and registry != named):
        raise BadInput("it is not clear which registry to link", f"bahriya container link {handle} REGISTRY")
    with opened(asked) as (session, project):
        _tell(asked, session, link(session, project, handle, chosen), f"is linked to registry {chosen}")


@command.command("unlink")
@click.argument("handle")
@common
def unlink_(asked: Common, handle: str) -> None:
    """Let a container pull without credentials from its next deployment on. Its init jobs keep theirs."""
    with opened(asked) as (session, project):
        linked = containers.get(session.connection, project, handle).registry is not None
        done = unlink(session, project, handle)
        _tell(asked, session, done, "is unlinked" if linked else "was not linked to a registry")
        for sentence in jobs_linked(done):
            output.note(sentence)


@command.command("terminate")
@click.argument("handle")
@protected_option
@click.option("--no-wait", is_flag=True, help="Return at once.")
@dry_run_option
@common
def terminate_(asked: Common, handle: str, named: tuple[str, ...], no_wait: bool, dry_run: bool) -> int:
    """Take a container out of every region. Its definition stays."""
    with opened(asked, to_look=dry_run) as (session, project):
        if dry_run:
            return tell(asked, plan_termination(naming(session, named), project, handle))
        containers.get(session.connection, project, handle)
        asked.confirm(f"Terminate container {handle} in all its regions?")
        after = events.last_seq(session.connection)
        started = insist(asked, session, named, lambda s: terminate(s, project, handle))
        return watch(asked, session, [started], after, wait=not no_wait)


@command.command("delete")
@click.argument("handle")
@protected_option
@dry_run_option
@common
def delete(asked: Common, handle: str, named: tuple[str, ...], dry_run: bool) -> int:
    """Delete a container that runs nowhere."""
    with opened(asked, to_look=dry_run) as (session, project):
        if dry_run:
            return tell(asked, plan_container_deletion(naming(session, named), project, handle))
        containers.get(session.connection, project, handle)
        asked.confirm(f"Delete container {handle}?")
        insist(asked, session, named, lambda s: delete_container(s, project, handle))
        if asked.json:
            output.show(records.HandleDeleted(handle=handle, deleted=True), as_json=True)
        output.say(f"container {handle} was deleted", as_json=asked.json)
        return 0


def _named(one: records.Container) -> str | None:
    return f"{one['registry']} (missing)" if one["registry_missing"] else one["registry"]


def _pairs(env: tuple[str, ...]) -> list[tuple[str, str]]:
    pairs = []
    for text in env:
        name, equals, given = text.partition("=")
        if not equals:
            raise BadInput(f"environment variable {name[:60]!r} has no value", "write it as NAME=VALUE")
        pairs.append((name, given))
    return pairs


def _merged(before: Container, env: tuple[str, ...], unset: tuple[str, ...]) -> list[tuple[str, str]]:
    kept = {name: given for name, given in before.env if name not in unset}
    return list({**kept, **dict(_pairs(env))}.items())


def _tell(asked: Common, session: Session, one: Container, what: str) -> None:
    if asked.json:
        output.show(shapes.container(one), as_json=True)
    output.say(f"container {one.handle} {what}", as_json=asked.json)
    for sentence in in_vain(session.connection, one):
        output.note(sentence)
    if told := link_missing(one, registries.all(session.connection, one.project)):
        output.note(told)
