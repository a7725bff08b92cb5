"""The screens in a real terminal: what happens there when the token is asked for."""

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pyte
import pytest

from tests.operator import Operator

_DEADLINE = 30.0
_SIZE = (30, 100)


class Terminal:
    """`bahriya` in a pseudo-terminal: keys go in, the screen can be read."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", *_SIZE, 0, 0))
        self.screen = pyte.Screen(_SIZE[1], _SIZE[0])
        self._stream = pyte.ByteStream(self.screen)
        self.process = subprocess.Popen(
            [sys.executable, "-c", _WITH_TERMINAL, sys.executable, "-m", "bahriya_tui"],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env={**environment, "TERM": "xterm-256color"},
            start_new_session=True,
        )
        os.close(theirs)

    def press(self, keys: str) -> None:
        """Type."""
        os.write(self.ours, keys.encode())

    def until(self, words: str) -> None:
        """Wait until `words` stand on the screen."""
        until = time.monotonic() + _DEADLINE
        while words not in "\n".join(self.screen.display):
            left = until - time.monotonic()
            assert left > 0, "\n".join(line.rstrip() for line in self.screen.display)
            if select.select([self.ours], [], [], min(left, 0.5))[0]:
                self._stream.feed(os.read(self.ours, 65536))

    def echoes(self) -> bool:
        """Tell whether the terminal shows by itself what is typed."""
        return bool(termios.tcgetattr(self.ours)[3] & termios.ECHO)

    def close(self) -> None:
        """Hang up."""
        self.process.kill()
        self.process.wait()
        os.close(self.ours)


_WITH_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""


@pytest.fixture
def terminal(operator: Operator, tmp_path: Path) -> Iterator[Terminal]:
    operator.run("project", "add", "shop")
    started = Terminal(operator.environment)
    yield started
    started.close()


def ask_for_token(terminal: Terminal) -> None:
    terminal.until("1 Registries")
    terminal.press("n")
    terminal.until("New registry")
    terminal.press("ghcr\tghcr.io\tbot\r")
    terminal.until("token of bot at ghcr.io")


@pytest.mark.parametrize(("keys", "words"), [("\x03", "cancelled"), ("\r", "the token is empty")])
def test_the_screens_come_back_when_no_token_is_given(terminal: Terminal, keys: str, words: str) -> None:
    ask_for_token(terminal)

    terminal.press(keys)

    terminal.until(words)
    terminal.until("New registry")
    assert not terminal.echoes()


def test_a_typed_token_never_reaches_the_screen(terminal: Terminal, operator: Operator, canary: str) -> None:
    ask_for_token(terminal)

    terminal.press(canary[:-1])
    terminal.until("•••")
    assert not terminal.echoes()
    terminal.press(canary[-1] + "\r")

    terminal.until("Registry ghcr was added")
    assert canary[:12] not in "\n".join(terminal.screen.display)
    assert canary.encode() not in operator.written()
