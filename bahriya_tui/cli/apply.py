"""`bahriya apply`: bring projects, regions, registries and containers to what a file declares."""

from pathlib import Path
from typing import Any

import click

from bahriya_tui.cli import output, records
from bahriya_tui.cli.options import Common, common
from bahriya_tui.cli.protecting import insist, protected_option
from bahriya_tui.launch.files import read_text
from bahriya_tui.model.declared import read
from bahriya_tui.model.errors import BadInput
from bahriya_tui.operations.declare import Change, carry_out, plan
from bahriya_tui.operations.session import open_session
from bahriya_tui.places import places

_SIGNS = {"add": "+", "change": "~", "wait": "!"}


@click.command("apply")
@click.option("-f", "--file", "file", required=True, metavar="F", help="YAML file; - for standard input.")
@click.option("--dry-run", is_flag=True, help="Only say what would be done; 1 when something would.")
@protected_option
@common
def command(asked: Common, file: str, dry_run: bool, named: tuple[str, ...]) -> int:
    """Add and change what the file declares; delete and deploy nothing. Doing it twice does nothing more.

    Exit code 1 when something waits for a token. An example of a file: bahriya export.
    """
    declared = read(_document(file))
    with open_session() as session:
        steps = plan(session, declared)
        for change, _ in steps:
            output.line(_record(change), _sentence(change), as_json=asked.json)
        if not dry_run:
            insist(asked, session, named, lambda s: carry_out(s, steps))
    if not steps:
        output.say("all is as declared", as_json=asked.json)
    left = [change for change, _ in steps if dry_run or change.act == "wait"]
    return 1 if left else 0


def _document(file: str) -> object:
    import yaml

    text = _standard_input() if file == "-" else read_text(places(), Path(file).expanduser().absolute())
    try:
        return yaml.load(text, yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 1}" if mark is not None else ""
        raise BadInput(f"{file} is no YAML{where}", "look at the indentation there") from None


def _standard_input() -> str:
    with open(0, encoding="utf-8", errors="replace", closefd=False) as file:
        return file.read()


def _record(change: Change) -> records.Change:
    return {
        "action": change.act,
        "kind": change.kind,
        "project": change.project,
        "name": change.name,
        "fields": {name: {"from": old, "to": new} for name, old, new in change.fields},
        "why": change.why or None,
    }


def _sentence(change: Change) -> str:
    where = f" of project {change.project}" if change.project else ""
    differing = ", ".join(f"{name}: {_shown(old)} -> {_shown(new)}" for name, old, new in change.fields)
    return f"{_SIGNS[change.act]} {change.kind} {change.name}{where}" + "".join(
        f": {part}" for part in (differing, change.why) if part
    )


def _shown(value: Any) -> str:
    if isinstance(value, tuple):
        return "[" + ", ".join(_shown(one) for one in value) + "]"
    return str(getattr(value, "name", value)) if value not in (None, "") else "none"
