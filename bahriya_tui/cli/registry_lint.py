"""`bahriya registry lint` and `list --expiring`: what costs a night later, while there is time."""

import click

from bahriya_tui.cli import output, records, shapes
from bahriya_tui.cli.options import Common, common, opened
from bahriya_tui.model import clock, expiry
from bahriya_tui.operations.attention import ending
from bahriya_tui.operations.lint import lint_registries
from bahriya_tui.operations.session import Session

_COLUMNS = ["handle", "server", "username", "version", "left", "expires_at", "expires_source", "used_by"]


@click.command("lint")
@common
def lint(asked: Common) -> int:
    """Advise on the registries of a project, from what is known of them.

    Exit code 1 when there is something to advise.
    """
    with opened(asked) as (session, project):
        found = lint_registries(session.connection, project)
    if asked.json:
        output.listing(found, (), as_json=True)
    for one in found:
        output.say(f"{one.rule}: {one.sentence}; {one.advice}", as_json=asked.json)
    if not found:
        output.say(f"nothing to advise on the registries of project {project}", as_json=asked.json)
    return 1 if found else 0


def ends(registry: records.Registry) -> str:
    """Say when the credentials of a registry, as it is described, end: the day, or the minute in UTC."""
    declared = registry["expires_source"] == expiry.DECLARED
    return (registry["expires_at"] or "")[: 10 if declared else 16].replace("T", " ")


def list_expiring(asked: Common, s: Session, project: str, within: str) -> None:
    """List the registries whose credentials end within a time such as `7d`."""
    span, now = expiry.parse_span(within), clock.now()
    known: list[records.RegistryEnding] = [
        {**shapes.registry(s.connection, one.registry), "left": expiry.left(one.due.at, now)}
        for one in ending(s, project, span, now)
    ]
    empty = f"no credential of project {project} ends within {span.words}"
    output.listing(known, _COLUMNS, as_json=asked.json, empty=empty)
