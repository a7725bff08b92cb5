"""Reads a token from the terminal itself, typed or pasted, several lines when pasted; shows only dots."""

import os
import termios
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bahriya_tui.model.errors import BadInput, Failed
from bahriya_tui.vault.record import MAX_TOKEN

_PASTE_BEGINS, _PASTE_ENDS = b"\x1b[200~", b"\x1b[201~"
_BRACKETED_PASTE_ON, _BRACKETED_PASTE_OFF = b"\x1b[?2004h", b"\x1b[?2004l"
_INTERRUPT, _END, _KILL, _ESCAPE = 0x03, 0x04, 0x15, 0x1B
_SHOWN_DOTS = 32


def read_line(prompt: str, terminal: str = "/dev/tty") -> bytearray:
    """Ask on the terminal and read until Enter. Raises `BadInput` without one, `Failed` on Ctrl-C."""
    try:
        descriptor = os.open(terminal, os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC)
    except OSError:
        raise BadInput("there is no terminal to read the password from", "use --password-stdin") from None
    try:
        with _raw(descriptor):
            os.write(descriptor, prompt.encode(errors="replace") + _BRACKETED_PASTE_ON)
            try:
                return _Line(descriptor).read()
            finally:
                os.write(descriptor, _BRACKETED_PASTE_OFF + b"\r\n")
    finally:
        os.close(descriptor)


@contextmanager
def _raw(descriptor: int) -> Iterator[None]:
    """Switch off echo, line editing and signals; canonical mode would cut a token at 4095 bytes."""
    before = termios.tcgetattr(descriptor)
    raw = termios.tcgetattr(descriptor)
    raw[0] &= ~(termios.ICRNL | termios.IXON | termios.ISTRIP)
    raw[3] &= ~(termios.ECHO | termios.ICANON | termios.ISIG | termios.IEXTEN)
    termios.tcsetattr(descriptor, termios.TCSAFLUSH, raw)
    try:
        yield
    finally:
        termios.tcsetattr(descriptor, termios.TCSAFLUSH, before)


class _Line:
    """A line being typed; it lives in this process only."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._token = bytearray()
        self._pasting = False

    def read(self) -> bytearray:
        """Take bytes until Enter outside a paste."""
        while True:
            byte = self._next()
            if byte == _ESCAPE:
                self._sequence()
            elif self._pasting:
                self._add(byte)
            elif byte in b"\r\n":
                return self._token
            elif byte in (_INTERRUPT, _END):
                raise Failed("no password was given", "nothing was stored")
            elif byte in b"\x7f\x08":
                self._redraw(self._drop_last)
            elif byte == _KILL:
                self._redraw(self._token.clear)
            else:
                self._add(byte)

    def _next(self) -> int:
        piece = os.read(self._descriptor, 1)
        if not piece:
            raise Failed("the terminal went away while the password was read", "nothing was stored")
        return piece[0]

    def _add(self, byte: int) -> None:
        # A terminal sends CR for the line ends of pasted text; in a pasted JSON key they are meant as LF.
        self._token.append(0x0A if self._pasting and byte == 0x0D else byte)
        if len(self._token) > MAX_TOKEN:
            raise BadInput(f"the password is longer than {MAX_TOKEN} bytes", "was something else pasted?")
        if len(self._token) <= _SHOWN_DOTS and self._starts_character(byte):
            os.write(self._descriptor, "•".encode())

    @staticmethod
    def _starts_character(byte: int) -> bool:
        return byte & 0xC0 != 0x80

    def _drop_last(self) -> None:
        while self._token and not self._starts_character(self._token.pop()):
            pass

    def _redraw(self, change: Callable[[], None]) -> None:
        before = self._dots()
        change()
        gone = before - self._dots()
        os.write(self._descriptor, b"\b \b" * gone)

    def _dots(self) -> int:
        return sum(self._starts_character(byte) for byte in self._token[:_SHOWN_DOTS])

    def _sequence(self) -> None:
        """Swallow an escape sequence; only the marks around a paste mean something here."""
        sequence = bytearray(b"\x1b")
        sequence.append(self._next())
        if sequence[1] in b"[O":
            while not 0x40 <= sequence[-1] <= 0x7E or len(sequence) == 2:
                sequence.append(self._next())
        if sequence == _PASTE_BEGINS:
            self._pasting = True
        elif sequence == _PASTE_ENDS:
            self._pasting = False
