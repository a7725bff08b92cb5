"""Whoever takes over what browsers talk to finds no key and no store there, and can start nothing."""

import json
import os
import socket
import subprocess
import sys

import pytest

from bahriya_tui.isolation.syscalls import MACHINES
from tests.operator import Operator

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or os.uname().machine not in MACHINES, reason="the lock needs Linux"
)

_PROGRAM = """
import json, os, socket, subprocess, sys
from bahriya_tui.places import places
from bahriya_tui.web.__main__ import lock_in
found = places()
listener, elsewhere = (socket.create_server(("127.0.0.1", 0)) for _ in range(2))
(private,) = found.private_keys.glob("*.key")
attempts = {
    "read the private key": lambda: open(private).close(),
    "read the store": lambda: open(found.database).close(),
    "write into the store's folder": lambda: open(found.store / "new", "w").close(),
    "write into the logs": lambda: open(found.logs / "new", "w").close(),
    "connect": lambda: socket.create_connection(elsewhere.getsockname()).close(),
    "listen": lambda: socket.create_server(("127.0.0.1", 0)).close(),
    "run a program": lambda: os.execv("/bin/true", ["true"]),
    "start a program": lambda: subprocess.run(["/bin/true"]),
    "fork": lambda: os.fork() or os._exit(0),
    "signal the parent": lambda: os.kill(os.getppid(), 0),
}
def outcome(action):
    try:
        action()
    except OSError:
        return "refused"
    return "done"
before = {name: outcome(action) for name, action in attempts.items() if name not in sys.argv[1:]}
lock_in()
after = {name: outcome(action) for name, action in attempts.items()}
print(json.dumps([listener.getsockname()[1], before, after]), flush=True)
connection, _ = listener.accept()
connection.sendall(b"still answers")
"""


def test_the_server_of_the_page_can_answer_and_nothing_else(operator: Operator) -> None:
    operator.run("project", "add", "shop")
    operator.run(
        *("registry", "add", "team", "--server", "ghcr.io", "--username", "bot"),
        *("--no-check", "--password-stdin"),
        password="t0ken",
    )
    with subprocess.Popen(
        [sys.executable, "-I", "-c", _PROGRAM, "run a program"],
        stdout=subprocess.PIPE,
        text=True,
        env=operator.environment,
    ) as process:
        assert process.stdout is not None
        port, before, after = json.loads(process.stdout.readline())
        with socket.create_connection(("127.0.0.1", port)) as connection:
            assert connection.recv(99) == b"still answers"

    assert set(before.values()) == {"done"}
    assert set(after.values()) == {"refused"}
