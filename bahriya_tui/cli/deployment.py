"""`bahriya deployment`: what was deployed, and what can still be done about it."""

from collections.abc import Callable
from dataclasses import asdict

import click

from bahriya_tui.cli import output, shapes
from bahriya_tui.cli.options import Common, common, opened
from bahriya_tui.cli.protecting import insist, protected_option
from bahriya_tui.cli.unlocking import unlocked
from bahriya_tui.cli.watching import note_unattended, watch
from bahriya_tui.cli.waves import Waves, wave_options
from bahriya_tui.model.ambiguous import to_be_asked
from bahriya_tui.model.deployment import ACTIVE, Deployment
from bahriya_tui.model.phases import words
from bahriya_tui.operations import control
from bahriya_tui.operations.session import Session, open_session
from bahriya_tui.store import containers, deployments, events

_COLUMNS = ["id", "container", "revision", "kind", "state", "image", "version", "created_at", "created_by"]


@click.group("deployment", no_args_is_help=False)
def command() -> None:
    """List, show, watch, cancel, retry, resume and roll back deployments."""


@command.command("list")
@click.option("--container", metavar="HANDLE", help="Only those of this container.")
@click.option("--limit", type=click.IntRange(min=1), default=50, help="How many at most (50).")
@common
def list_(asked: Common, container: str | None, limit: int) -> None:
    """List the newest deployments of a project."""
    with opened(asked) as (session, project):
        if container is not None and not deployments.all(session.connection, project, container, 1):
            containers.get(session.connection, project, container)
        known = deployments.all(session.connection, project, container, limit)
        rows = [shapes.deployment(one) for one in known]
        output.listing(rows, _COLUMNS, as_json=asked.json, empty="nothing was deployed yet")


@command.command("show")
@click.argument("id_", metavar="ID", type=int)
@common
def show(asked: Common, id_: int) -> None:
    """Show a deployment and how far each region is."""
    with open_session() as session:
        run = deployments.get(session.connection, id_)
        found = shapes.deployment(run)
        regions = [{**asdict(one), "state": words(one.state)} for one in run.regions]
        output.show(found if asked.json else {**found, "regions": regions}, as_json=asked.json)
        for registry, image in () if asked.json else to_be_asked(run).items():
            output.note(f"image or credential? bahriya registry check {registry} --image {image}")


@command.command("watch")
@click.argument("ids", metavar="ID...", type=int, nargs=-1, required=True)
@common
def watch_(asked: Common, ids: tuple[int, ...]) -> int:
    """Follow deployments to their end, whoever started them; what happened so far is told first."""
    with open_session() as session:
        runs = [deployments.get(session.connection, number) for number in dict.fromkeys(ids)]
        firsts = [events.since(session.connection, 0, deployment=run.id, limit=1) for run in runs]
        after = min((one.seq for found in firsts for one in found), default=1) - 1
        return watch(asked, session, runs, after, wait=True)


@command.command("cancel")
@click.argument("id_", metavar="ID", type=int)
@common
def cancel(asked: Common, id_: int) -> None:
    """Cancel a deployment. Regions that run it already keep it."""
    with open_session() as session:
        one = control.cancel(session, id_)
        output.line(shapes.deployment(one), f"deployment {id_} is {one.state}", as_json=asked.json)
        if one.state in ACTIVE:
            note_unattended(session)


@command.command("rollback")
@click.argument("id_", metavar="ID", type=int)
@wave_options
@protected_option
@click.option("--no-wait", is_flag=True, help="Return at once.")
@common
def rollback(asked: Common, id_: int, waves: Waves, named: tuple[str, ...], no_wait: bool) -> int:
    """Go back to the revision that ran everywhere before this one: all regions at once, or in waves."""

    def back(s: Session, one: int) -> Deployment:
        started = control.rollback(s, one, **waves.careful)
        for sentence in control.not_current(s.connection, started.spec):
            output.note(sentence)
        return started

    return _start(asked, id_, back, named, no_wait)


def _starts(name: str, verb: Callable[[Session, int], Deployment], about: str) -> None:
    """Add a command that starts or continues a deployment and watches it."""

    @command.command(name, help=about)
    @click.argument("id_", metavar="ID", type=int)
    @protected_option
    @click.option("--no-wait", is_flag=True, help="Return at once.")
    @common
    def run(asked: Common, id_: int, named: tuple[str, ...], no_wait: bool) -> int:
        return _start(asked, id_, verb, named, no_wait)


def _start(
    asked: Common,
    id_: int,
    verb: Callable[[Session, int], Deployment],
    named: tuple[str, ...],
    no_wait: bool,
) -> int:
    with open_session() as session:
        if deployments.get(session.connection, id_).spec.pulls:
            unlocked(asked, session)
        after = events.last_seq(session.connection)
        started = insist(asked, session, named, lambda s: verb(s, id_))
        return watch(asked, session, [started], after, wait=not no_wait)


_starts("retry", control.retry, "Deploy the same again to the regions that did not get there.")
_starts("resume", control.resume, "Let a held deployment go on.")
