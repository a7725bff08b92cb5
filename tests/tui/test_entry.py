"""A token typed into the screens: sealed as it was typed, and never in their process or its supervisor's."""

import json
import os
import pty
import secrets
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from bahriya_tui.places import Places
from bahriya_tui.store import registries
from bahriya_tui.store.database import open_store
from bahriya_tui.tui.terminal import KITTY_KEYS, PLAIN_KEYS
from bahriya_tui.vault.context import CredentialContext
from bahriya_tui.vault.keys import private_path
from bahriya_tui.vault.open import open_sealed
from bahriya_tui.vault.record import parse
from tests.operator import Operator
from tests.processes import children, writable_memory
from tests.tui.terminal import DEADLINE, Terminal, commands, on_terminal, reader_of

FORM = "ghcr\t127.0.0.1:1\tbot\r"
BEGIN = "type or paste it now"
root_only = pytest.mark.skipif(os.geteuid() != 0, reason="looking into another process's memory needs root")


def pasted(text: bytes) -> bytes:
    return b"\x1b[200~" + text.replace(b"\n", b"\r") + b"\x1b[201~"


def as_sequences(text: bytes) -> bytes:
    return b"".join(b"\x1b[%d;;%du" % (char, char) for char in text)


def typed(canary: str) -> tuple[bytes, bytes]:
    return canary.encode(), canary.encode()


def typed_with_arrows(canary: str) -> tuple[bytes, bytes]:
    half, rest = canary[:9].encode(), canary[9:].encode()
    return half + b"\x1b[A\x1b[D\x1bOC\x1b[1;5B\x1b[3~\x1b[15~\t" + rest, canary.encode()


def typed_with_mistakes(canary: str) -> tuple[bytes, bytes]:
    return b"wrong\x15" + canary.encode() + "é x".encode() + b"\x17\x7f\x7f", canary.encode()


def pasted_line(canary: str) -> tuple[bytes, bytes]:
    return pasted(canary.encode()), canary.encode()


def pasted_key_file(canary: str) -> tuple[bytes, bytes]:
    key = json.dumps({"type": "service_account", "private_key": f"-----\n{canary}\n-----\n"}, indent=2)
    return pasted(key.encode() + b"\n"), key.encode()


def pasted_8_kb(canary: str) -> tuple[bytes, bytes]:
    token = (canary + secrets.token_hex(4096))[:8192].encode()
    return pasted(token), token


def sequences(canary: str) -> tuple[bytes, bytes]:
    return as_sequences(b"x") + b"\x1b[127u" + as_sequences(canary.encode()), canary.encode()


WAYS = (
    *(typed, typed_with_arrows, typed_with_mistakes, sequences),
    *(pasted_line, pasted_key_file, pasted_8_kb),
)


@pytest.fixture
def places(operator: Operator) -> Places:
    return Places(operator.home / "store", operator.home / "keys", operator.home / "logs")


@pytest.fixture
def terminal(operator: Operator) -> Iterator[Terminal]:
    operator.run("project", "add", "shop")
    # Long enough to look into the worker's memory too.
    with on_terminal({**operator.environment, "BAHRIYA_WORKER_IDLE": "60"}) as started:
        yield started


def ask_for_token(terminal: Terminal) -> None:
    terminal.until("1 Registries")
    terminal.press("n")
    terminal.until("New registry")
    terminal.press(FORM)
    terminal.until("Token of bot at 127.0.0.1:1", BEGIN)


def opened(places: Places) -> bytes:
    """Open the credential of the one registry there is, as an opener would."""
    with open_store(places.database) as store:
        registry = registries.get(store.connection, "shop", "ghcr")
        sealed = registries.sealed(store.connection, registry.id, 1)
    text = private_path(places.private_keys, parse(sealed).key_id).read_text()
    context = CredentialContext("shop", registry.id, registry.server, registry.username, 1)
    return bytes(open_sealed(sealed, context, X25519PrivateKey.from_private_bytes(bytes.fromhex(text))))


def forms(canary: str) -> list[bytes]:
    """How a token could lie in memory: whole, in pieces, in the widths of Python's strings, or as keys."""
    pieces = [canary, canary[7:19], canary[14:26], canary[-12:]]
    wide = [canary.encode("utf-16-le"), canary.encode("utf-32-le"), as_sequences(canary[7:14].encode())]
    return [*(piece.encode() for piece in pieces), *wide]


def held(process: int, canary: str) -> bool:
    found = writable_memory(process)
    assert len(found) > 1_000_000
    return any(form in found for form in forms(canary))


