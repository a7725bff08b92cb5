"""`bahriya check`: for cron, whether credentials end soon or fail, in every project; nobody is asked."""

from collections.abc import Sequence

import click

from bahriya_tui.cli import output, records, shapes
from bahriya_tui.cli.options import Common, common
from bahriya_tui.model import clock
from bahriya_tui.model.expiry import Span, parse_span
from bahriya_tui.operations.attention import look
from bahriya_tui.operations.session import open_session
from bahriya_tui.store import projects


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
    warnings = [shapes.advice(name, w) for name, one in found.items() for w in one.advice]
    good = not (due or failing or (strict and warnings))
    if asked.json:
        told: records.Attention = {
            "good": good,
            "within_seconds": span.seconds,
            "due": due,
            "failing": failing,
            "warnings": warnings,
        }
        output.show(told, as_json=True)
    else:
        _tell(due, failing, warnings, span)
    return 0 if good else 1


def _tell(
    due: Sequence[records.Ending],
    failing: Sequence[records.Failing],
    warnings: Sequence[records.ProjectAdvice],
    span: Span,
) -> None:
    for end in due:
        when = f"{end['left']}, at {end['expires_at']} ({end['expires_source']})"
        output.say(f"due: {_name(end)} {when}", as_json=False)
    for useless in failing:
        at = f" (checked at {useless['checked_at']})" if useless["checked_at"] else ""
        output.say(f"failing: {_name(useless)}: {useless['reason']}{at}", as_json=False)
    for warning in warnings:
        output.say(f"warning: {_name(warning)}: {warning['sentence']}; {warning['advice']}", as_json=False)
    if not due:
        output.say(f"nothing is due within {span.words}", as_json=False)


def _name(one: records.Ending | records.Failing | records.ProjectAdvice) -> str:
    return f"{one['project']}/{one['registry']}"
