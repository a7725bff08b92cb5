"""Files of logins are read by one process, which tells who logs in where, and seals what is taken."""

import base64
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bahriya_tui.launch import imports
from bahriya_tui.launch.imports import Import, LoginSource, looking_for_logins, usual_files
from bahriya_tui.launch.tokens import SealedToken
from bahriya_tui.model.errors import BadInput, BahriyaError, Failed, NotFound
from bahriya_tui.places import Places
from bahriya_tui.reader import credential_helper
from bahriya_tui.vault.context import CredentialContext
from tests.launch.conftest import CONTEXT, Opened

Write = Callable[..., LoginSource]
Helper = Callable[[str, str], Path]


def auths(**logins: str) -> dict[str, Any]:
    """Give a file's content with the password of each user at ghcr.io."""
    ((user, password),) = logins.items()
    return {"auths": {"ghcr.io": {"auth": base64.b64encode(f"{user}:{password}".encode()).decode()}}}


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_one(content: dict[str, Any]) -> LoginSource:
        path = tmp_path / "config.json"
        path.write_text(json.dumps(content))
        return LoginSource("file", str(path))

    return write_one


@pytest.fixture
def helper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Helper:
    """Puts a credential helper on the path that runs a piece of Python."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)

    def put(name: str, program: str) -> Path:
        path = folder / f"docker-credential-{name}"
        path.write_text(f"#!{sys.executable}\nimport json, os, sys, time\n{program}\n")
        path.chmod(0o755)
        return path

    return put


@pytest.fixture
def asked(home: Places, write: Write) -> Iterator[Import]:
    """An import of one entry for ghcr.io, for which helper `fake` is to be run."""
    with looking_for_logins(home, write({"credHelpers": {"ghcr.io": "fake"}})) as found:
        yield found


def test_a_login_is_sealed_as_it_stands_in_the_file(
    home: Places, write: Write, opened: Opened, canary: str
) -> None:
    with looking_for_logins(home, write(auths(bot=canary))) as found:
        (login,) = found.found
        assert (login.server, login.username, login.kind) == ("ghcr.io", "bot", "login")
        assert canary not in repr(found.found)
        sealed = found.read_token(0)(CONTEXT)
    assert opened(sealed.sealed.vault) == canary.encode()


@pytest.mark.parametrize("change", [{"server": "evil.example"}, {"username": "other"}])
def test_a_login_is_sealed_for_no_other_server_or_user(
    home: Places, write: Write, canary: str, change: dict[str, str]
) -> None:
    with (
        looking_for_logins(home, write(auths(bot=canary))) as found,
        pytest.raises(BadInput, match="another server or user"),
    ):
        found.read_token(0)(replace(CONTEXT, **change))  # type: ignore[arg-type]


def test_an_import_that_has_ended_seals_nothing(home: Places, write: Write) -> None:
    with looking_for_logins(home, write(auths(bot="x"))) as found:
        pass
    with pytest.raises(Failed, match="this import has ended"):
        found.read_token(0)(CONTEXT)
    assert imports._running == {}


def test_standard_input_is_read_once_and_sealed_later(
    home: Places, tmp_path: Path, opened: Opened, canary: str
) -> None:
    reading, writing = os.pipe()
    os.write(writing, json.dumps(auths(bot=canary)).encode())
    os.close(writing)
    before = os.dup(0)
    os.dup2(reading, 0)
    os.close(reading)
    try:
        with looking_for_logins(home, LoginSource("stdin")) as found:
            assert found.found[0].source == "standard input"
            sealed: SealedToken = found.read_token(0)(CONTEXT)
    finally:
        os.dup2(before, 0)
        os.close(before)
    assert opened(sealed.sealed.vault) == canary.encode()


def test_a_helper_runs_only_when_it_is_asked_and_with_the_key_alone(
    asked: Import, helper: Helper, home: Places, write: Write, tmp_path: Path, opened: Opened, canary: str
) -> None:
    assert asked.found[0].reason == "its helper docker-credential-fake is not installed"
    ran = tmp_path / "ran"
    login = json.dumps({"ServerURL": "x", "Username": "bot", "Secret": canary})
    program = helper(
        "fake", f"open({str(ran)!r}, 'a').write(sys.argv[1] + sys.stdin.read()); print({login!r})"
    )
    with looking_for_logins(home, write({"credHelpers": {"ghcr.io": "fake"}})) as found:
        (login_,) = found.found
        assert (login_.kind, login_.helper, login_.username) == ("helper", str(program), "")
        assert not ran.exists()
        with pytest.raises(BadInput, match="cannot be taken"):
            found.read_token(0)(CONTEXT)
        assert found.resolved(0).username == "bot"
        found.resolved(0)
        sealed = found.read_token(0)(CONTEXT)
    assert ran.read_text() == "getghcr.io"
    assert opened(sealed.sealed.vault) == canary.encode()


@pytest.mark.parametrize(
    ("program", "error", "said"),
    [
        ("print('credentials not found in native keychain'); sys.exit(1)", NotFound, "has no login for ghcr"),
        ("print('SECRET'); sys.exit(3)", Failed, "ended with 3"),
        ("os.kill(os.getpid(), 9)", Failed, "ended with -9"),
    ],
)
def test_a_helper_that_fails_is_told_without_its_output(
    home: Places, write: Write, helper: Helper, program: str, error: type[BahriyaError], said: str
) -> None:
    helper("fake", program)
    with looking_for_logins(home, write({"credHelpers": {"ghcr.io": "fake"}})) as found:
        with pytest.raises(error, match=said) as failed:
            found.resolved(0)
        assert "SECRET" not in str(failed.value)
        assert found.found, "the others can still be taken"


def test_a_helper_that_hands_out_an_identity_token_is_refused(
    home: Places, write: Write, helper: Helper, canary: str
) -> None:
    login = json.dumps({"Username": "<token>", "Secret": canary})
    helper("fake", f"print({login!r})")
    with looking_for_logins(home, write({"credHelpers": {"ghcr.io": "fake"}})) as found:
        resolved = found.resolved(0)
        assert "identity token" in resolved.reason
        with pytest.raises(BadInput, match="cannot be taken"):
            found.read_token(0)(replace(CONTEXT, username="<token>"))


def test_a_helper_that_never_answers_is_ended_with_what_it_started(
    helper: Helper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(credential_helper, "HELPER_SECONDS", 0.2)
    program = helper("slow", "os.system('sleep 300')")
    with pytest.raises(Failed, match=r"did not answer within 0\.2 s"):
        credential_helper.answer_of(str(program), "ghcr.io")


def test_a_helper_that_cannot_be_run_is_named(home: Places, write: Write, helper: Helper) -> None:
    program = helper("fake", "")
    program.write_text("#!/nowhere/at/all\n")
    with (
        looking_for_logins(home, write({"credHelpers": {"ghcr.io": "fake"}})) as found,
        pytest.raises(Failed, match="docker-credential-fake cannot be run"),
    ):
        found.resolved(0)


def test_a_file_that_holds_no_logins_is_refused_by_name(home: Places, write: Write) -> None:
    source = write({})
    Path(source.argument).write_text("[]")
    with (
        pytest.raises(BadInput, match=f"{re.escape(source.argument)} is no file of logins"),
        looking_for_logins(home, source),
    ):
        pass


@pytest.mark.usefixtures("terminal_as_input")
def test_logins_are_not_read_where_a_terminal_would_show_them(home: Places) -> None:
    with (
        pytest.raises(BadInput, match="standard input is a terminal"),
        looking_for_logins(home, LoginSource("stdin")),
    ):
        pass


def test_of_what_nobody_foresaw_only_the_name_is_told(canary: str) -> None:
    command = [sys.executable, "-I", "-m", "bahriya_tui.reader.logins", json.dumps({"sources": [canary]})]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert json.loads(done.stdout)["message"] == "the reader of logins failed: TypeError"
    assert canary not in done.stdout + done.stderr


_SLEPT = """
import itertools, sys
from bahriya_tui.model import clock
from bahriya_tui.reader import logins
told = itertools.chain([1000.0], itertools.repeat(1000.0 + logins.PATIENCE_SECONDS))
clock.uptime = lambda: next(told)
logins._LOOK_SECONDS = float(sys.argv[2])
logins.main(sys.argv[1])
"""


@pytest.mark.parametrize(("look", "asked"), [(0.01, b""), (3600.0, b'{"number": 0}\n')])
def test_what_was_read_is_let_go_when_nobody_asked_for_long_though_the_machine_slept(
    home: Places, tmp_path: Path, look: float, asked: bytes
) -> None:
    asks, ask = os.pipe()
    (file := tmp_path / "config.json").write_text(json.dumps(auths(bot="token")))
    with file.open("rb") as content:
        source = {"name": "config.json", "descriptor": content.fileno(), "reason": ""}
        request = json.dumps({"sources": [source], "asks": asks, "keys": str(home.public_keys)})
        process = subprocess.Popen(
            [sys.executable, "-I", "-c", _SLEPT, request, str(look)],
            stdout=subprocess.PIPE,
            pass_fds=[asks, content.fileno()],
        )
    os.close(asks)
    os.write(ask, asked)
    told, _ = process.communicate(timeout=60)
    os.close(ask)
    assert process.returncode == 0
    assert [list(json.loads(line)) for line in told.splitlines()] == [["found"]]


def test_the_usual_files_are_those_of_podman_and_docker_in_their_order(tmp_path: Path) -> None:
    named = {"REGISTRY_AUTH_FILE": "/a/auth.json", "XDG_RUNTIME_DIR": "/run/user/7", "DOCKER_CONFIG": "/d"}
    home = tmp_path
    at_home = [home / ".config/containers/auth.json", home / ".docker/config.json", home / ".dockercfg"]
    assert usual_files({}, home) == at_home
    assert usual_files(named, home) == [
        Path("/a/auth.json"),
        Path("/run/user/7/containers/auth.json"),
        at_home[0],
        Path("/d/config.json"),
        *at_home[1:],
    ]


def test_a_usual_file_that_is_none_does_not_hold_up_the_others(
    home: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("REGISTRY_AUTH_FILE", "XDG_RUNTIME_DIR", "DOCKER_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".docker/config.json").mkdir(parents=True)
    (tmp_path / ".config/containers").mkdir(parents=True)
    (tmp_path / ".config/containers/auth.json").write_text("no JSON")
    (tmp_path / ".dockercfg").write_text(json.dumps(auths(bot="x")["auths"]))
    with looking_for_logins(home, LoginSource()) as found:
        told = [(one.kind, one.reason) for one in found.found]
    assert [kind for kind, _ in told] == ["unreadable", "unreadable", "login"]
    assert "is no file of logins" in told[0][1]
    assert "is a folder" in told[1][1]


def test_without_any_usual_file_the_places_are_named(
    home: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("REGISTRY_AUTH_FILE", "XDG_RUNTIME_DIR", "DOCKER_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(NotFound, match="no file of logins") as missing:
        imports.begin(home, LoginSource())
    assert str(tmp_path / ".dockercfg") in missing.value.hint


@pytest.mark.parametrize(
    ("source", "typed"),
    [
        (LoginSource("file", "/etc/shadow"), ["registry", "import", "--file", "/home/me/auth.json"]),
        (LoginSource("file", "/etc/shadow"), ["registry", "list", "--file", "/etc/shadow"]),
        (LoginSource("file", "/etc/shadow"), []),
        (LoginSource("stdin"), ["registry", "import"]),
        (LoginSource("stdin"), ["image", "explain", "--stdin"]),
    ],
)
def test_a_screen_that_was_taken_over_gets_no_file_read(
    home: Places, source: LoginSource, typed: list[str]
) -> None:
    argument = {"kind": source.kind, "argument": source.argument}
    with pytest.raises(BadInput, match="not on the command line"):
        list(imports.perform_begin_import(home, argument, typed))


def test_what_no_token_can_be_is_not_sealed(home: Places, write: Write) -> None:
    with looking_for_logins(home, write(auths(bot="x" * 70_000))) as found:
        assert found.found[0].kind == "login"
        with pytest.raises(BadInput, match="longer than"):
            found.read_token(0)(CredentialContext("shop", "r1", "ghcr.io", "bot", 3))
