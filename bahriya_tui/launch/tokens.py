"""Gets a token sealed without touching it: a reader process takes it from where it is, and seals it."""

import json
import os
import stat
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Literal

from bahriya_tui.launch.environment import allowed
from bahriya_tui.launch.process import answer_of
from bahriya_tui.model.errors import BadInput, NotFound
from bahriya_tui.places import Places
from bahriya_tui.vault.context import CredentialContext
from bahriya_tui.vault.record import Sealed

ReadToken = Callable[[CredentialContext], Sealed]
"""Reads a token and gives it sealed for the context; raises `BadInput`, `Failed` or `Cancelled`."""


@dataclass(frozen=True, slots=True)
class TokenSource:
    """Where a token comes from; `argument` is the file's path, or the command."""

    kind: Literal["stdin", "file", "command", "terminal"]
    argument: str = ""


def token_reader(source: TokenSource, places: Places) -> ReadToken:
    """Give what starts a reader process for `source`; the keys must exist by the time it is called."""

    def read(context: CredentialContext) -> Sealed:
        request = {"source": asdict(source), "context": asdict(context), "keys": str(places.public_keys)}
        # A command may need anything of the environment to unlock a password manager.
        environment = dict(os.environ) if source.kind == "command" else allowed(os.environ)
        with _standard_input(source) as stdin:
            answer = json.loads(
                answer_of(
                    "bahriya_tui.launch.reader",
                    [json.dumps(request)],
                    stdin=stdin,
                    environment=environment,
                    timeout=None,
                )
            )
        return Sealed(bytes.fromhex(answer["sealed"]), bytes.fromhex(answer["recovery"]))

    return read


@contextmanager
def _standard_input(source: TokenSource) -> Iterator[int | None]:
    """Give what the reader inherits. Files are opened here, for `<(command)` exists in this process only."""
    if source.kind != "file":
        yield subprocess.DEVNULL if source.kind == "terminal" else None
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
