"""`bahriya registry import`: takes logins from the files of Docker and Podman, and from their helpers."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bahriya_tui.cli import output, records
from bahriya_tui.cli.options import Common, common, opened
from bahriya_tui.cli.unlocking import unlocked
from bahriya_tui.model.errors import BadInput, BahriyaError, Cancelled, Failed, InUse, NotFound
from bahriya_tui.model.importing import FoundLogin, Planned
from bahriya_tui.operations.import_logins import plan_import, take_login

if TYPE_CHECKING:
    from bahriya_tui.launch.imports import Import, LoginSource
    from bahriya_tui.operations.prove import Connected
    from bahriya_tui.operations.session import Session

_COLUMNS = ["server", "username", "fate", "handle", "source", "reason"]


@click.command("import")
@click.option("--file", metavar="F", help="Take the logins in F; default: the usual files that exist.")
@click.option("--stdin", is_flag=True, help="Take the logins in standard input, as of a pull secret in JSON.")
@click.option("--only", multiple=True, metavar="SERVER", help="Leave out every other server.")
@click.option("--handle", "handles", multiple=True, metavar="SERVER=HANDLE", help="Call its registry so.")
@click.option("--no-check", is_flag=True, help="Store them without asking the registries.")
@common
def import_(
    asked: Common,
    file: str | None,
    stdin: bool,
    only: tuple[str, ...],
    handles: tuple[str, ...],
    no_check: bool,
) -> int:
    """Add the logins that Docker and Podman keep. They are read and sealed in a process of its own."""
    from bahriya_tui.launch.imports import looking_for_logins

    source, named = _source(file, stdin), dict(_pair(one) for one in handles)
    with opened(asked) as (session, project), looking_for_logins(session.places, source) as found:
        planned = plan_import(session, project, found.found, only=only, handles=named)
        new = [one for one in planned if one.fate == "new"]
        refused = [one for one in planned if one.fate == "refused"]
        missed = bool(refused) and (bool(only) or len(refused) == len(planned))
        _show(asked, planned, new)
        if not new:
            return 1 if missed else 0
        asked.confirm(_question(new))
        if not no_check:
            unlocked(asked, session)
        taken = [_take(asked, session, project, one, found, check=not no_check) for one in new]
        return 0 if all(taken) and not missed else 1


def _source(file: str | None, stdin: bool) -> "LoginSource":
    from bahriya_tui.launch.imports import LoginSource

    if file is not None and stdin:
        raise BadInput("the logins are to come from two places", "give --file or --stdin")
    if file is not None:
        path = Path(file).expanduser().absolute()
        if not path.exists():
            raise NotFound(f"there is no file {file}", "name a file that Docker or Podman keeps logins in")
        return LoginSource("file", str(path))
    return LoginSource("stdin" if stdin else "usual files")


def _pair(text: str) -> tuple[str, str]:
    server, equals, handle = text.rpartition("=")
    if not equals or not server or not handle:
        raise BadInput("--handle names no server and handle", "write it as --handle ghcr.io=team")
    return server, handle


def _show(asked: Common, planned: list[Planned], new: list[Planned]) -> None:
    """Tell what will be done; what will not be done is told for good, so scripts have it here alone."""
    if asked.json:
        for one in planned:
            if one.fate != "new" or not asked.yes:
                output.line(_record(one), "", as_json=True)
        return
    if not planned:
        output.note("no logins were found")
        return
    output.table([_record(one) for one in planned], _COLUMNS)
    for one in new:
        for sentence in one.login.notes:
            output.note(f"{one.login.key}: {sentence}")


def _question(new: list[Planned]) -> str:
    helpers = sorted({one.login.helper for one in new if one.login.helper})
    runs = f" This runs {', '.join(helpers)}." if helpers else ""
    return f"{'1 registry' if len(new) == 1 else f'{len(new)} registries'} will be added.{runs} Go on?"


def _take(
    asked: Common, session: "Session", project: str, one: Planned, found: "Import", *, check: bool
) -> bool:
    """Add one; tell what became of it, and whether that is well."""
    number = one.login.number
    try:
        done = take_login(
            session,
            project,
            one.handle,
            one.login,
            found.read_token(number),
            resolved=found.resolved,
            check=check,
        )
    except Cancelled:
        raise
    except InUse as there:
        record: records.LoginTaken = {**_record(one), "fate": "there", "handle": "", "reason": there.hint}
        output.line(record, str(there), as_json=asked.json)
        return True
    except BahriyaError as error:
        if asked.json:
            failed: records.LoginTaken = {**_record(one), "fate": "failed", "reason": str(error)}
            output.line(failed, "", as_json=True)
        else:
            output.failure(error.message, error.hint, Failed.exit_code, as_json=False)
        return False
    told_taken(asked, one.login, done)
    return True


def told_taken(asked: Common, login: FoundLogin, done: "Connected") -> None:
    """Tell of a registry that was added."""
    made = done.registry
    record: records.LoginTaken = {
        "source": login.source,
        "key": login.key,
        "server": made.server,
        "username": made.username,
        "helper": login.helper or None,
        "fate": "added",
        "handle": made.handle,
        "reason": "",
        "version": made.version,
        "login": None if done.check is None else done.check.login,
        "notes": list(done.notes),
    }
    if not asked.json:
        # Those of the login itself stood below the plan.
        for sentence in done.notes[len(login.notes) :]:
            output.note(sentence)
    proven = "" if done.check is None else f", login {done.check.login}"
    words = f"registry {made.handle} was added: v{made.version}, {made.username} at {made.server}{proven}"
    output.line(record, words, as_json=asked.json)


def _record(one: Planned) -> records.LoginTaken:
    login = one.login
    through = f"asked of {login.helper}" if login.helper else ""
    return {
        "source": login.source,
        "key": login.key,
        "server": login.server or login.key,
        "username": login.username,
        "helper": login.helper or None,
        "fate": one.fate,
        "handle": one.handle,
        "reason": one.reason or through,
        "version": None,
        "login": None,
        "notes": list(login.notes),
    }
