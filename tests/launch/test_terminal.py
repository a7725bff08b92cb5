"""A token typed or pasted on a real pseudo-terminal reaches the sealed bytes and nothing else."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict

import pytest

from bahriya_tui.places import Places
from bahriya_tui.vault.record import MAX_TOKEN
from tests.launch.conftest import CONTEXT, Opened
from tests.launch.terminal import Terminal, on_terminal

PROMPT = b"token of bot at ghcr.io: "

# Stays alive when it is done, so that its memory can be looked at.
_PARENT = """
import json, pathlib, sys
from bahriya_tui.launch.tokens import TokenSource, token_reader
from bahriya_tui.model.errors import BahriyaError
from bahriya_tui.places import Places
from bahriya_tui.vault.context import CredentialContext
home, context, marker = pathlib.Path(sys.argv[1]), json.loads(sys.argv[2]), "positive" + "control"
read = token_reader(TokenSource("terminal"), Places(home / "store", home / "keys", home / "logs"))
try:
    sealed = read(CredentialContext(**context))
    print("sealed", sealed.sealed.vault.hex(), "end")
except BahriyaError as error:
    print("refused", error.exit_code, error, "end")
sys.stdin.readline()
"""


@contextmanager
def asking(home: Places) -> Iterator[Terminal]:
    """Have a process ask for a token."""
    arguments = [str(home.store.parent), json.dumps(asdict(CONTEXT))]
    with on_terminal(_PARENT, arguments, home.store.parent) as terminal:
        terminal.wait_for(PROMPT)
        yield terminal


def sealed_in(terminal: Terminal) -> bytes:
    """Wait for the end and give what was sealed."""
    start = terminal.wait_for(b"sealed ")
    end = terminal.wait_for(b" end", start)
    return bytes.fromhex(terminal.shown[start : end - 4].decode())


def refusal_in(terminal: Terminal) -> str:
    """Wait for the end and give what was refused."""
    start = terminal.wait_for(b"refused ")
    return terminal.shown[start : terminal.wait_for(b" end", start) - 4].decode()


def pasted(text: bytes) -> bytes:
    """What a terminal sends for a paste."""
    return b"\x1b[200~" + text.replace(b"\n", b"\r") + b"\x1b[201~"


@pytest.mark.skipif(os.geteuid() != 0, reason="looking into another process's memory needs root")
@pytest.mark.parametrize("how", ["typed", "pasted"])
def test_the_process_that_asked_never_holds_the_token(
    home: Places, opened: Opened, canary: str, how: str
) -> None:
    keys = canary.encode() if how == "typed" else pasted(canary.encode())
    with asking(home) as terminal:
        terminal.press(keys)
        terminal.wait_for("•".encode() * 24)
        before = terminal.memory()
        terminal.press(b"\r")
        sealed = sealed_in(terminal)
        after = terminal.memory()
    assert opened(sealed) == canary.encode()
    assert b"positivecontrol" in before
    assert sealed.hex().encode() in after
    for form in (canary.encode(), canary.encode("utf-16-le"), canary.encode("utf-32-le")):
        assert form not in before
        assert form not in after


def test_the_token_is_neither_shown_nor_written(home: Places, opened: Opened, canary: str) -> None:
    with asking(home) as terminal:
        assert not terminal.echoes()
        terminal.press(canary.encode() + b"\r")
        assert opened(sealed_in(terminal)) == canary.encode()
        assert terminal.echoes()
    assert canary.encode() not in terminal.shown
    files = [path.read_bytes() for path in home.store.parent.rglob("*") if path.is_file()]
    assert files
    assert not any(canary.encode() in content for content in files)


def test_a_pasted_key_file_of_many_lines_is_one_token(home: Places, opened: Opened) -> None:
    key = b'{\n  "private_key": "' + b"A" * 8000 + b'\\n"\n}'
    with asking(home) as terminal:
        terminal.press(pasted(key + b"\n"))
        terminal.press(b"\r")
        assert opened(sealed_in(terminal)) == key


def test_mistakes_can_be_taken_back(home: Places, opened: Opened) -> None:
    with asking(home) as terminal:
        terminal.press("wrong\x15tokéx".encode())
        terminal.press(b"\x7f\x7f\x7fken\x1b[A\x1bOP\r")
        assert opened(sealed_in(terminal)) == b"token"


def test_how_long_a_token_is_does_not_show(home: Places) -> None:
    with asking(home) as terminal:
        terminal.press(b"x" * 200 + b"\r")
        sealed_in(terminal)
    assert "•".encode() * 24 in terminal.shown
    assert "•".encode() * 25 not in terminal.shown


@pytest.mark.parametrize("keys", [b"\x03", b"half a tok\x03", b"\x04"])
def test_ctrl_c_cancels_and_gives_the_terminal_back(home: Places, keys: bytes) -> None:
    with asking(home) as terminal:
        terminal.press(keys)
        assert refusal_in(terminal).startswith("130 cancelled")
        assert terminal.echoes()
        assert b"\x1b[?2004l" in terminal.shown


def test_enter_alone_is_no_token(home: Places) -> None:
    with asking(home) as terminal:
        terminal.press(b"\r")
        assert "the token is empty" in refusal_in(terminal)


def test_a_paste_that_is_too_long_is_refused(home: Places) -> None:
    with asking(home) as terminal:
        terminal.press(pasted(b"x" * (MAX_TOKEN + 1)) + b"\r")
        assert "longer than 65536 bytes" in refusal_in(terminal)


def test_what_was_typed_behind_a_token_reaches_no_shell(home: Places, canary: str) -> None:
    with asking(home) as terminal:
        # A terminal without bracketed paste sends the second line as if it was typed.
        terminal.press(b"first\r" + canary.encode())
        sealed_in(terminal)
        terminal.press(b"\n")
        assert terminal.process.wait(120) == 0
    assert canary.encode() not in terminal.shown


def test_without_a_terminal_another_way_is_named(home: Places) -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-c", _PARENT, str(home.store.parent), json.dumps(asdict(CONTEXT))],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        start_new_session=True,
        timeout=60,
    )
    assert done.stdout.startswith("refused 2 there is no terminal to ask on: use --password-stdin")
