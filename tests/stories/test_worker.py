"""What the worker promises: started on demand, outlives the session, replaced when it is killed."""

import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

from bahriya_tui.demo.servers import Servers
from tests.operator import Operator

_DEADLINE = 120.0


def ended(operator: Operator, deployment: str) -> str:
    """Wait for the end of a deployment and give its state."""
    until = time.monotonic() + _DEADLINE
    while True:
        state: str = operator.run("deployment", "show", deployment, "--json").json["state"]
        if state not in ("queued", "running", "cancelling"):
            return state
        assert time.monotonic() < until, f"deployment {deployment} is still {state}"


def public_container(operator: Operator, servers: Servers) -> None:
    operator.run("project", "add", "shop")
    operator.run("region", "import", "--kubeconfig", str(servers.kubeconfig), "--yes")
    arguments = ["--image", "nginx:1.27", "--type", "worker", "--replicas", "40", "--region", "helsinki-1"]
    operator.run("container", "add", "docs", *arguments)


def test_a_deployment_goes_on_when_the_terminal_is_closed(operator: Operator, servers: Servers) -> None:
    public_container(operator, servers)
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "bahriya_tui", "deploy", "docs"]
    with subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, env=operator.environment, start_new_session=True
    ) as session:
        os.close(theirs)
        seen = b""
        while b"helsinki-1" not in seen:
            seen += os.read(ours, 1024)
        os.killpg(session.pid, signal.SIGHUP)
        os.close(ours)

    assert ended(operator, "1") == "done"
    assert operator.run("container", "show", "docs", "--json").json["status"] == "running"


def test_a_killed_worker_is_replaced_by_whoever_waits(operator: Operator, servers: Servers) -> None:
    operator.environment["BAHRIYA_WORKER_IDLE"] = "120"
    public_container(operator, servers)
    command = [sys.executable, "-m", "bahriya_tui", "deploy", "docs"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=operator.environment) as waiting:
        assert waiting.stdout is not None
        while b"connecting" not in waiting.stdout.readline():
            assert waiting.poll() is None
        worker = operator.run("worker", "status", "--json").json["pid"]
        os.kill(worker, signal.SIGKILL)
        waiting.stdout.read()

    assert waiting.returncode == 0
    assert ended(operator, "1") == "done"


def test_nothing_of_an_operator_is_readable_for_others(
    operator: Operator, servers: Servers, canary: str
) -> None:
    public_container(operator, servers)
    where = ["--server", "ghcr.io", "--username", "someone", "--password-stdin", "--no-check"]
    operator.run("registry", "add", "ghcr", *where, password=canary)

    kept = [path for path in operator.home.rglob("*") if not path.is_symlink()]

    assert kept
    readable = [path for path in kept if path.stat().st_mode & 0o077 and "public" not in path.parts]
    assert readable == []
    keys = {path.parent for path in kept if "private" in path.parts}
    assert all(Path(operator.home / "store") not in folder.parents for folder in keys)
