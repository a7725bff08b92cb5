"""After the lock a process can only compute and use the connections it has."""

import ctypes
import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bahriya_tui.isolation.syscalls import MACHINES

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or os.uname().machine not in MACHINES, reason="the lock needs Linux"
)

_PROGRAM = """
import ctypes, json, os, signal, socket, subprocess, sys, threading
from bahriya_tui.isolation.lockdown import lock_in
port, path, network = int(sys.argv[1]), sys.argv[2], sys.argv[3] == "network"
opened, before = os.open(path, os.O_RDONLY), socket.create_connection(("127.0.0.1", port))
attempts = {
    "read a file": lambda: open(path).close(),
    "read a file of the system": lambda: open("/etc/hostname").close(),
    "write a file": lambda: open(path + ".new", "w").close(),
    "remove a file": lambda: os.unlink(path),
    "make a folder": lambda: os.mkdir(path + ".d"),
    "let others read a file": lambda: os.chmod(path, 0o644),
    "let others read an open file": lambda: os.fchmod(opened, 0o644),
    "give a file away": lambda: os.chown(path, os.getuid(), -1),
    "mark a file": lambda: os.setxattr(path, "user.mark", b"x"),
    "connect": lambda: socket.create_connection(("127.0.0.1", port)).close(),
    "listen": lambda: socket.create_server(("127.0.0.1", 0)).close(),
    "run a program": lambda: os.execv("/bin/true", ["true"]),
    "fork": lambda: os.fork() or os._exit(0),
    "start a program": lambda: subprocess.run(["/bin/true"]),
    "signal the parent": lambda: os.kill(os.getppid(), 0),
    "hide memory in a file": lambda: os.memfd_create("x"),
}
def attempt():
    outcome = {}
    for name, action in attempts.items():
        try:
            action()
            outcome[name] = "done"
        except OSError as error:
            outcome[name] = "refused"
    return outcome
go, found = threading.Event(), {}
def old():
    go.wait()
    found["a thread from before"] = attempt()
thread = threading.Thread(target=old)
thread.start()
level = lock_in(network=network)
go.set()
thread.join()
found["this thread"] = attempt()
def new():
    found["a new thread"] = attempt()
thread = threading.Thread(target=new)
thread.start()
thread.join()
before.sendall(b"still there")
print(json.dumps({"level": level, "found": found, "read": os.read(opened, 99).decode()}), flush=True)
os._exit(0)
"""


@pytest.fixture
def locked(tmp_path: Path) -> Any:
    """Runs a process that locks itself in and tries everything; gives what it could do."""

    def run(network: str = "") -> Any:
        path = tmp_path / "file"
        path.write_text("content")
        with socket.create_server(("127.0.0.1", 0)) as server:
            arguments = [str(server.getsockname()[1]), str(path), network]
            done = subprocess.run(
                [sys.executable, "-I", "-c", _PROGRAM, *arguments], capture_output=True, text=True, timeout=60
            )
            assert done.returncode == 0, done.stderr
            connection, _ = server.accept()
            with connection:
                assert connection.recv(99) == b"still there"
        return json.loads(done.stdout)

    return run


def test_nothing_new_can_be_reached_from_any_thread(locked: Any) -> None:
    told = locked()
    if told["level"] == "process only":
        pytest.skip("this kernel has neither Landlock nor seccomp")
    for thread, outcome in told["found"].items():
        assert set(outcome.values()) == {"refused"}, (thread, outcome)
    assert told["read"] == "content"


def test_a_current_kernel_gives_the_full_level(locked: Any) -> None:
    ask_version = 1
    if ctypes.CDLL(None).syscall(444, None, ctypes.c_size_t(0), ctypes.c_uint(ask_version)) < 6:
        pytest.skip("Landlock of Linux 6.12 or later is not switched on here")
    assert locked()["level"] == "full"


def test_with_a_network_only_connecting_and_reading_the_system_remain(locked: Any) -> None:
    told = locked("network")
    if told["level"] == "process only":
        pytest.skip("this kernel has neither Landlock nor seccomp")
    outcome = told["found"]["this thread"]
    done = {name for name, result in outcome.items() if result == "done"}
    allowed = {"connect", "read a file of the system"}
    if told["level"] == "partial":
        allowed |= {"read a file"}
    assert {"connect", "read a file of the system"} <= done <= allowed


def test_a_locked_in_process_cannot_type_into_its_terminal() -> None:
    program = """
import errno, fcntl, os, pty, sys
from bahriya_tui.isolation.landlock import Files
from bahriya_tui.isolation.lockdown import lock_in_screens
told = os.dup(1)
os.setsid()
_, terminal = pty.openpty()
os.close(os.open(os.ttyname(terminal), os.O_RDWR))
lock_in_screens(Files())
found = []
for typing in (0x5412, 0x541C):
    try:
        fcntl.ioctl(terminal, typing, b"\\x02")
        found.append("done")
    except OSError as error:
        found.append(errno.errorcode[error.errno])
os.write(told, f"{found} {os.get_terminal_size(terminal).columns}".encode())
"""
    done = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "['EPERM', 'EPERM'] 0"


def test_another_machine_degrades_without_an_error() -> None:
    program = (
        "import os; os.uname = lambda: os.uname_result(('Linux', '', '1', '', 'riscv64'));"
        "from bahriya_tui.isolation.lockdown import lock_in; print(lock_in()); open('/etc/hostname').close()"
    )
    done = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "process only\n"


@pytest.mark.parametrize("machine", sorted(MACHINES))
def test_no_system_call_is_listed_twice(machine: str) -> None:
    of = MACHINES[machine]
    listed = (
        of.programs + of.intrusion + of.network + of.serving + of.signals + of.files + of.opening + of.pairs
    )
    assert len(listed) == len(set(listed))
    assert not {of.clone, of.clone3, of.ioctl, of.seccomp} & set(listed)


def test_a_process_that_holds_secrets_cannot_be_read_or_dumped() -> None:
    program = (
        "import resource, sys; from bahriya_tui.isolation.undumpable import make_undumpable;"
        "import ctypes; get_dumpable = 3;"
        "print(make_undumpable(), resource.getrlimit(resource.RLIMIT_CORE),"
        "      ctypes.CDLL(None).prctl(get_dumpable, 0, 0, 0, 0), flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-I", "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "True (0, 0) 0\n"
        if os.geteuid() != 0:
            with pytest.raises(PermissionError):
                Path(f"/proc/{process.pid}/environ").read_bytes()
        process.communicate("")