def without_reader(process: int) -> list[int]:
    """The supervisor and its children, the screens among them; not who may hold a token."""
    others = [child for child, command in commands(process).items() if "reader.token" not in command]
    assert others
    return [process, *others]


def keys_and_pastes_arrive(terminal: Terminal) -> None:
    terminal.press("2")
    terminal.until("No container yet")
    terminal.press("1")
    terminal.until("Used by")
    terminal.press("n")
    terminal.until("New registry")
    terminal.press(pasted(b"pasted-handle"))
    terminal.until("pasted-handle")
    terminal.press("\x1b")
    terminal.wait(lambda: "New registry" not in terminal.text, "the form closes")


@root_only
@pytest.mark.parametrize("way", WAYS)
def test_what_was_typed_is_sealed_and_nowhere_else(
    terminal: Terminal,
    operator: Operator,
    places: Places,
    canary: str,
    way: Callable[[str], tuple[bytes, bytes]],
) -> None:
    keys, token = way(canary)
    ask_for_token(terminal)

    terminal.press(keys)
    terminal.until("•" * 24)
    reader = reader_of(terminal.process.pid)
    terminal.wait(lambda: token in writable_memory(reader), "the reader holds the token")
    for process in without_reader(terminal.process.pid):
        assert not held(process, canary), commands(terminal.process.pid)
    terminal.press("\x1b[13u" if way is sequences else "\r")

    terminal.until("Registry ghcr was added")
    assert opened(places) == token
    keys_and_pastes_arrive(terminal)
    for process in without_reader(terminal.process.pid):
        assert not held(process, canary)
    assert not any(form in terminal.sent for form in forms(canary))
    assert not any(form in operator.written() for form in forms(canary))
    assert b"\x1b]52" not in terminal.sent


@root_only
@pytest.mark.parametrize("key", ["\x1b", "\x03", "\x1b[99;5u"])
def test_a_cancelled_token_leaves_nothing(
    terminal: Terminal, operator: Operator, canary: str, key: str
) -> None:
    ask_for_token(terminal)

    terminal.press(canary)
    terminal.until("•" * 24)
    terminal.press(key)

    terminal.until("cancelled", "New registry")
    assert not terminal.echoes()
    terminal.press("\x1b")
    terminal.wait(lambda: "New registry" not in terminal.text, "the form closes")
    keys_and_pastes_arrive(terminal)
    for process in without_reader(terminal.process.pid):
        assert not held(process, canary)
    assert operator.run("registry", "list", "--json").json == []
    assert not any(form in terminal.sent for form in forms(canary))


def test_a_refused_token_is_asked_for_again(terminal: Terminal) -> None:
    ask_for_token(terminal)
    terminal.press(f"\x1b[200~{'x' * 65537}\x1b[201~\r")
    terminal.until("longer than 65536 bytes", "New registry")
    terminal.press("\r")
    terminal.until("Token of bot at 127.0.0.1:1", BEGIN)


def test_enter_before_anything_was_typed_leaves_the_entry_open(terminal: Terminal) -> None:
    ask_for_token(terminal)
    terminal.press("\r\rabc")
    terminal.until("Token of bot at 127.0.0.1:1", "•••")


def test_the_screens_come_back_when_the_reader_is_killed(terminal: Terminal) -> None:
    ask_for_token(terminal)
    terminal.press("half")
    terminal.until("••••")

    os.kill(reader_of(terminal.process.pid), signal.SIGKILL)

    terminal.until("ended with -9", "New registry")
    terminal.press("\x1b")
    terminal.wait(lambda: "New registry" not in terminal.text, "the form closes")
    keys_and_pastes_arrive(terminal)
    terminal.press("q")
    assert terminal.ended() == 0
    assert terminal.current_modes() == terminal.modes


def test_a_new_size_is_drawn_during_and_after_an_entry(terminal: Terminal) -> None:
    ask_for_token(terminal)
    terminal.press("abc")
    terminal.until("•••")

    terminal.resize(24, 80)

    terminal.wait(lambda: "? Help" in terminal.screen.display[23], "the last line is drawn in its new place")
    terminal.until("•••", "Token of bot")
    terminal.press("d\r")
    terminal.until("Registry ghcr was added")
    terminal.resize(36, 110)
    terminal.wait(lambda: "? Help" in terminal.screen.display[35], "and again")


