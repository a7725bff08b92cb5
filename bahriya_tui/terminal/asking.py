"""Takes secrets from the terminal itself: nothing of them is echoed, and no other process reads them.

It asks on a line of its own, or leaves all drawing to the program that owns the screen and tells it how many
bullets to show.
"""

import os
import select
import signal
import stat
import termios
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from bahriya_tui.model.errors import BadInput, Cancelled
from bahriya_tui.terminal.entry import Entry

MOST_BULLETS = 24
"""A longer token shows no more of them: its length is nobody's business."""
_ESCAPE_SECONDS = 0.3
"""How long an ESC may stand alone; what follows it may come late over a slow line."""
_LIFELINE = 0
"""Standard input, where that is a pipe: it ends when nobody waits for the token any more."""
_BY_PIPE = "use --password-stdin"
_PASTE_ON, _PASTE_OFF = b"\x1b[?2004h", b"\x1b[?2004l"
_PAGE_ON, _PAGE_OFF = b"\x1b[?1049h\x1b[2J\x1b[H", b"\x1b[2J\x1b[?1049l"


def ask(prompt: str, otherwise: str = _BY_PIPE) -> bytearray:
    """Show a prompt and read a secret.

    Raises `Cancelled`, and without a terminal `BadInput` that says what to do `otherwise`.
    """
    shown = "".join(char if char.isprintable() else "?" for char in prompt).encode()
    with _raw_terminal(otherwise) as terminal:
        os.write(terminal, _PASTE_ON)
        _draw(terminal, shown, 0)
        try:
            return _entered(terminal, lambda bullets: _draw(terminal, shown, bullets), Entry())
        finally:
            os.write(terminal, _PASTE_OFF + b"\r\n")


def ask_unseen(tell: Callable[[dict[str, Any]], None]) -> bytearray:
    """Read a token and write nothing to the terminal; raises what `ask` does.

    `tell` hears `{"ready": true}` when keys are taken, and `{"count": n}` whenever the bullets change. Two
    processes that both wrote to a terminal could break each other's sequences, so its modes stay as they are.
    """
    with _raw_terminal(_BY_PIPE) as terminal:
        tell({"ready": True})
        # Enter before anything was typed would close the dialog, and what is typed next would be seen.
        return _entered(terminal, lambda bullets: tell({"count": bullets}), Entry(may_be_empty=False))


def _entered(terminal: int, show: Callable[[int], object], entry: Entry) -> bytearray:
    """Take keys until Enter; `show` gets the number of bullets whenever it changes."""
    bullets = 0
    watched = [terminal, _LIFELINE] if stat.S_ISFIFO(os.fstat(_LIFELINE).st_mode) else [terminal]
    while not entry.ended:
        # Never without end: a signal that comes just before does not interrupt the call.
        ready, _, _ = select.select(watched, [], [], _ESCAPE_SECONDS)
        if terminal in ready:
            read = os.read(terminal, 1024)
            entry.feed(read)
        if _LIFELINE in ready or (terminal in ready and not read):
            raise _cancelled()
        if not ready:
            entry.pause()
        if bullets != min(entry.length, MOST_BULLETS):
            bullets = min(entry.length, MOST_BULLETS)
            show(bullets)
    if entry.cancelled:
        raise _cancelled()
    return entry.token


def _cancelled() -> Cancelled:
    return Cancelled("cancelled", "nothing was changed")


def show_page(lines: list[str], otherwise: str) -> None:
    """Show lines on a page of their own until Enter is pressed, then clear it; raises what `ask` does."""
    with _raw_terminal(otherwise) as terminal:
        os.write(terminal, _PAGE_ON + "\r\n".join(lines).encode())
        try:
            _entered(terminal, lambda _bullets: None, Entry())
        finally:
            os.write(terminal, _PAGE_OFF)


def _draw(terminal: int, prompt: bytes, bullets: int) -> None:
    os.write(terminal, b"\r" + prompt + _bullet() * bullets + b"\x1b[K")


def _bullet() -> bytes:
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_CTYPE") or os.environ.get("LANG") or ""
    return "•".encode() if "UTF" in locale.upper() else b"*"


@contextmanager
def _raw_terminal(otherwise: str) -> Iterator[int]:
    """Take every key as it comes, without echo or signals; put the terminal back however this ends.

    What was typed before and after is thrown away: it must reach neither a screen nor a shell.
    """

    def stop(_number: int, _frame: object) -> None:
        raise _cancelled()

    try:
        terminal = os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC)
    except OSError:
        raise BadInput("there is no terminal to ask on", otherwise) from None
    try:
        before = termios.tcgetattr(terminal)
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, stop)
        raw = termios.tcgetattr(terminal)
        raw[0] &= ~(termios.ICRNL | termios.INLCR | termios.IXON | termios.ISTRIP)
        raw[3] &= ~(termios.ECHO | termios.ECHONL | termios.ICANON | termios.ISIG | termios.IEXTEN)
        raw[6][termios.VMIN], raw[6][termios.VTIME] = 1, 0
        try:
            termios.tcsetattr(terminal, termios.TCSAFLUSH, raw)
            raw = termios.tcgetattr(terminal)
            yield terminal
        finally:
            # A second signal must not interrupt this, and a shell may be in the foreground already.
            for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGTTOU):
                signal.signal(number, signal.SIG_IGN)
            _put_back(terminal, raw, before)
    finally:
        os.close(terminal)


def _put_back(terminal: int, ours: list[Any], before: list[Any]) -> None:
    """Restore the modes unless the program that owns the screen has, when it left before us."""
    if termios.tcgetattr(terminal) == ours:
        termios.tcsetattr(terminal, termios.TCSAFLUSH, before)
    else:
        termios.tcflush(terminal, termios.TCIFLUSH)
