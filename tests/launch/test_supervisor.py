"""The screens and the commands run in a child that the kernel keeps from keys, network and processes."""

import fcntl
import json
import os
import select
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bahriya_tui.isolation.syscalls import MACHINES
from bahriya_tui.launch.supervisor import _answer
from bahriya_tui.launch.verbs import perform
from bahriya_tui.launch.worker import ensure_worker, stop_worker, worker_running
from bahriya_tui.model.errors import BadInput
from bahriya_tui.places import Places

from .test_worker import until

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or os.uname().machine not in MACHINES, reason="the lock needs Linux"
)

_SPLIT = """
import json, os, signal, sys
from pathlib import Path
from bahriya_tui.launch.supervisor import split
from bahriya_tui.places import places
started = os.getpid()
found = places()
split(found, sys.argv[2:])
"""
_PROBE = (
    _SPLIT
    + """
import ctypes, socket, subprocess
facts = json.loads(sys.argv[1])
def connect(kind, family=socket.AF_INET, address=("127.0.0.1", facts["port"])):
    with socket.socket(family, kind) as one:
        one.connect(address)
attempts = {
    "read the private key": lambda: open(facts["key"]).close(),
    "list the private keys": lambda: os.listdir(found.private_keys),
    "write into the private keys": lambda: open(found.private_keys / "new", "w").close(),
    "replace the public key": lambda: open(found.public_keys / "vault.pub", "w").close(),
    "read the kubeconfig": lambda: open(facts["kubeconfig"]).close(),
    "list the home": lambda: os.listdir(Path.home()),
    "connect": lambda: connect(socket.SOCK_STREAM),
    "send a datagram": lambda: connect(socket.SOCK_DGRAM),
    "connect to a Unix socket": lambda: connect(socket.SOCK_STREAM, socket.AF_UNIX, facts["socket"]),
    "run a program": lambda: os.execv("/bin/true", ["true"]),
    "start a program": lambda: subprocess.run(["/bin/true"]),
    "fork": lambda: os.fork() or os._exit(0),
    "read the worker's memory": lambda: open(f"/proc/{facts['worker']}/mem", "rb").close(),
    "read the worker's environment": lambda: open(f"/proc/{facts['worker']}/environ", "rb").close(),
    "signal the worker": lambda: os.kill(facts["worker"], 0),
    "read the supervisor's memory": lambda: open(f"/proc/{started}/mem", "rb").close(),
    "signal the supervisor": lambda: os.kill(started, 0),
    "write into the store's folder": lambda: open(found.store / "new", "w").close(),
    "read the public key": lambda: open(found.public_keys / "vault.pub").close(),
    "make a pair of sockets": lambda: [one.close() for one in socket.socketpair()],
    "signal itself": lambda: os.kill(os.getpid(), 0),
}
outcome = {}
for name, action in attempts.items():
    try:
        action()
        outcome[name] = "done"
    except OSError as error:
        outcome[name] = "refused"
print(json.dumps(outcome), flush=True)
"""
)
_LEFT = {
    "write into the store's folder",
    "read the public key",
    "make a pair of sockets",
    "signal itself",
}


@pytest.fixture
def environment(home: Places) -> dict[str, str]:
    return {**os.environ, **home.environment(), "BAHRIYA_WORKER_IDLE": "60"}


def run(program: str, environment: dict[str, str], *arguments: str, **more: Any) -> Any:
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, **more)


def test_the_child_reaches_no_key_no_home_no_network_and_nobody_elses_memory(
    home: Places, environment: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "kubeconfig").write_text("{}")
    ensure_worker(home)
    until(lambda: worker_running(home))
    try:
        with socket.create_server(("127.0.0.1", 0)) as server, socket.socket(socket.AF_UNIX) as local:
            local.bind(str(tmp_path / "s"))
            local.listen()
            facts = {
                "port": server.getsockname()[1],
                "socket": str(tmp_path / "s"),
                "key": str(next(home.private_keys.glob("*.key"))),
                "kubeconfig": str(tmp_path / "kubeconfig"),
                "worker": worker_running(home),
            }
            done = run(_PROBE, environment, json.dumps(facts))
    finally:
        stop_worker(home)
    assert done.returncode == 0, done.stderr
    outcome = json.loads(done.stdout)
    assert {name for name, result in outcome.items() if result == "done"} == _LEFT


