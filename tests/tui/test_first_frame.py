"""What is drawn before Textual is loaded is part of what the screens draw then, which go on from it."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.color import ColorSystem

from bahriya_tui.places import Places
from bahriya_tui.screen import Look
from bahriya_tui.store.database import open_store
from bahriya_tui.tui import first_frame
from bahriya_tui.tui.app import BahriyaApp
from bahriya_tui.tui.cells import Row, Shown
from bahriya_tui.tui.display import _patches
from bahriya_tui.tui.feed import Feed
from tests.operator import Operator
from tests.processes import children
from tests.tui import world
from tests.tui.conftest import quiet_session
from tests.tui.terminal import on_terminal
from tests.tui.test_display import picture

SIZES = [(40, 10), (80, 24), (119, 30), (120, 36), (139, 36), (140, 36), (143, 40), (200, 50), (307, 20)]
ALTERNATE = first_frame.ALTERNATE.encode()
ALONE = """
import sys
from pathlib import Path
from bahriya_tui.screen import Look
from bahriya_tui.tui import first_frame
from bahriya_tui.tui.feed import Feed

with Feed(Path(sys.argv[1]), "shop") as feed:
    assert list(first_frame.patches(feed.latest, Look(), 120, 36, "2026-01-01T00:00:00.000Z"))
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


def many(places: Places) -> None:
    """More registries than there are lines."""
    with open_store(places.database) as store, store.write() as tx:
        for number in range(60):
            world.add_registry(tx, f"team-{number}", f"team-{number}.example.com", "robot")


def calm(places: Places) -> None:
    """Nothing that ends soon, and nothing that has to go."""
    with open_store(places.database) as store, store.write() as tx:
        tx.execute("UPDATE registry SET expires = NULL")
        tx.execute("UPDATE credential SET expires_at = NULL")
        tx.execute("DELETE FROM removal")


def as_it_is(_places: Places) -> None:
    """An evening with something of everything."""


def rows(shown: Shown) -> list[Row]:
    return shown._rows


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize(
    ("look", "change"),
    [({}, as_it_is), ({"light": True}, many), ({"read_only": True}, calm)],
    ids=["by night", "many by day", "calm"],
)
async def test_each_cell_of_it_is_what_the_screens_draw(
    seeded: Places, size: tuple[int, int], look: dict[str, Any], change: Callable[[Places], None]
) -> None:
    change(seeded)
    with Feed(seeded.database, "shop") as feed:
        early, late = (Shown(*size, ColorSystem.TRUECOLOR) for _ in range(2))
        early.change(first_frame.patches(feed.latest, Look(**look), *size, world.NOW))
        app = BahriyaApp(seeded, feed, open_session=quiet_session, now=lambda: world.NOW, look=Look(**look))
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            update = app.screen._compositor.render_full_update()
            late.change(_patches(update))
    drawn = [
        (y, x, cell, rows(late)[y][x])
        for y, row in enumerate(rows(early))
        for x, cell in enumerate(row)
        if cell is not None
    ]
    assert len(drawn) > size[0] * (size[1] - 4) / 2
    assert [one for one in drawn if one[2] != one[3]] == []


def test_it_needs_no_textual(seeded: Places) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ALONE, str(seeded.database)], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert "textual" not in done.stdout.split()


@pytest.fixture
def stocked(operator: Operator) -> Operator:
    """An operator with registries."""
    operator.run("project", "add", "shop")
    for number in range(3):
        operator.run(
            *("registry", "add", f"team-{number}", "--server", f"team-{number}.example.com"),
            *("--username", "robot", "--no-check", "--password-stdin"),
            password="token",
        )
    return operator


