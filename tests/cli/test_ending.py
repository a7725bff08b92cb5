"""Told to end by Ctrl-C, SIGTERM or a dropped line, a command takes back what it has begun, and says so."""

import os
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.outside import Outside
from tests.operator import Operator
from tests.processes import children, read
from tests.rows import rows
from tests.worker.desk import until

pytestmark = pytest.mark.usefixtures("signals_count")
SIGNALS = pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])


@contextmanager
def begun(operator: Operator, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Start a command whose standard input stays open, and says nothing."""
    reading, writing = os.pipe()
    process = subprocess.Popen(
        [sys.executable, "-m", "bahriya_tui", *arguments],
        stdin=reading,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=operator.environment,
        start_new_session=True,
    )
    os.close(reading)
    try:
        yield process
    finally:
        os.close(writing)
        process.kill()
        process.communicate()


def end(process: subprocess.Popen[str], number: signal.Signals) -> tuple[int, str]:
    """Send it as whoever does: a terminal to all of them, everybody else to the one process they know."""
    if number == signal.SIGTERM:
        process.send_signal(number)
    else:
        os.killpg(process.pid, number)
    _, err = process.communicate(timeout=120)
    return process.returncode, err


def running(program: str, process: subprocess.Popen[str]) -> Callable[[], bool]:
    """Tell whether a process that was started for a command runs this program of ours."""
    return lambda: any(program.encode() in read(pid, "cmdline") for pid in children(process.pid))


def stored(operator: Operator) -> dict[str, list[tuple[object, ...]]]:
    """Everything in the store but numbers that are used up also in vain."""
    from bahriya_tui.store.driver import connect

    connection = connect(operator.home / "store" / "bahriya.db", read_only=True)
    try:
        found = rows(connection)
    finally:
        connection.close()
    return {name: one for name, one in found.items() if name not in ("version_counter", "sqlite_sequence")}


ADD = ["registry", "add", "team", "--server", "registry.example", "--username", "bot", "--password-stdin"]


@SIGNALS
def test_a_registry_that_waits_for_its_token_was_never_there(
    operator: Operator, number: signal.Signals, canary: str
) -> None:
    operator.run("project", "add", "shop")
    # With another one there are keys, which stay.
    operator.run(*ADD[:2], "other", *ADD[3:], "--no-check", password=canary)
    before = stored(operator)
    with begun(operator, *ADD) as adding:
        until(running("reader.token", adding))
        code, err = end(adding, number)

    assert (code, err) == (130, "bahriya: interrupted\n")
    assert stored(operator) == before
    operator.run(*ADD, "--no-check", password=canary)


@SIGNALS
def test_a_token_that_waits_for_its_check_is_forgotten(
    operator: Operator, number: signal.Signals, canary: str
) -> None:
    operator.run("project", "add", "shop")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        server = f"127.0.0.1:{silent.getsockname()[1]}"
        at_it = ["--server", server, "--username", "bot", "--password-stdin", "--no-check"]
        operator.run("registry", "add", "team", *at_it, password=canary)
        token = operator.home / "token"
        token.write_text(f"{canary}-")
        silent.settimeout(120)
        rotate = ["registry", "rotate", "team", "--password-file", str(token), "--json"]
        with begun(operator, *rotate) as rotating:
            connection, _ = silent.accept()
            with connection:
                code, err = end(rotating, number)

    assert code == 130
    assert len(err.splitlines()) == 1
    found = operator.run("registry", "show", "team", "--json").json
    assert found["version"] == 1
    assert {one["version"]: one["state"] for one in found["versions"]} == {1: "current", 2: "rejected"}


@SIGNALS
def test_a_vault_that_waits_for_a_passphrase_is_as_before_and_not_in_use(
    operator: Operator, number: signal.Signals, canary: str
) -> None:
    operator.run("project", "add", "shop")
    operator.run(*ADD, "--no-check", password=canary)
    operator.run("vault", "recovery-key", "--output", str(operator.home / "recovery"))
    with begun(operator, "vault", "passphrase", "--passphrase-stdin") as changing:
        until(running("custody.", changing))
        code, err = end(changing, number)

    assert code == 130
    assert len(err.splitlines()) == 1
    assert operator.run("vault", "status", "--json").json["protected"] is False
    operator.run("vault", "rekey")


@SIGNALS
def test_logins_that_are_not_read_to_their_end_are_not_taken(
    operator: Operator, number: signal.Signals
) -> None:
    operator.run("project", "add", "shop")
    before = stored(operator)
    with begun(operator, "registry", "import", "--stdin", "--yes") as taking:
        until(running("reader.logins", taking))
        code, _ = end(taking, number)

    assert code == 130
    assert stored(operator) == before


@SIGNALS
def test_a_backup_is_whole_or_not_there(operator: Operator, number: signal.Signals, tmp_path: Path) -> None:
    from bahriya_tui.store.driver import connect

    operator.run("project", "add", "shop")
    connection = connect(operator.home / "store" / "bahriya.db")
    connection.execute("CREATE TABLE ballast (content BLOB)")
    connection.execute("INSERT INTO ballast VALUES (?)", [secrets.token_bytes(60_000_000)])
    connection.commit()
    connection.close()
    file = tmp_path / "kept.tar.gz"

    with begun(operator, "backup", str(file)) as writing:
        until(file.exists)
        code, err = end(writing, number)

    assert (code, len(err.splitlines())) == (130, 1)
    until(lambda: not list((operator.home / "store").glob("backup-*")))
    assert not file.exists()
    operator.run("project", "list")


@SIGNALS
def test_a_backup_that_is_not_read_to_its_end_leaves_the_store_as_it_was(
    operator: Operator, number: signal.Signals, tmp_path: Path
) -> None:
    file = tmp_path / "kept.tar.gz"
    os.mkfifo(file)
    with begun(operator, "restore", str(file)) as restoring, file.open("wb") as theirs:
        theirs.write(b"\x1f\x8b")
        theirs.flush()
        code, err = end(restoring, number)

    assert (code, len(err.splitlines())) == (130, 1)
    until(lambda: not list((operator.home / "store").glob("restore-*")))
    assert not (operator.home / "store" / "bahriya.db").exists()


@SIGNALS
def test_a_deployment_goes_on_without_its_command(
    deployed: Operator, world: Outside, number: signal.Signals
) -> None:
    for region in world.fleet.regions.values():
        region.latency = 0.3
    with begun(deployed, "deploy", "app", "--json") as watching:
        assert watching.stdout is not None
        watching.stdout.readline()
        code, err = end(watching, number)

    assert code == 130
    assert "deployment 2 goes on" in err
    assert len(err.splitlines()) == 1
    deployed.run("deploy", "app", "--replace")