@pytest.mark.parametrize("folder", ["home", "keys", "above the keys"])
def test_a_path_of_libraries_that_holds_a_home_or_keys_is_not_left_open(
    home: Places, environment: dict[str, str], tmp_path: Path, folder: str
) -> None:
    path = {"home": tmp_path / "me", "keys": home.keys, "above the keys": home.keys.parent}[folder]
    path.mkdir(exist_ok=True)
    (path / "secret").write_text("x")
    program = _SPLIT + "open(sys.argv[1]).close()"
    done = run(
        program,
        {**environment, "PYTHONPATH": str(path), "HOME": str(tmp_path / "me")},
        str(path / "secret"),
    )
    assert done.returncode == 1
    assert "PermissionError" in done.stderr


@pytest.mark.parametrize("option", ["--password-file", "--file"])
@pytest.mark.parametrize("joined", [True, False])
def test_an_open_file_that_brings_a_secret_stays_closed_to_the_command(
    environment: dict[str, str], canary: str, tmp_path: Path, option: str, joined: bool
) -> None:
    (tmp_path / "secret").write_text(canary)
    program = (
        _SPLIT
        + """
print(os.read(int(sys.argv[1]), 999), Path(f"/dev/fd/{sys.argv[1]}").exists(), flush=True)
"""
    )
    with (tmp_path / "secret").open() as file:
        number = file.fileno()
        path = f"/dev/fd/{number}"
        words = [f"{option}={path}"] if joined else [option, path]
        done = run(program, environment, str(number), "registry", "import", *words, pass_fds=[number])
        assert os.read(number, 999).decode() == canary
    assert done.stdout == "b'' True\n", done.stderr


def test_standard_input_that_is_named_as_a_file_stays_closed_to_the_command(
    environment: dict[str, str], canary: str
) -> None:
    words = ["registry", "import", "--file", "/dev/stdin"]
    done = run(_SPLIT + "print(os.read(0, 999))", environment, "", *words, input=canary)
    assert done.stdout == "b''\n", done.stderr


def test_standard_input_that_brings_a_password_stays_closed_to_the_command(
    environment: dict[str, str], canary: str
) -> None:
    program = _SPLIT + "print(repr(sys.stdin.read()))"
    assert run(program, environment, "", "--password-stdin", input=canary).stdout == "''\n"
    logins = ("registry", "import", "--stdin")
    assert run(program, environment, "", *logins, input=canary).stdout == "''\n"
    assert run(program, environment, "", "image", "explain", "--stdin", input="open").stdout == "'open'\n"
    assert run(program, environment, "", "list", input="open").stdout == "'open'\n"


@pytest.mark.parametrize("source", [("file", "{key}"), ("command", "cat {key}"), ("stdin", "")])
def test_the_supervisor_reads_only_what_the_operator_named(
    home: Places, environment: dict[str, str], source: tuple[str, str]
) -> None:
    key = next(home.private_keys.glob("*.key"))
    program = (
        _SPLIT
        + """
from bahriya_tui.launch.tokens import TokenSource, token_reader
from bahriya_tui.model.errors import BadInput
from bahriya_tui.vault.context import CredentialContext
kind, argument = sys.argv[1].split(":", 1)
try:
    token_reader(TokenSource(kind, argument), found)(CredentialContext("shop", "0" * 32, "s", "u", 1))
except BadInput as error:
    print(error.message)
"""
    )
    kind, argument = source
    done = run(program, environment, f"{kind}:{argument.format(key=key)}")
    assert "is not on the command line" in done.stdout, done.stderr


