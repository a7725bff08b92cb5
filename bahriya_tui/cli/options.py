"""Options that every command takes, and how a token is named without ever standing on a command line."""

import functools
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bahriya_tui.model.errors import BadInput, NotFound

if TYPE_CHECKING:
    from bahriya_tui.launch.tokens import ReadToken, SealedToken
    from bahriya_tui.operations.session import Session
    from bahriya_tui.places import Places
    from bahriya_tui.vault.context import CredentialContext

Command = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Common:
    """What was said with the options that every command takes."""

    project: str | None
    json: bool
    yes: bool
    no_input: bool

    @property
    def may_ask(self) -> bool:
        """Tell whether somebody is there to answer a question."""
        return not self.no_input and sys.stdin.isatty()

    def confirm(self, question: str) -> None:
        """Ask before something is destroyed; `BadInput` when nobody can answer and `--yes` was not given."""
        if self.yes:
            return
        self._require_terminal()
        if not click.confirm(question, err=True):
            raise BadInput("not confirmed", "nothing was changed")

    def confirm_by_name(self, question: str, name: str) -> None:
        """Ask to type `name` before something dangerous is done."""
        if self.yes:
            return
        self._require_terminal()
        if not self.typed(question, name):
            raise BadInput("the name that was typed is another one", "nothing was changed")

    def typed(self, question: str, name: str) -> bool:
        """Ask to type `name` and tell whether that was done; only where somebody may be asked."""
        prompt = f"{question}\nType {name} to go on"
        return str(click.prompt(prompt, err=True, default="", show_default=False)).strip() == name

    def _require_terminal(self) -> None:
        if not self.may_ask:
            raise BadInput("this needs a confirmation, and nobody can be asked", "add --yes if it is meant")


def common(function: Command) -> Command:
    """Give a command the options that all have; they reach it as its first argument."""

    @functools.wraps(function)
    def wrapped(project: str | None, as_json: bool, yes: bool, no_input: bool, **rest: Any) -> Any:
        return function(Common(project, as_json, yes, no_input), **rest)

    for option in (
        click.option("--no-input", is_flag=True, help="Never ask anything."),
        click.option("--yes", "-y", is_flag=True, help="Answer yes to every question."),
        click.option("--json", "as_json", is_flag=True, help="Answer in JSON."),
        click.option("--project", metavar="P", help="Project; default: $BAHRIYA_PROJECT, or the only one."),
    ):
        wrapped = option(wrapped)
    return wrapped


@contextmanager
def opened(asked: Common, *, to_look: bool = False) -> "Iterator[tuple[Session, str]]":
    """Open a session, with the handle of the project that is meant.

    One that is `to_look` sees the store as of one instant, and SQLite refuses whatever writes to it.
    """
    from bahriya_tui.operations.projects import choose_project
    from bahriya_tui.operations.session import looking, open_session

    with open_session() as session, looking(session) if to_look else nullcontext(session) as chosen:
        yield chosen, choose_project(chosen, asked.project).handle


def token_options(function: Command) -> Command:
    """Give a command the three ways to name a token's source."""
    for option in (
        click.option("--password-command", metavar="C", help="Run C and take what it prints."),
        click.option("--password-file", metavar="F", help="Take the content of file F."),
        click.option("--password-stdin", is_flag=True, help="Take standard input to its end."),
    ):
        function = option(function)
    return function


def reader_of_token(
    asked: Common,
    places: "Places",
    password_stdin: bool,
    password_file: str | None,
    password_command: str | None,
    wanted: str = "no password was given",
) -> "ReadToken":
    """Choose where the token comes from; without any option it is asked for on the terminal.

    `wanted` says why there has to be one, for when nobody can be asked.
    """
    from bahriya_tui.launch.tokens import TokenSource, token_reader

    if sum((password_stdin, password_file is not None, password_command is not None)) > 1:
        raise BadInput("the password is to come from two places", "give one --password-... option")
    if password_stdin:
        return token_reader(TokenSource("stdin"), places)
    if password_file is not None:
        path = Path(password_file).expanduser().absolute()
        if not path.exists():
            raise NotFound(f"there is no file {password_file}", "name the file that holds the password")
        return token_reader(TokenSource("file", str(path)), places)
    if password_command is not None:
        return token_reader(TokenSource("command", password_command), places)
    if not asked.may_ask:
        raise BadInput(
            f"{wanted}, and nobody can be asked",
            "use --password-stdin, --password-file or --password-command",
        )
    return _told_first(token_reader(TokenSource("terminal"), places))


def _told_first(read: "ReadToken") -> "ReadToken":
    """Say which token is wanted before it is asked for."""
    from bahriya_tui.cli import output
    from bahriya_tui.model.hints import wanted

    def told(context: "CredentialContext") -> "SealedToken":
        if words := wanted(context.server, context.username):
            output.note(words)
        return read(context)

    return told
