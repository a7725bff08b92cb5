"""Asks for a token on the terminal itself: nothing of it is echoed, and no other process reads it."""

import os
import signal
import termios
from collections.abc import Iterator
from contextlib import contextmanager

from bahriya_tui.launch.entry import Entry
from bahriya_tui.model.errors import BadInput

MOST_BULLETS = 24
"""A longer token shows no more of them: its length is nobody's business."""
_PASTE_ON, _PASTE_OFF = b"\x1b[?2004h", b"\x1b[?2004l"


def ask(prompt: str) -> bytearray | None:
    """Read a token; None when the operator cancels with Ctrl-C. `BadInput` without a terminal."""
    try:
        terminal = os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC)
    except OSError:
        raise BadInput("there is no terminal to ask on", "use --password-stdin") from None
    shown = "".join(char if char.isprintable() else "?" for char in prompt).encode()
    entry = Entry()
    try:
        with _raw(terminal):
            _draw(terminal, shown, 0)
            while not (entry.done or entry.cancelled):
                read = os.read(terminal, 1024)
                if not read:
                    return None
                for byte in read:
                    if not (entry.done or entry.cancelled):
                        entry.feed(byte)
                _draw(terminal, shown, min(entry.length, MOST_BULLETS))
    except InterruptedError:
        return None
    finally:
        os.close(terminal)
    return None if entry.cancelled else entry.token


def _draw(terminal: int, prompt: bytes, bullets: int) -> None:
    os.write(terminal, b"\r" + prompt + _bullet() * bullets + b"\x1b[K")


def _bullet() -> bytes:
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_CTYPE") or os.environ.get("LANG") or ""
    return "•".encode() if "UTF" in locale.upper() else b"*"


@contextmanager
def _raw(terminal: int) -> Iterator[None]:
    """Take every key as it comes, without echo or signals; put the terminal back however this ends.

    What was typed before and after is thrown away: it must not reach a shell that would show it.
    """

    def stop(_number: int, _frame: object) -> None:
        raise InterruptedError

    before = termios.tcgetattr(terminal)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    raw = termios.tcgetattr(terminal)
    raw[0] &= ~(termios.ICRNL | termios.INLCR | termios.IXON | termios.ISTRIP)
    raw[3] &= ~(termios.ECHO | termios.ECHONL | termios.ICANON | termios.ISIG | termios.IEXTEN)
    raw[6][termios.VMIN], raw[6][termios.VTIME] = 1, 0
    try:
        termios.tcsetattr(terminal, termios.TCSAFLUSH, raw)
        os.write(terminal, _PASTE_ON)
        yield
    finally:
        os.write(terminal, _PASTE_OFF + b"\r\n")
        termios.tcsetattr(terminal, termios.TCSAFLUSH, before)