def test_an_answer_may_have_any_words_and_an_error_arrives_as_what_it_was(
    home: Places, environment: dict[str, str]
) -> None:
    program = (
        _SPLIT
        + """
from bahriya_tui.launch.call import answer_of
from bahriya_tui.launch.kubeconfig import read_pins
from bahriya_tui.model.errors import NotFound
print(answer_of(found, "lock"))
try:
    read_pins(found, Path("/no/such/file"))
except NotFound as error:
    print(error.message, "|", error.hint)
"""
    )
    done = run(program, environment, "")
    assert done.stdout == (
        "{'ended': False}\n/no/such/file: there is no such file | name a kubeconfig with --kubeconfig\n"
    ), done.stderr


@pytest.mark.parametrize(("program", "code"), [("sys.exit(3)", 3), ("os.kill(os.getpid(), 9)", 137)])
def test_the_supervisor_ends_with_the_childs_code(
    environment: dict[str, str], program: str, code: int
) -> None:
    assert run(_SPLIT + program, environment, "").returncode == code


def test_a_killed_supervisor_takes_the_child_along(environment: dict[str, str]) -> None:
    program = _SPLIT + "print(os.getpid(), flush=True); signal.pause()"
    command = [sys.executable, "-c", program, ""]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        child = os.pidfd_open(int(process.stdout.readline()))
        process.kill()
        assert process.stdout.read() == b""
    assert select.select([child], [], [], 120)[0]
    os.close(child)


def test_a_signal_to_the_supervisor_ends_the_child_first(environment: dict[str, str]) -> None:
    program = (
        _SPLIT
        + "signal.signal(signal.SIGTERM, lambda *_: (print('bye', flush=True), os._exit(7)));"
        + "print('up', flush=True); [signal.pause() for _ in range(9)]"
    )
    command = [sys.executable, "-c", program, ""]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"up\n"
        process.send_signal(signal.SIGTERM)
        assert process.stdout.read() == b"bye\n"
    assert process.returncode == 7


def test_a_child_that_stops_stops_the_supervisor_and_both_go_on_together(
    environment: dict[str, str],
) -> None:
    program = (
        _SPLIT + "print('up', flush=True); os.kill(os.getpid(), signal.SIGSTOP); print('on', flush=True)"
    )
    command = [sys.executable, "-c", program, ""]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"up\n"
        _, status = os.waitpid(process.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status)
        process.send_signal(signal.SIGCONT)
        assert process.stdout.readline() == b"on\n"
    assert process.returncode == 0


def test_whoever_asked_and_is_gone_is_no_fault(home: Places) -> None:
    ours, theirs = socket.socketpair()
    ours.sendall(json.dumps(["no such verb", {}]).encode())
    ours.close()
    _answer(theirs, home, typed=[])


@pytest.mark.parametrize("program", ["worker", "regions", "demo"])
def test_the_supervisor_turns_only_into_what_the_operator_asked_for(home: Places, program: str) -> None:
    with pytest.raises(BadInput, match="is not on the command line"):
        list(perform("become", home, {"program": program, "arguments": []}, ["registry", "list"]))


def test_the_supervisor_takes_no_environment_from_whoever_asks(environment: dict[str, str]) -> None:
    program = (
        _SPLIT
        + """
from bahriya_tui.launch.call import answer_of
answer_of(found, "become", {"program": "worker", "arguments": ["--help"], "environment": {"COLUMNS": "44"}})
sys.exit(0)
"""
    )
    plain = {name: value for name, value in environment.items() if name != "COLUMNS"}
    narrow = run(program, {**plain, "COLUMNS": "44"}, "", "worker", "run").stdout
    wide = run(program, plain, "", "worker", "run").stdout
    assert "bahriya worker" in wide
    assert wide != narrow


