"""`python -I -m bahriya_tui.reader.token REQUEST`: reads one token, seals it, prints it sealed, ends.

Nothing of it may get into an error, and exit is the discard: there is no way out but `os._exit`.
"""

from bahriya_tui.isolation.undumpable import make_undumpable

make_undumpable()

import json  # noqa: E402
import os  # noqa: E402
import shlex  # noqa: E402
import signal  # noqa: E402
import subprocess  # noqa: E402
import sys  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import IO, Any  # noqa: E402

from bahriya_tui.model.errors import BadInput, Failed  # noqa: E402
from bahriya_tui.reader.sealing import Line, sealed_line  # noqa: E402
from bahriya_tui.sharing import OWNER_ALONE  # noqa: E402
from bahriya_tui.terminal.asking import ask, ask_unseen  # noqa: E402
from bahriya_tui.throwaway import run, say  # noqa: E402
from bahriya_tui.vault.context import CredentialContext  # noqa: E402
from bahriya_tui.vault.keys import find_public, find_recovery  # noqa: E402
from bahriya_tui.vault.record import MAX_TOKEN  # noqa: E402


def main(argument: str) -> Line:
    """Answer one request."""
    # Held back until now, and to be had by the programs that are run from here.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    request: dict[str, Any] = json.loads(argument)
    context = CredentialContext(**request["context"])
    folder = Path(request["keys"])
    keys = find_public(folder), find_recovery(folder)
    token = _read(request["source"], context)
    return sealed_line(without_newline(token), context, *keys)


def without_newline(token: bytearray) -> bytearray:
    """Drop the one line end that editors and `echo` add; raise `BadInput` for what is no token."""
    for end in (b"\r\n", b"\n"):
        if token.endswith(end):
            del token[-len(end) :]
            break
    try:
        token.decode()
    except UnicodeDecodeError:
        raise BadInput(
            "the token is not UTF-8 text", "registries take text only; look at its source"
        ) from None
    return token


def _read(source: dict[str, str], context: CredentialContext) -> bytearray:
    """Read the token from its source; raises `Cancelled`, `BadInput` or `Failed`."""
    if source["kind"] == "screen":
        return ask_unseen(say)
    if source["kind"] == "terminal":
        return ask(f"token of {context.username} at {context.server}: ")
    if source["kind"] == "command":
        return _output_of(source["argument"])
    if source["kind"] == "stdin" and os.isatty(0):
        raise BadInput("standard input is a terminal, which would show the token", "pipe the token in")
    return _bounded(sys.stdin.buffer)


def _output_of(command: str) -> bytearray:
    """Run a command, split as by a shell but without one, and take what it prints."""
    try:
        words = shlex.split(command)
    except ValueError:
        words = []
    if not words:
        raise BadInput("the password command cannot be split into words", "look at its quotes")
    try:
        process = subprocess.Popen(words, stdout=subprocess.PIPE, umask=OWNER_ALONE)
    except OSError as error:
        raise BadInput(
            f"{words[0]} cannot be run ({error.strerror})", "look at the password command"
        ) from None
    with process:
        assert process.stdout is not None  # noqa: S101
        token = _bounded(process.stdout)
        process.stdout.close()
        code = process.wait()
    # One that still printed is ended by its closed pipe; its token is refused for its length anyway.
    if code != 0 and len(token) <= MAX_TOKEN:
        raise Failed(f"the password command {words[0]} ended with {code}", "run it yourself to see why")
    return token


def _bounded(file: IO[bytes]) -> bytearray:
    """Read to the end, but no more than shows that it is too long."""
    return bytearray(file.read(MAX_TOKEN + 3))


if __name__ == "__main__":
    run(lambda: main(sys.argv[1]), "reader")
