"""The demo lives in a folder of its own, does what it prints, and leaves nothing behind, also when killed."""

import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.processes import pids, read
from tests.tui.terminal import BAHRIYA, Terminal

_DEADLINE = 120.0


def processes_of(home: str) -> list[int]:
    """List the living processes that were given `home` as argument or environment."""
    return [pid for pid in pids() if home.encode() in read(pid, "cmdline") + read(pid, "environ")]


def demo_homes(environment: dict[str, str]) -> list[Path]:
    return list(Path(environment["TMPDIR"]).glob("bahriya-demo-*"))


def test_the_walkthrough_takes_every_step_and_never_touches_the_real_store(
    environment: dict[str, str],
) -> None:
    command = [sys.executable, "-m", "bahriya_tui", "demo", "--headless"]

    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "All 7 steps held" in done.stdout
    assert "every region pulls with v2" in done.stdout
    assert list(Path(environment["BAHRIYA_HOME"]).iterdir()) == []
    assert demo_homes(environment) == []


def test_a_killed_demo_takes_its_regions_registry_worker_and_folder_with_it(
    environment: dict[str, str],
) -> None:
    command = [sys.executable, "-m", "bahriya_tui", "demo", "--headless"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as demo:
        assert demo.stdout is not None
        while b"connecting" not in demo.stdout.readline():
            assert demo.poll() is None
        (home,) = demo_homes(environment)
        servants = [process for process in processes_of(str(home)) if process != demo.pid]
        assert len(servants) >= 2
        waiting = [os.pidfd_open(process) for process in servants]

        demo.send_signal(signal.SIGKILL)

        try:
            assert all(select.select([one], [], [], _DEADLINE)[0] for one in waiting)
        finally:
            for one in waiting:
                os.close(one)
    until = time.monotonic() + _DEADLINE
    while processes_of(str(home)):
        assert time.monotonic() < until, "a process of the demo is still there"
    assert demo_homes(environment) == []


def test_a_token_is_rotated_with_what_the_screen_says(environment: dict[str, str]) -> None:
    terminal = Terminal(environment, (*BAHRIYA, "demo"))
    try:
        terminal.resize(36, 120)
        terminal.until("To rotate shop-registry: 1, its line, r", "acme-ghcr", "? Help")
        (home,) = demo_homes(environment)
        terminal.press("1jr")
        terminal.until("Rotate shop-registry: v1 to the next version", "Type the new token")
        terminal.press("\x13")
        terminal.until("type or paste it now")
        terminal.press((home / "registry" / "shop-deploy").read_text() + "\r")
        terminal.until("Registry shop-registry is at v2")
    finally:
        terminal.close()