@pytest.mark.parametrize("colours", ["truecolor", ""])
def test_the_screens_go_on_from_it_as_if_they_had_drawn_all(stocked: Operator, colours: str) -> None:
    with on_terminal({**stocked.environment, "COLORTERM": colours}) as terminal:
        terminal.until("team-2.example.com", "Help")
        assert terminal.sent.count(ALTERNATE) == 1
        assert terminal.sent.index(b"team-2.example.com") < terminal.sent.index(b"\x1b[?1004h")
        assert terminal.sent.count(b"team-2.example.com") == 1, "what stood there was written again"
        before, sent = picture(terminal.screen), len(terminal.sent)
        terminal.press("\x0c")
        terminal.wait(lambda: b"team-2.example.com" in terminal.sent[sent:], "all of it is drawn again")
        terminal.wait(lambda: b"Help" in terminal.sent[sent:], "to the end")
        assert picture(terminal.screen) == before
        terminal.press("q")
        assert terminal.ended() == 0
        assert terminal.current_modes() == terminal.modes
    assert terminal.sent.count(b"\x1b[?1049l") == 1


def test_what_is_typed_ahead_is_for_the_screens_and_never_stands_in_them(stocked: Operator) -> None:
    with on_terminal(stocked.environment) as terminal:
        terminal.wait(lambda: ALTERNATE in terminal.sent, "the first frame")
        terminal.press("2")
        terminal.until("No container")
        terminal.press("1")
        terminal.until("team-2.example.com")
        assert terminal.text.splitlines()[0].startswith("  Bahriya")


def test_where_no_screens_come_the_terminal_is_as_before(stocked: Operator, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "textual.py").write_text("raise RuntimeError('broken')")
    with on_terminal({**stocked.environment, "PYTHONPATH": str(broken)}) as terminal:
        assert terminal.ended() != 0
        assert terminal.current_modes() == terminal.modes
    assert terminal.sent.count(ALTERNATE) == terminal.sent.count(b"\x1b[?1049l\x1b[?25h") == 1


@pytest.mark.parametrize(
    "environment", [{"NO_COLOR": "1"}, {"LC_ALL": "C"}, {"BAHRIYA_DISPLAY": "stock"}], ids=str
)
def test_where_what_is_drawn_is_changed_on_its_way_it_is_left_to_the_screens(
    stocked: Operator, environment: dict[str, str]
) -> None:
    with on_terminal({**stocked.environment, **environment}) as terminal:
        terminal.until("team-2.example.com", "Help")
        assert terminal.sent.index(b"\x1b[?1004h") < terminal.sent.index(b"team-2.example.com")


@pytest.mark.parametrize("when", [b"\x1b[?1049h", b"\x1b[?1004h"], ids=["with the first frame", "later"])
def test_after_screens_that_were_killed_the_terminal_is_as_before(stocked: Operator, when: bytes) -> None:
    with on_terminal(stocked.environment) as terminal:
        terminal.until_sent(when)
        (screens,) = children(terminal.process.pid)
        os.kill(screens, signal.SIGKILL)
        assert terminal.ended() == 128 + signal.SIGKILL
        assert terminal.current_modes() == terminal.modes
        assert terminal.sent.endswith(b"\x1b[?1049l\x1b[?25h")


def test_what_keeps_the_screens_from_coming_is_told_in_one_line(stocked: Operator) -> None:
    store = stocked.home / "store" / "bahriya.db"
    store.write_bytes(b"this is no database at all, and long enough to be looked at")
    with on_terminal(stocked.environment) as terminal:
        assert terminal.ended() == 1
        told = terminal.sent.decode().strip().splitlines()
    assert len(told) == 1
    assert told[0].startswith("bahriya: ")


def test_the_screens_end_with_the_line_and_the_code_of_a_command(tmp_path: Path) -> None:
    someone = Operator(tmp_path / "a\x1b[31mb")
    someone.home.mkdir()
    (someone.home / "store").write_text("no folder")
    with on_terminal(someone.environment) as terminal:
        code = terminal.ended()
        said = terminal.sent.decode()
    answer = someone.run("project", "list", code=code)
    assert code == 1
    assert said.splitlines() == answer.err.splitlines()
    assert "a\\x1b[31mb" in said
    assert "\x1b" not in said