def test_the_terminal_reports_plain_keys_during_an_entry_only(terminal: Terminal) -> None:
    ask_for_token(terminal)
    before, during = terminal.sent.split(PLAIN_KEYS.encode())
    assert b"\x1b[?1003h" in before
    assert b"\x1b[?1003h" not in during
    assert b"\x1b[?2004l" not in terminal.sent

    terminal.press("\x03")
    terminal.until("cancelled")

    after = terminal.sent.split(KITTY_KEYS.encode())[1]
    for mode in (b"1000", b"1003", b"1006", b"1015"):
        assert b"\x1b[?" + mode + b"h" in after
    terminal.press("\x1b")
    terminal.wait(lambda: "New registry" not in terminal.text, "the form closes")
    keys_and_pastes_arrive(terminal)


def test_the_terminal_is_as_before_when_one_leaves(terminal: Terminal) -> None:
    ask_for_token(terminal)
    terminal.press("abc\r")
    terminal.until("Registry ghcr was added")
    terminal.press("q")
    assert terminal.ended() == 0
    assert terminal.current_modes() == terminal.modes
    assert terminal.sent.count(b"\x1b[>25u") == terminal.sent.count(b"\x1b[<u") == 1


def screens_of(terminal: Terminal) -> int:
    (found,) = [child for child, command in commands(terminal.process.pid).items() if " -I " not in command]
    return found


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("entering", [False, True])
def test_a_signal_to_the_screens_ends_them_with_a_clean_terminal(
    terminal: Terminal, number: signal.Signals, entering: bool
) -> None:
    terminal.until("1 Registries")
    if entering:
        ask_for_token(terminal)
        terminal.press("half")
        terminal.until("••••")

    os.kill(screens_of(terminal), number)

    assert terminal.ended() == 128 + number
    assert terminal.current_modes() == terminal.modes
    for end in (b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[?1003l", b"\x1b[?2004l", b"\x1b[<u"):
        assert end in terminal.sent


@pytest.mark.parametrize("entering", [False, True])
@pytest.mark.parametrize("killed", [False, True])
def test_a_lost_connection_ends_everything(terminal: Terminal, entering: bool, killed: bool) -> None:
    terminal.until("1 Registries")
    if entering:
        ask_for_token(terminal)
    processes = [terminal.process.pid, *children(terminal.process.pid)]
    waiting = [os.pidfd_open(process) for process in processes]

    if killed:
        terminal.process.kill()
    terminal.hang_up()

    try:
        for one in waiting:
            assert select.select([one], [], [], DEADLINE)[0]
    finally:
        for one in waiting:
            os.close(one)


def test_a_terminal_that_goes_without_a_signal_ends_the_screens(operator: Operator) -> None:
    ours, theirs = pty.openpty()
    # In a session of their own, whose terminal this is not: the kernel tells nobody that it went.
    screens = subprocess.Popen(
        [sys.executable, "-m", "bahriya_tui"],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**operator.environment, "TERM": "xterm-256color"},
        start_new_session=True,
    )
    os.close(theirs)
    shown = b""
    while b"Registries" not in shown:
        shown += os.read(ours, 65536)
    os.close(ours)
    assert screens.wait(DEADLINE) == 128 + signal.SIGHUP


def test_ctrl_z_goes_to_the_shell_and_fg_comes_back(operator: Operator) -> None:
    operator.run("project", "add", "shop")
    environment = {**operator.environment, "PS1": "prompt> "}
    with on_terminal(environment, ["/bin/bash", "--norc", "--noediting", "-i"]) as terminal:
        terminal.until("prompt>")
        terminal.press(f"{sys.executable} -m bahriya_tui\n")
        terminal.until("1 Registries", "Used by")
        (supervisor,) = children(terminal.process.pid)
        (screens,) = children(supervisor)
        threads = len(list(Path(f"/proc/{screens}/task").iterdir()))

        for _ in range(2):
            terminal.press("\x1a")
            terminal.until("Stopped")
            assert terminal.echoes()
            terminal.press("echo at the $((1+1))nd prompt\n")
            terminal.until("at the 2nd prompt")
            terminal.press("fg\n")
            terminal.until("1 Registries", "Used by")
            terminal.press("2")
            terminal.until("No container yet")
            terminal.press("1")
            terminal.until("Used by")
            assert len(list(Path(f"/proc/{screens}/task").iterdir())) == threads

        seen = len(terminal.sent)
        terminal.press("q")
        terminal.wait(lambda: b"prompt>" in terminal.sent[seen:], "the shell has the terminal")
        terminal.press("echo left with $?\n")
        terminal.until("left with 0")
