"""`bahriya audit`: who did what, and whether the log of it is as it was written."""

import click

from bahriya_tui.cli import audit_shapes, output, records
from bahriya_tui.cli.options import Common, common, opened
from bahriya_tui.model.errors import Failed
from bahriya_tui.operations.audit import sentences, verify_log
from bahriya_tui.operations.session import open_session
from bahriya_tui.store import audit, registries

_COLUMNS = [
    "seq",
    "at",
    "user",
    "terminal",
    "client",
    "action",
    "project",
    "registry",
    "container",
    "deployment",
    "regions",
    "versions",
    "outcome",
]


@click.group("audit", no_args_is_help=False)
def command() -> None:
    """Who did what, which credentials were opened, and whether the log is as it was written."""


@command.command("list")
@click.option("--registry", metavar="HANDLE", help="Only entries about this registry, deleted or not.")
@click.option("--limit", type=click.IntRange(min=1), default=50, help="How many at most (50).")
@common
def list_(asked: Common, registry: str | None, limit: int) -> None:
    """List the newest entries, of all projects unless one is given."""
    if registry is not None:
        with opened(asked) as (session, project):
            found = audit.latest(session.connection, limit, project=project, registry=registry)
            if not found:
                registries.get(session.connection, project, registry)
    else:
        with open_session() as session:
            found = audit.latest(session.connection, limit, project=asked.project)
    rows = [audit_shapes.entry(one) for one in found]
    output.listing(rows, _COLUMNS, as_json=asked.json, empty="there is no entry yet")


@command.command("verify")
@click.option("--offline", is_flag=True, help="Ask no region; what they said before still counts.")
@common
def verify(asked: Common, offline: bool) -> None:
    """Look for entries that were edited, removed or cut off; 1 when there are any."""
    with open_session() as session:
        found = verify_log(session, offline=offline)
    verdict, *more = sentences(found)
    if asked.json:
        output.show(audit_shapes.verification(found), as_json=True)
    for one in more if found.findings else (verdict, *more):
        output.say(one, as_json=asked.json)
    if found.findings:
        raise Failed(verdict, "keep a copy of the store as it is, and ask who could write to it")


@command.command("export")
@common
def export(asked: Common) -> None:  # noqa: ARG001
    """Print every entry and every anchor, a JSON object a line."""
    with open_session() as session, session.store.read() as c:
        entries: list[records.ExportedEntry] = [
            {"kind": "entry", **audit_shapes.entry(one)} for one in audit.since(c)
        ]
        anchors = [audit_shapes.anchor(one) for one in audit.anchors(c)]
    for line in (*entries, *anchors):
        output.line(line, "", as_json=True)
