"""Gets a token sealed without touching it: a reader process takes it from where it is, and seals it."""

import json
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Literal

from bahriya_tui.launch.call import answer_of, lines_of
from bahriya_tui.launch.channel import Line
from bahriya_tui.launch.environment import allowed
from bahriya_tui.launch.process import lifeline, run_process
from bahriya_tui.launch.verbs import Typed, path_was_typed, value_was_typed, was_typed
from bahriya_tui.model.errors import BadInput, NotFound
from bahriya_tui.model.token import NO_FACTS, TokenFacts, facts_in
from bahriya_tui.places import Places
from bahriya_tui.vault.context import CredentialContext
from bahriya_tui.vault.record import Sealed


@dataclass(frozen=True, slots=True)
class SealedToken:
    """A token as the reader gives it back: sealed, and what it showed of itself before."""

    sealed: Sealed
    facts: TokenFacts = NO_FACTS


ReadToken = Callable[[CredentialContext], SealedToken]
"""Reads a token and gives it sealed for the context; raises `BadInput`, `Failed` or `Cancelled`."""

_BY_HAND = ("terminal", "screen")


@dataclass(frozen=True, slots=True)
class TokenSource:
    """Where a token comes from; `argument` is the file's path, or the command."""

    kind: Literal["stdin", "file", "command", "terminal", "screen"]
    """`screen` takes the keys of the terminal too, but leaves all drawing to who asked."""
    argument: str = ""


def token_reader(source: TokenSource, places: Places) -> ReadToken:
    """Give what has a token read from `source`; the keys must exist by the time it is called."""

    def read(context: CredentialContext) -> SealedToken:
        return sealed_in(answer_of(places, "read_token", _request(source, context)))

    return read


def token_lines(source: TokenSource, places: Places, context: CredentialContext) -> Iterator[Line]:
    """Have a token read and give the reader's lines as they come; the last one holds what was sealed."""
    return lines_of(places, "read_token", _request(source, context))


def sealed_in(line: Line) -> SealedToken:
    """Read the last line."""
    sealed = Sealed(bytes.fromhex(line["sealed"]), bytes.fromhex(line["recovery"]))
    return SealedToken(sealed, facts_in(line["facts"]))


def _request(source: TokenSource, context: CredentialContext) -> Line:
    return {"source": asdict(source), "context": asdict(context)}


def perform_read_token(places: Places, argument: Line, typed: Typed) -> Iterator[Line]:
    """Start the reader that takes the token from where the operator said."""
    source = TokenSource(**argument["source"])
    _refuse_what_nobody_typed(source, typed)
    request = {**argument, "keys": str(places.public_keys)}
    # A command may need anything of the environment to unlock a password manager.
    environment = dict(os.environ) if source.kind == "command" else allowed(os.environ)
    with _standard_input(source) as stdin:
        yield from run_process(
            "bahriya_tui.reader.token",
            [json.dumps(request)],
            stdin=stdin,
            environment=environment,
            timeout=None,
        )


def _refuse_what_nobody_typed(source: TokenSource, typed: Typed) -> None:
    if source.kind == "file":
        asked = path_was_typed("--password-file", source.argument, typed)
    elif source.kind == "command":
        asked = value_was_typed("--password-command", source.argument, typed)
    else:
        asked = source.kind in _BY_HAND or was_typed("--password-stdin", typed)
    if not asked:
        raise BadInput(f"the password {source.kind} is not on the command line", "start the command anew")


@contextmanager
def _standard_input(source: TokenSource) -> Iterator[int | None]:
    """Give what the reader inherits. Files are opened here, for `<(command)` exists in this process only."""
    if source.kind in _BY_HAND:
        with lifeline() as descriptor:
            yield descriptor
        return
    if source.kind != "file":
        yield None
        return
    try:
        descriptor = os.open(source.argument, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        raise NotFound(f"there is no file {source.argument}", "name the file that holds the token") from None
    except OSError as error:
        raise BadInput(
            f"file {source.argument} cannot be read ({error.strerror})", "look at its mode"
        ) from None
    try:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise BadInput(f"{source.argument} is a folder", "name the file that holds the token")
        yield descriptor
    finally:
        os.close(descriptor)
