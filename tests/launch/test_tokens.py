"""Tokens from standard input, files and commands are sealed by a process of their own."""

import json
import os
import shlex
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bahriya_tui.launch.tokens import SealedToken, TokenSource, token_reader
from bahriya_tui.model.errors import BadInput, Failed, Locked, NotFound
from bahriya_tui.places import Places
from bahriya_tui.vault.record import MAX_TOKEN
from tests.launch.conftest import CONTEXT, Opened

Read = Callable[[bytes], bytes]


@contextmanager
def _standard_input(content: bytes, path: Path) -> Iterator[None]:
    path.write_bytes(content)
    before, given = os.dup(0), os.open(path, os.O_RDONLY)
    os.dup2(given, 0)
    os.close(given)
    try:
        yield
    finally:
        os.dup2(before, 0)
        os.close(before)


@pytest.fixture(params=["stdin", "file", "command"])
def read(request: pytest.FixtureRequest, home: Places, tmp_path: Path) -> Read:
    """Has a token sealed that comes from one of the three places."""
    path = tmp_path / "token"

    def from_stdin(token: bytes) -> bytes:
        with _standard_input(token, path):
            return token_reader(TokenSource("stdin"), home)(CONTEXT).sealed.vault

    def from_file(token: bytes) -> bytes:
        path.write_bytes(token)
        return token_reader(TokenSource("file", str(path)), home)(CONTEXT).sealed.vault

    def from_command(token: bytes) -> bytes:
        path.write_bytes(token)
        source = TokenSource("command", f"cat {shlex.quote(str(path))}")
        return token_reader(source, home)(CONTEXT).sealed.vault

    chosen: dict[str, Read] = {"stdin": from_stdin, "file": from_file, "command": from_command}
    return chosen[request.param]


@pytest.mark.parametrize(
    ("given", "token"),
    [
        (b"t0ken", b"t0ken"),
        (b"t0ken\n", b"t0ken"),
        (b"t0ken\r\n", b"t0ken"),
        (b"t0ken\n\n", b"t0ken\n"),
        (b"t0ken\r", b"t0ken\r"),
        (b" t0ken \n", b" t0ken "),
        ('{\n "key": "ü"\n}\n'.encode(), '{\n "key": "ü"\n}'.encode()),
        (b"x" * MAX_TOKEN + b"\r\n", b"x" * MAX_TOKEN),
    ],
    ids=["bare", "line", "windows", "two lines", "cr", "blanks", "json", "longest"],
)
def test_exactly_one_line_end_is_left_out(read: Read, opened: Opened, given: bytes, token: bytes) -> None:
    assert opened(read(given)) == token


@pytest.mark.usefixtures("terminal_as_input")
def test_a_token_is_not_read_where_a_terminal_would_show_it(home: Places) -> None:
    with pytest.raises(BadInput, match="standard input is a terminal"):
        token_reader(TokenSource("stdin"), home)(CONTEXT)


@pytest.mark.parametrize("given", [b"", b"\n", b"\r\n"])
def test_no_token_is_refused(read: Read, given: bytes) -> None:
    with pytest.raises(BadInput, match="empty"):
        read(given)


def test_a_token_that_is_too_long_is_refused(read: Read) -> None:
    with pytest.raises(BadInput, match="longer than 65536 bytes"):
        read(b"x" * 100_000)


def test_a_token_that_is_no_text_is_refused(read: Read) -> None:
    with pytest.raises(BadInput, match="not UTF-8"):
        read(b"\xff\xfe\x00")


def test_a_file_that_exists_in_this_process_only_can_be_read(home: Places, opened: Opened) -> None:
    # As from `--password-file <(command)`.
    reading, writing = os.pipe()
    os.write(writing, b"t0ken\n")
    os.close(writing)
    sealed = token_reader(TokenSource("file", f"/dev/fd/{reading}"), home)(CONTEXT)
    os.close(reading)
    assert opened(sealed.sealed.vault) == b"t0ken"


def test_a_file_that_is_not_there_is_named(home: Places) -> None:
    with pytest.raises(NotFound, match="there is no file /nowhere/token"):
        token_reader(TokenSource("file", "/nowhere/token"), home)(CONTEXT)


def test_a_folder_is_no_token(home: Places, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="is a folder"):
        token_reader(TokenSource("file", str(tmp_path)), home)(CONTEXT)


def test_a_command_that_fails_is_told_without_its_output(home: Places, canary: str) -> None:
    command = f"sh -c 'echo {canary}; exit 3'"
    with pytest.raises(Failed, match="sh ended with 3") as failed:
        token_reader(TokenSource("command", command), home)(CONTEXT)
    assert canary not in str(failed.value)


def test_of_what_nobody_foresaw_only_the_name_is_told(canary: str) -> None:
    command = [sys.executable, "-I", "-m", "bahriya_tui.reader.token", json.dumps({"context": {canary: 1}})]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert json.loads(done.stdout)["message"] == "the reader failed: TypeError"
    assert canary not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("", "cannot be split"),
        ("'", "cannot be split"),
        ("/nowhere/pass show", "/nowhere/pass cannot be run"),
    ],
)
def test_a_command_that_is_none_is_refused(home: Places, command: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        token_reader(TokenSource("command", command), home)(CONTEXT)


def test_a_command_that_never_stops_printing_is_refused(home: Places) -> None:
    with pytest.raises(BadInput, match="longer than"):
        token_reader(TokenSource("command", "yes"), home)(CONTEXT)


def test_a_command_finds_what_unlocks_its_password_manager(
    home: Places, opened: Opened, monkeypatch: pytest.MonkeyPatch, canary: str
) -> None:
    monkeypatch.setenv("OP_SESSION", canary)
    command = f"{shlex.quote(sys.executable)} -c 'import os; print(os.environ[\"OP_SESSION\"])'"
    read = token_reader(TokenSource("command", command), home)(CONTEXT)
    assert opened(read.sealed.vault) == canary.encode()


def test_without_keys_nothing_is_read(tmp_path: Path) -> None:
    bare = Places(tmp_path / "store", tmp_path / "keys", tmp_path / "logs")
    with pytest.raises(Locked, match="there is no public key"):
        token_reader(TokenSource("command", "echo x"), bare)(CONTEXT)


def test_tokens_are_read_from_threads_too(home: Places, opened: Opened, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("t0ken")
    found: list[SealedToken] = []
    reader = token_reader(TokenSource("file", str(tmp_path / "token")), home)
    thread = threading.Thread(target=lambda: found.append(reader(CONTEXT)))
    thread.start()
    thread.join()
    assert opened(found[0].sealed.vault) == b"t0ken"
