"""Asks for secrets on the terminal itself: nothing of them is echoed, and no other process reads them."""

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


_PAGE_ON, _PAGE_OFF = b"\x1b[?1049h\x1b[2J\x1b[H", b"\x1b[2J\x1b[?1049l"


def ask(prompt: str, otherwise: str = "use --password-stdin") -> bytearray | None:
    """Read a token; None when the operator cancels with Ctrl-C. `BadInput` without a terminal."""
    terminal = _open(otherwise)
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


def show_page(lines: list[str], otherwise: str) -> bool:
    """Show lines on a page of their own until Enter is pressed, then clear it; False when it was cancelled.

    `BadInput`, with `otherwise` as its hint, without a terminal.
    """
    terminal = _open(otherwise)
    try:
        with _raw(terminal):
            os.write(terminal, _PAGE_ON + "\r\n".join(lines).encode())
            try:
                while (read := os.read(terminal, 1024)) and not any(key in read for key in b"\r\n\x03\x04"):
                    pass
            finally:
                os.write(terminal, _PAGE_OFF)
    except InterruptedError:
        return False
    finally:
        os.close(terminal)
    return b"\r" in read or b"\n" in read


def _open(otherwise: str) -> int:
    try:
        return os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC)
    except OSError:
        raise BadInput("there is no terminal to ask on", otherwise) from None


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
