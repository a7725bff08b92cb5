"""The reader process: takes one token from where it is told, seals it, prints the sealed bytes, and exits.

The only process besides the opener in which a plaintext token exists. It prints one JSON object:
`{"sealed": HEX}`, or `{"message", "hint", "bad_input"}`. Exit is the discard.
"""

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

from bahriya_tui.launch.isolation import isolate
from bahriya_tui.launch.terminal import read_line
from bahriya_tui.model.errors import BadInput, BahriyaError, Failed
from bahriya_tui.vault.context import CredentialContext
from bahriya_tui.vault.keys import find_public
from bahriya_tui.vault.record import MAX_TOKEN
from bahriya_tui.vault.seal import seal

_COMMAND_SECONDS = 30


def main(arguments: list[str]) -> None:
    """Follow the order in the only argument; never let an exception show what was read."""
    isolate()
    try:
        order = json.loads(arguments[0])
        context = CredentialContext(**order["context"])
        public = find_public(Path(order["public_keys"]))
        answer: dict[str, Any] = {"sealed": seal(_token(order["source"], context), context, public).hex()}
    except BahriyaError as error:
        answer = {
            "message": error.message,
            "hint": error.hint,
            "bad_input": isinstance(error, BadInput),
        }
    except Exception as error:
        reason = f"the password could not be read ({type(error).__name__})"
        answer = {"message": reason, "hint": "nothing was stored", "bad_input": False}
    sys.stdout.write(json.dumps(answer))
    sys.stdout.flush()
    os._exit(0)


def _token(source: dict[str, str], context: CredentialContext) -> bytearray:
    match source["kind"]:
        case "stdin":
            return _without_newline(_all_of(sys.stdin.fileno()))
        case "file":
            return _without_newline(_file(source["argument"]))
        case "command":
            return _without_newline(_command(source["argument"]))
        case _:
            return read_line(f"Password of {context.username} at {context.server}: ")


def _all_of(descriptor: int) -> bytearray:
    """Read to the end, or to the first byte that is certainly too many."""
    token = bytearray()
    while len(token) <= MAX_TOKEN + 2 and (piece := os.read(descriptor, 65536)):
        token += piece
    return token


def _file(path: str) -> bytearray:
    try:
        descriptor = os.open(Path(path).expanduser(), os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        raise BadInput(
            f"the password file {path} cannot be read ({error.strerror})", "name another"
        ) from None
    try:
        return _all_of(descriptor)
    except OSError as error:
        raise BadInput(
            f"the password file {path} cannot be read ({error.strerror})", "name another"
        ) from None
    finally:
        os.close(descriptor)


def _command(line: str) -> bytearray:
    try:
        words = shlex.split(line)
        done = subprocess.run(
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_COMMAND_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Failed(
            f"the password command took longer than {_COMMAND_SECONDS} s", "run it by hand"
        ) from None
    except (OSError, ValueError, IndexError):
        raise BadInput(f"the password command {line!r} cannot be run", "run it by hand") from None
    if done.returncode != 0:
        raise Failed(f"the password command ended with {done.returncode}", "run it by hand to see why")
    return bytearray(done.stdout)


def _without_newline(token: bytearray) -> bytearray:
    """Take off the one line end that files and `echo` add; blanks stay, they may be meant."""
    if token.endswith(b"\n"):
        del token[-1:]
        if token.endswith(b"\r"):
            del token[-1:]
    return token


if __name__ == "__main__":
    main(sys.argv[1:])
