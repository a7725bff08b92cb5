"""A reader that only takes keys: the program that owns the screen hears how many bullets to draw, no more."""

import json
import os
import select
import signal
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import pytest

from bahriya_tui.places import Places
from tests.launch.conftest import CONTEXT, Opened
from tests.launch.terminal import DEADLINE, Terminal, on_terminal
from tests.launch.test_terminal import pasted, refusal_in, sealed_in

# Says what it hears; whatever else is shown comes from the reader.
_PARENT = """
import json, pathlib, sys
from bahriya_tui.launch.tokens import TokenSource, sealed_in, token_lines
from bahriya_tui.model.errors import BahriyaError
from bahriya_tui.places import Places
from bahriya_tui.vault.context import CredentialContext
home, context = pathlib.Path(sys.argv[1]), json.loads(sys.argv[2])
places = Places(home / "store", home / "keys", home / "logs")
try:
    for line in token_lines(TokenSource("screen"), places, CredentialContext(**context)):
        said = sealed_in(line).sealed.vault.hex() if "sealed" in line else ""
        print(f"sealed {said} end" if said else json.dumps(line), flush=True)
except BahriyaError as error:
    print("refused", error.exit_code, error, "end", flush=True)
sys.stdin.readline()
"""


@contextmanager
def asking(home: Places) -> Iterator[Terminal]:
    arguments = [str(home.store.parent), json.dumps(asdict(CONTEXT))]
    with on_terminal(_PARENT, arguments, home.store.parent) as terminal:
        terminal.wait_for(b'{"ready": true}\r\n')
        yield terminal


def reader_of(terminal: Terminal) -> int:
    children = Path(f"/proc/{terminal.process.pid}/task/{terminal.process.pid}/children").read_text()
    (child,) = children.split()
    return int(child)


def test_nothing_is_shown_but_what_the_asker_shows(home: Places, opened: Opened, canary: str) -> None:
    with asking(home) as terminal:
        assert not terminal.echoes()
        for number, key in enumerate(canary[:3].encode(), 1):
            terminal.press(bytes([key]))
            terminal.wait_for(b'{"count": %d}\r\n' % number)
        terminal.press(canary[3:].encode() + b"\r")
        assert opened(sealed_in(terminal)) == canary.encode()
        assert terminal.echoes()
    counts = [b'{"ready": true}', *(b'{"count": %d}' % number for number in range(1, 25))]
    assert all(line in counts for line in terminal.shown.split(b"\r\n")[:-2])


def test_a_long_paste_is_told_in_a_few_lines(home: Places, opened: Opened) -> None:
    token = b"x" * 8192
    with asking(home) as terminal:
        terminal.press(pasted(token))
        terminal.wait_for(b'{"count": 24}\r\n')
        terminal.press(b"\r")
        assert opened(sealed_in(terminal)) == token
    assert terminal.shown.count(b"count") < 8


def test_bullets_go_when_characters_go(home: Places) -> None:
    with asking(home) as terminal:
        terminal.press(b"ab")
        seen = terminal.wait_for(b'{"count": 2}')
        terminal.press(b"\x7f")
        seen = terminal.wait_for(b'{"count": 1}', seen)
        terminal.press(b"\x15")
        terminal.wait_for(b'{"count": 0}', seen)


@pytest.mark.parametrize("keys", [b"\x1b", b"\x03", b"half\x1b", b"\x1b[27u"])
def test_esc_and_ctrl_c_cancel(home: Places, keys: bytes) -> None:
    with asking(home) as terminal:
        terminal.press(keys)
        assert refusal_in(terminal).startswith("130 cancelled")
        assert terminal.echoes()


def test_a_paste_whose_beginning_comes_in_pieces_is_no_esc(home: Places, opened: Opened) -> None:
    with asking(home) as terminal:
        for piece in (b"a\x1b[", b"20", b"0~b\rc\x1b", b"[201", b"~"):
            terminal.press(piece)
            terminal.wait_for(b"count")
        terminal.press(b"\r")
        assert opened(sealed_in(terminal)) == b"ab\nc"


def test_what_was_typed_too_early_is_no_part_of_it(home: Places, opened: Opened, canary: str) -> None:
    arguments = [str(home.store.parent), json.dumps(asdict(CONTEXT))]
    with on_terminal(_PARENT, arguments, home.store.parent) as terminal:
        terminal.press(b"early\r")
        terminal.wait_for(b'{"ready": true}\r\n')
        terminal.press(canary.encode() + b"\r")
        assert opened(sealed_in(terminal)) == canary.encode()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_and_puts_the_terminal_back(home: Places, number: signal.Signals) -> None:
    with asking(home) as terminal:
        os.kill(reader_of(terminal), number)
        assert refusal_in(terminal).startswith("130 cancelled")
        assert terminal.echoes()


def test_it_ends_with_who_asked_and_puts_the_terminal_back(home: Places) -> None:
    with asking(home) as terminal:
        reader = os.pidfd_open(reader_of(terminal))
        terminal.process.kill()
        assert select.select([reader], [], [], DEADLINE)[0]
        os.close(reader)
        assert terminal.echoes()


def test_a_terminal_that_was_changed_meanwhile_is_left_as_it_is(home: Places) -> None:
    with asking(home) as terminal:
        modes = termios.tcgetattr(terminal.descriptor)
        modes[3] |= termios.ECHO | termios.ICANON
        modes[6][termios.VEOF] = b"\x05"
        termios.tcsetattr(terminal.descriptor, termios.TCSANOW, modes)
        terminal.press(b"\x03\n")
        assert refusal_in(terminal).startswith("130 cancelled")
        assert termios.tcgetattr(terminal.descriptor)[6][termios.VEOF] == b"\x05"
