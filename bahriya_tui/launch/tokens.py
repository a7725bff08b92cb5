"""Has a token read and sealed in a process of its own; this process sees the sealed bytes only."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Literal

from bahriya_tui.launch.environment import scrubbed
from bahriya_tui.model.errors import BadInput, Failed
from bahriya_tui.places import Places
from bahriya_tui.vault.context import CredentialContext

ReadToken = Callable[[CredentialContext], bytes]
"""Reads a token for a context and gives it sealed; raises `BadInput` or `Failed`."""


@dataclass(frozen=True, slots=True)
class TokenSource:
    """Where the token comes from: standard input, a file, a command's output, or the terminal."""

    kind: Literal["stdin", "file", "command", "terminal"]
    argument: str = ""


def token_reader(source: TokenSource, places: Places) -> ReadToken:
    """Give a function that has one token read from `source` and sealed with the vault's public key."""

    def read(context: CredentialContext) -> bytes:
        order = {
            "source": asdict(source),
            "context": asdict(context),
            "public_keys": str(places.public_keys),
        }
        command = [sys.executable, "-I", "-m", "bahriya_tui.launch.reader", json.dumps(order)]
        done = subprocess.run(
            command,
            stdin=None if source.kind == "stdin" else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=scrubbed(prefixes=("XDG_",)),
            check=False,
        )
        return _sealed(done.stdout)

    return read


def _sealed(answer: bytes) -> bytes:
    try:
        found = json.loads(answer)
    except ValueError:
        raise Failed("the password could not be read", "try again; nothing was stored") from None
    if "sealed" in found:
        return bytes.fromhex(found["sealed"])
    kind = BadInput if found.get("bad_input") else Failed
    raise kind(found["message"], found["hint"])
