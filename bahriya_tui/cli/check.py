"""`bahriya check`: for cron, whether credentials end soon or fail, in every project; nobody is asked."""

from collections.abc import Sequence
from typing import Any

import click

from bahriya_tui.cli import output, shapes
from bahriya_tui.cli.options import Common, common
from bahriya_tui.model import clock
from bahriya_tui.model.expiry import Span, parse_span
from bahriya_tui.operations.attention import look
from bahriya_tui.operations.session import open_session
from bahriya_tui.store import projects

Record = dict[str, Any]


@click.command("check")
@click.option("--fail-within", "within", required=True, metavar="72h", help="As 12h, 7d or 2w.")
@click.option("--strict", is_flag=True, help="Warnings count too.")
@common
def command(asked: Common, within: str, strict: bool) -> int:
    """Look for credentials that end within a time, or have ended, or whose last check was refused.

    Looks into every project, unless one is named with --project. Exit code 1 when there is one. What
    `registry lint` would advise is told as a warning.
    """
    span, now = parse_span(within), clock.now()
    with open_session() as session:
        c = session.connection
        looked = [projects.get(c, asked.project)] if asked.project else projects.all(c)
        found = {one.handle: look(session, one.handle, span, now) for one in looked}
    due = [shapes.ending(end, now) for one in found.values() for end in one.ending]
    due.sort(key=lambda one: str(one["expires_at"]))
    failing = [shapes.failing(one) for all_ in found.values() for one in all_.failing]
    warnings = [{"project": name, **shapes.advice(w)} for name, one in found.items() for w in one.advice]
    good = not (due or failing or (strict and warnings))
    if asked.json:
        record = {"good": good, "within_seconds": span.seconds, "due": due, "failing": failing}
        output.show({**record, "warnings": warnings}, as_json=True)
    else:
        _tell(due, failing, warnings, span)
    return 0 if good else 1


def _tell(due: Sequence[Record], failing: Sequence[Record], warnings: Sequence[Record], span: Span) -> None:
    for one in due:
        told = f"{one['left']}, at {one['expires_at']} ({one['expires_source']})"
        output.say(f"due: {_name(one)} {told}", as_json=False)
    for one in failing:
        at = f" (checked at {one['checked_at']})" if one["checked_at"] else ""
        output.say(f"failing: {_name(one)}: {one['reason']}{at}", as_json=False)
    for one in warnings:
        output.say(f"warning: {_name(one)}: {one['sentence']}; {one['advice']}", as_json=False)
    if not due:
        output.say(f"nothing is due within {span.words}", as_json=False)


def _name(one: Record) -> str:
    return f"{one['project']}/{one['registry']}"
