"""Where the vault's processes get passphrases and recovery keys: the terminal, or lines of standard input."""

import os
from collections.abc import Callable

from bahriya_tui.model.errors import BadInput
from bahriya_tui.terminal.asking import ask, ask_unseen
from bahriya_tui.throwaway import say

_MOST = 65536
Ask = Callable[[str], bytearray]


class Answers:
    """Answers to questions, one after the other: asked for, or the lines of a descriptor."""

    def __init__(self, descriptor: int | None = None, ask: Ask | None = None) -> None:
        self._lines = None if descriptor is None else _read_lines(descriptor)
        self._ask = ask or _ask_on_terminal

    def secret(self, question: str) -> bytes:
        """Ask for something that is not shown; `Cancelled` when the operator cancels."""
        if self._lines is None:
            return bytes(self._ask(f"{question}: "))
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
    """Take the source that the arguments name: `--stdin`, `--screen`, or else the terminal."""
    if "--stdin" in arguments:
        return Answers(0)
    return Answers(ask=_ask_for_screen) if "--screen" in arguments else Answers()


def _ask_on_terminal(question: str) -> bytearray:
    option = "--key-stdin" if question.startswith("recovery key") else "--passphrase-stdin"
    return ask(question, f"give it on standard input: {option}")


def _ask_for_screen(question: str) -> bytearray:
    """Let who draws say what is asked for; questions come one after the other."""
    say({"question": question.removesuffix(": ")})
    return ask_unseen(say)


def _read_lines(descriptor: int) -> list[bytes]:
    if os.isatty(descriptor):
        raise BadInput("standard input is a terminal, which would show what is typed", "pipe it in")
    found = b""
    while len(found) <= _MOST and (part := os.read(descriptor, _MOST)):
        found += part
    return found.splitlines()