@pytest.mark.parametrize(
    ("verb", "argument"),
    [
        ("passphrase", {"remove": True, "source": "screen"}),
        ("show_recovery_key", {"output": None}),
        ("new_key", {"recovery": True, "source": "terminal"}),
        ("recover", {"rows": [], "source": "screen"}),
        ("look_at_hooks", {}),
        ("test_hooks", {"occasion": "deployment.failed"}),
    ],
)
def test_keys_and_hooks_are_shown_and_used_only_where_the_operator_began_it(
    home: Places, verb: str, argument: dict[str, Any]
) -> None:
    with pytest.raises(BadInput, match="is not on the command line"):
        list(perform(verb, home, argument, ["vault", "status"]))


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        ("file", ["region", "import", "--kubeconfig", "{file}"]),
        ("file", ["registry", "add", "{file}", "--password-file", "other"]),
        ("command", ["registry", "add", "env", "--password-command", "op read x"]),
    ],
)
def test_what_was_typed_for_something_else_is_no_source_of_a_token(
    home: Places, tmp_path: Path, canary: str, kind: str, typed: list[str]
) -> None:
    file = tmp_path / "file"
    file.write_text(canary)
    context = {"project": "shop", "registry_id": "r", "server": "evil.example", "username": "u", "version": 1}
    source = {"kind": kind, "argument": str(file) if kind == "file" else "env"}
    line = [word.format(file=file) for word in typed]
    with pytest.raises(BadInput, match="is not on the command line"):
        list(perform("read_token", home, {"source": source, "context": context}, line))


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (["apply", "-f", "{file}"], True),
        (["apply", "--dry-run", "--file={file}"], True),
        (["apply", "-f{file}"], True),
        (["apply", "-yf", "{file}"], True),
        (["apply", "--off", "{file}"], False),
        (["registry", "import", "--file", "{file}"], False),
        (["registry", "import", "--file={file}", "--yes"], False),
        (["apply", "{file}"], False),
    ],
)
def test_a_file_of_logins_is_not_told_to_the_command_that_has_them_imported(
    home: Places, tmp_path: Path, canary: str, typed: list[str], told: bool
) -> None:
    file = tmp_path / "file"
    file.write_text(canary)
    asked = perform("read_text", home, {"path": str(file)}, [word.format(file=file) for word in typed])
    if told:
        assert list(asked) == [{"text": canary}]
    else:
        with pytest.raises(BadInput, match="is not on the command line"):
            list(asked)


@pytest.mark.parametrize(
    ("verb", "typed"),
    [
        ("write_backup", ["region", "import", "--kubeconfig", "{file}"]),
        ("write_backup", ["restore", "{file}"]),
        ("install_backup", ["backup", "{file}"]),
        ("install_backup", ["apply", "-f", "{file}"]),
    ],
)
def test_what_was_typed_for_something_else_is_no_backup(
    home: Places, tmp_path: Path, verb: str, typed: list[str]
) -> None:
    file = tmp_path / "file"
    line = [word.format(file=file) for word in typed]
    with pytest.raises(BadInput, match="is not on the command line"):
        list(perform(verb, home, {"file": str(file), "who": ["mira", None, None]}, line))
    assert not file.exists()


@pytest.mark.parametrize("typed", [["--password-file", "{file}"], ["--password-file={file}"]])
def test_a_token_is_read_from_the_file_that_was_typed_for_it(
    home: Places, tmp_path: Path, canary: str, typed: list[str]
) -> None:
    file = tmp_path / "file"
    file.write_text(canary)
    context = {"project": "shop", "registry_id": "r", "server": "s", "username": "u", "version": 1}
    argument = {"source": {"kind": "file", "argument": str(file)}, "context": context}
    line = [word.format(file=file) for word in typed]
    assert set(list(perform("read_token", home, argument, line))[-1]) == {"sealed", "recovery", "facts"}


@pytest.mark.parametrize("written", ["0", "-1"])
def test_no_group_of_processes_passes_for_a_worker(home: Places, written: str) -> None:
    home.worker_lock.write_text(written)
    with home.worker_lock.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert worker_running(home) is None


def test_no_other_process_is_ended_as_a_worker(home: Places) -> None:
    with subprocess.Popen(["/bin/sleep", "60"]) as other:
        home.worker_lock.write_text(str(other.pid))
        with home.worker_lock.open() as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            assert list(perform("stop_worker", home, {}, [])) == [{"stopped": False}]
        assert other.poll() is None
        other.kill()
