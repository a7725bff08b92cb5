"""`bahriya` in a pseudo-terminal: keys go in, the screen and the memory of the processes can be read."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pyte

from tests.processes import children, read

DEADLINE = 120.0
BAHRIYA = (sys.executable, "-m", "bahriya_tui")
_WITH_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""
# The emulator does not know it, and would show its end as text.
_KITTY = re.compile(rb"\x1b\[=\d+u")


class Terminal:
    """The outer end of the pseudo-terminal, and the processes behind it."""

    def __init__(self, environment: dict[str, str], command: Sequence[str] = BAHRIYA) -> None:
        self.ours, self._theirs = pty.openpty()
        self.screen = pyte.Screen(100, 30)
        self._stream = pyte.ByteStream(self.screen)
        self.sent = b""
        """Everything the terminal was sent."""
        self._set_size(30, 100)
        self.modes = self.current_modes()
        self.process = subprocess.Popen(
            [sys.executable, "-c", _WITH_TERMINAL, *command],
            stdin=self._theirs,
            stdout=self._theirs,
            stderr=self._theirs,
            env={**environment, "TERM": "xterm-256color"},
            start_new_session=True,
        )

    def press(self, keys: str | bytes) -> None:
        """Type, however much it is."""
        left = keys.encode() if isinstance(keys, str) else keys
        while left:
            left = left[os.write(self.ours, left[:512]) :]
            self.take()

    def until(self, *words: str) -> None:
        """Wait until all `words` stand on the screen."""
        self.wait(lambda: all(word in self.text for word in words), words)

    def until_sent(self, sequence: bytes) -> None:
        """Wait until the terminal was sent `sequence`."""
        self.wait(lambda: sequence in self.sent, sequence)

    def wait(self, condition: Any, what: object) -> None:
        """Wait until `condition` holds."""
        until = time.monotonic() + DEADLINE
        while not condition():
            assert time.monotonic() < until, f"never: {what!r}\n{self.text}"
            self.take(0.05)

    def take(self, seconds: float = 0.0) -> None:
        """Take what is sent within `seconds`."""
        while select.select([self.ours], [], [], seconds)[0]:
            read = os.read(self.ours, 65536)
            self.sent += read
            self.feed(read)
            seconds = 0.0

    def feed(self, read: bytes) -> None:
        """Let the emulated screen show what was sent."""
        self._stream.feed(_KITTY.sub(b"", read))

    @property
    def text(self) -> str:
        """What stands on the screen."""
        return "\n".join(line.rstrip() for line in self.screen.display)

    def resize(self, rows: int, columns: int) -> None:
        """Change the size, as a window does."""
        self.screen.resize(rows, columns)
        self._set_size(rows, columns)

    def _set_size(self, rows: int, columns: int) -> None:
        fcntl.ioctl(self._theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def current_modes(self) -> list[Any]:
        """Give what `stty -a` shows."""
        return termios.tcgetattr(self._theirs)

    def echoes(self) -> bool:
        """Tell whether the terminal shows by itself what is typed."""
        return bool(self.current_modes()[3] & termios.ECHO)

    def ended(self) -> int:
        """Wait for the end and give the exit code; take what is sent meanwhile."""
        self.wait(lambda: self.process.poll() is not None, "the end")
        self.take()
        return self.process.returncode

    def hang_up(self) -> None:
        """Close the terminal, as a lost connection does."""
        os.close(self._theirs)
        os.close(self.ours)
        self.ours = self._theirs = -1

    def close(self) -> None:
        """End what still runs."""
        self.process.kill()
        self.process.wait()
        if self.ours >= 0:
            self.hang_up()


@contextmanager
def on_terminal(environment: dict[str, str], command: Sequence[str] = BAHRIYA) -> Iterator[Terminal]:
    """Run `command` in a terminal until the block ends."""
    terminal = Terminal(environment, command)
    try:
        yield terminal
    finally:
        terminal.close()


def commands(process: int) -> dict[int, str]:
    """Give the command lines of a process's living children by their ids."""
    return {child: read(child, "cmdline").replace(b"\0", b" ").decode() for child in children(process)}


def reader_of(process: int) -> int:
    """Give the process that reads keys for the screens that `process` supervises."""
    (reader,) = [child for child, command in commands(process).items() if "reader.token" in command]
    return reader
