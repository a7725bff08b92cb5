"""Where the vault's processes get passphrases and recovery keys: the terminal, or lines of standard input."""

import os

from bahriya_tui.launch.terminal import ask
from bahriya_tui.model.errors import BadInput

_MOST = 65536


class Answers:
    """Answers to questions, one after the other: asked on the terminal, or the lines of a descriptor."""

    def __init__(self, descriptor: int | None = None) -> None:
        self._lines = None if descriptor is None else _read_lines(descriptor)

    def secret(self, question: str) -> bytes:
        """Ask for something that is not shown; `KeyboardInterrupt` when the operator cancels."""
        if self._lines is None:
            typed = ask(f"{question}: ", "give it on standard input: --passphrase-stdin or --key-stdin")
            if typed is None:
                raise KeyboardInterrupt
            return bytes(typed)
        if not self._lines:
            raise BadInput(f"standard input has no line for the {question}", "give one line for each")
        return self._lines.pop(0)

    def new_passphrase(self) -> bytes:
        """Ask for a new passphrase, on the terminal twice; `BadInput` for an empty one."""
        passphrase = self.secret("new passphrase")
        if not passphrase:
            raise BadInput("an empty passphrase protects nothing", "nothing was changed")
        if self._lines is None and self.secret("new passphrase again") != passphrase:
            raise BadInput("the two passphrases differ", "nothing was changed")
        return passphrase


def from_arguments(arguments: list[str]) -> Answers:
    """Read standard input when the arguments say so."""
    return Answers(0 if "--stdin" in arguments else None)


def _read_lines(descriptor: int) -> list[bytes]:
    if os.isatty(descriptor):
        raise BadInput("standard input is a terminal, which would show what is typed", "pipe it in")
    found = b""
    while len(found) <= _MOST and (part := os.read(descriptor, _MOST)):
        found += part
    return found.splitlines()
