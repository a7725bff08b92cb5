"""A fault of the program shows where it was, and never what it held."""

import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Callable

from bahriya_tui.operations.session import Session
from bahriya_tui.places import Places
from bahriya_tui.tui.app import BahriyaApp
from bahriya_tui.tui.screens.base import BahriyaScreen, flow
from bahriya_tui.tui.screens.registries import Registries
from tests.tui.hands import notices, press, shown, until

CRASHING = """
import sys
from pathlib import Path
import bahriya_tui.tui
from bahriya_tui.places import Places
from bahriya_tui.tui.app import BahriyaApp
from bahriya_tui.tui.feed import Feed
from bahriya_tui.tui.screens.registries import Registries

root = Path(sys.argv[1])
held = Path(sys.argv[2]).read_text()

def fail(screen):
    token = held
    argument = {"token": token}
    raise KeyError(token, argument)

Registries.action_filter = fail
with Feed(Places(root / "store", root / "keys", root / "logs").database, "shop") as feed:
    app = BahriyaApp(Places(root / "store", root / "keys", root / "logs"), feed)
    app.run()
sys.exit(app.return_code)
"""


def test_a_crash_leaves_a_few_lines_without_any_variable(seeded: Places, canary: str) -> None:
    secret = seeded.logs / "held"
    secret.write_text(canary)
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", CRASHING, str(seeded.store.parent), str(secret)],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "100", "LINES": "30"},
    )
    os.close(theirs)
    out = b""
    try:
        out = _read(ours, out, lambda seen: b"ghcr.io" in seen)
        os.write(ours, b"/")
        out = _read(ours, out, lambda seen: b"Start bahriya again" in seen)
        assert process.wait(120) == 1
    finally:
        process.kill()
        process.wait()
        os.close(ours)
    assert b"fault of its own: KeyError" in out
    assert canary.encode() not in out
    assert b"Traceback" not in out


def _read(descriptor: int, seen: bytes, enough: Callable[[bytes], bool]) -> bytes:
    end = time.monotonic() + 120
    while not enough(seen):
        left = end - time.monotonic()
        assert left > 0, seen[-2000:]
        if select.select([descriptor], [], [], left)[0]:
            seen += os.read(descriptor, 65536)
    return seen


async def test_a_fault_in_a_change_is_said_without_its_text(app: BahriyaApp, canary: str) -> None:
    def broken(session: Session) -> None:
        token = canary
        raise ValueError(token)

    @flow
    async def steps(screen: BahriyaScreen) -> None:
        await screen.bahriya.change("breaking", broken)

    async with app.run_test() as pilot:
        assert isinstance(app.screen, Registries)
        steps(app.screen)
        await until(pilot, lambda: "ValueError" in notices(pilot), "the fault is said")
        assert canary not in notices(pilot) + shown(pilot)
        await press(pilot, "j")
        assert app.is_running


async def test_a_fault_in_a_flow_is_said_without_its_text(app: BahriyaApp, canary: str) -> None:
    @flow
    async def steps(screen: BahriyaScreen) -> None:
        token = canary
        raise RuntimeError(token)

    async with app.run_test() as pilot:
        assert isinstance(app.screen, Registries)
        steps(app.screen)
        await until(pilot, lambda: "RuntimeError" in notices(pilot), "the fault is said")
        assert canary not in notices(pilot) + shown(pilot)
