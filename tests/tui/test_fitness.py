"""Terminals that can do less: without UTF-8, without colour, small, or not there at all."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from bahriya_tui.cli import bahriya
from bahriya_tui.places import Places
from bahriya_tui.screen import OPTIONS, Look, asked, fitted
from bahriya_tui.store import deployments
from bahriya_tui.store.database import open_store
from bahriya_tui.tui.app import BahriyaApp
from bahriya_tui.tui.feed import Feed
from bahriya_tui.tui.widgets.table import Table
from tests.operator import Operator
from tests.tui import world
from tests.tui.conftest import Doctor, quiet_session
from tests.tui.hands import DEADLINE, fill, opened, press, shown, until
from tests.tui.terminal import Terminal, on_terminal
from tests.tui.test_screens import SCREENS, SMALL

Compare = Callable[..., bool]
COLOUR = re.compile(rb"\x1b\[(?:[\d;]*;)?(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])(?:;[\d;]*)?m")


def looking(places: Places, feed: Feed, **look: bool) -> BahriyaApp:
    return BahriyaApp(places, feed, open_session=quiet_session, now=lambda: world.NOW, look=Look(**look))


@pytest.mark.parametrize("look", ["ascii", "no_color", "light"])
@pytest.mark.parametrize("screen", SCREENS)
def test_a_screen_looks_as_it_did_on_a_lesser_terminal(
    snap_compare: Compare, seeded: Places, measured: Doctor, screen: str, look: str
) -> None:
    with Feed(seeded.database, "shop") as feed:
        app = looking(seeded, feed, **{look: True})
        assert snap_compare(app, terminal_size=SMALL, run_before=SCREENS[screen])


@pytest.mark.parametrize("screen", SCREENS)
async def test_in_ascii_no_other_character_is_drawn(seeded: Places, measured: Doctor, screen: str) -> None:
    with Feed(seeded.database, "shop") as feed:
        async with looking(seeded, feed, ascii=True).run_test(size=(200, 50)) as pilot:
            await SCREENS[screen](pilot)
            text = shown(pilot)
            assert "shop" in text
            assert text.isascii()


async def test_a_dialog_in_ascii_has_a_border_of_ascii(seeded: Places) -> None:
    with Feed(seeded.database, "shop") as feed:
        async with looking(seeded, feed, ascii=True).run_test() as pilot:
            await press(pilot, "n")
            await opened(pilot, "RegistryForm")
            assert shown(pilot).isascii()
            assert "+- New registry -" in shown(pilot)


@pytest.mark.parametrize(
    ("environment", "ascii_alone"),
    [
        ({"LANG": "C"}, True),
        ({"LANG": "C", "LC_CTYPE": "C.UTF-8"}, True),
        ({"LC_ALL": "POSIX", "LANG": "en_US.UTF-8"}, True),
        ({"LANG": "de_DE.ISO-8859-1"}, True),
        ({"LANG": "de_DE.utf8"}, False),
        ({"LC_ALL": "C.UTF-8", "LANG": "C"}, False),
        ({}, False),
    ],
)
def test_a_locale_without_utf8_is_drawn_in_ascii(environment: dict[str, str], ascii_alone: bool) -> None:
    assert fitted(Look(), {"COLORTERM": "truecolor", **environment}).ascii is ascii_alone


def test_every_option_of_the_screens_is_a_look_and_stands_in_the_help() -> None:
    for option in OPTIONS:
        look = asked([option])
        assert look is not None
        assert look.options == [option]
        assert option in (bahriya.help or "")
    assert asked([]) == Look()
    assert asked(["--ascii", "registry"]) is None


def test_without_colour_no_colour_is_sent(operator: Operator) -> None:
    operator.run("project", "add", "shop")
    with on_terminal({**operator.environment, "NO_COLOR": "1"}) as terminal:
        terminal.until("1 Registries", "No registry yet")
        assert COLOUR.findall(terminal.sent) == []
    with on_terminal({**operator.environment, "NO_COLOR": ""}) as terminal:
        terminal.until("1 Registries", "No registry yet")
        assert COLOUR.findall(terminal.sent) != []


def test_no_mouse_leaves_the_mouse_to_the_terminal(operator: Operator) -> None:
    import sys

    command = (sys.executable, "-m", "bahriya_tui", "--no-mouse")
    with on_terminal(operator.environment, command) as terminal:
        terminal.until("1 Registries")
        assert b"\x1b[?1000h" not in terminal.sent


@contextmanager
def watching(operator: Operator, *options: str) -> Iterator[Terminal]:
    """Look at the newest deployment in a terminal."""
    command = (*_bahriya(), "--read-only", *options)
    environment = {**operator.environment, "LC_ALL": "C.UTF-8", "BAHRIYA_PROJECT": "shop"}
    with on_terminal(environment, command) as terminal:
        terminal.until("1 Registries", "Used by")
        terminal.press("4")
        terminal.until("Revision")
        terminal.press("\r")
        terminal.until("Log of all regions")
        yield terminal


def test_on_a_slow_link_less_is_written_of_the_same_deployment_and_keys_are_answered(
    operator: Operator,
) -> None:
    database = operator.home / "store" / "bahriya.db"
    world.seed(database)
    steps = [f"step {number} of 20." for number in range(1, 21)]
    with (
        open_store(database) as store,
        watching(operator) as usual,
        watching(operator, "--slow-link") as slow,
    ):
        (run,) = (one for one in deployments.all(store.connection, "shop") if one.state == "running")
        began, at = (len(usual.sent), len(slow.sent)), time.monotonic()
        for step in steps:
            with store.write() as tx:
                world.bring_on(tx, run, "helsinki-1", "rolling", step, 2)
            usual.until(step)
            slow.take()
        slow.until(steps[-1])
        usual.take()
        written = len(usual.sent) - began[0], len(slow.sent) - began[1]
        # Once a second: on a machine that takes a second for each step nothing is left to save.
        looks = time.monotonic() - at + 2
        assert written[1] < written[0] * max(0.75, looks / len(steps))
        for key, region in ("j", "helsinki-1"), ("j", "virginia-1"), ("k", "helsinki-1"):
            slow.press(key)
            slow.wait(lambda named=region: chosen_line(slow).startswith(f"▌ {named}"), f"{key} is answered")


def chosen_line(terminal: Terminal) -> str:
    """Give the line with the mark of the cursor."""
    return next((line for line in terminal.screen.display if line.startswith("▌")), "")


async def test_keys_do_not_wait_for_the_next_look_at_the_store(app: BahriyaApp) -> None:
    app.feed.period = 3600.0
    async with app.run_test() as pilot:
        await press(pilot, "2")
        for handle in ("billing", "cache"):
            await press(pilot, "j")
            current = pilot.app.screen.query_one("#list", Table).current
            assert current is not None
            assert current.handle == handle


async def test_what_is_told_meanwhile_hides_neither_the_buttons_of_a_dialog_nor_its_error(
    app: BahriyaApp,
) -> None:
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await press(pilot, "2", "n")
        await opened(pilot, "ContainerForm")
        await fill(pilot, handle="search", image="ghcr.io/acme/search")
        await press(pilot, "enter")
        await until(pilot, lambda: "has no tag" in shown(pilot), "the form comes back with the error")
        app.notify("The first was tried again.\nIt failed.\nLook at it.", timeout=DEADLINE)
        app.notify("The second was tried again.", timeout=DEADLINE)
        await until(pilot, lambda: shown(pilot).count("was tried again") == 2, "both are told")
        assert "has no tag" in shown(pilot)
        assert "Cancel" in shown(pilot)


async def test_a_terminal_that_becomes_tiny_says_so_and_recovers(app: BahriyaApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "j")
        before = shown(pilot)
        await pilot.resize_terminal(30, 8)
        await until(pilot, lambda: "Make it larger" in shown(pilot), "the line")
        assert shown(pilot).split() == ["Make", "it", "larger:", "40", "x", "10"]
        await press(pilot, "x", "j")
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: "Make it larger" not in shown(pilot), "the screen again")
        assert shown(pilot) == before
        await press(pilot, "k")
        assert shown(pilot) != before


async def test_a_dialog_in_a_tiny_terminal_is_there_again_afterwards(app: BahriyaApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "n")
        await opened(pilot, "RegistryForm")
        await pilot.resize_terminal(30, 8)
        await until(pilot, lambda: "Make it larger" in shown(pilot), "the line")
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: "New registry" in shown(pilot), "the dialog again")
        await press(pilot, "escape")
        await until(pilot, lambda: "Make it larger" not in shown(pilot), "the list")


@pytest.mark.parametrize(
    ("kind", "said"),
    [("dumb", "TERM=dumb"), ("unknown", "TERM=unknown"), ("", "TERM is not set")],
)
def test_a_terminal_that_cannot_place_text_gets_one_line(operator: Operator, kind: str, said: str) -> None:
    command = ("/usr/bin/env", f"TERM={kind}", *_bahriya())
    with on_terminal(operator.environment, command) as terminal:
        assert terminal.ended() == 2
        assert said in terminal.text.replace("\n", "")
        assert b"\x1b" not in terminal.sent


def test_a_tiny_terminal_gets_one_line(operator: Operator) -> None:
    command = ("/bin/sh", "-c", 'stty cols 30 rows 8; exec "$@"', "sh", *_bahriya())
    with on_terminal(operator.environment, command) as terminal:
        assert terminal.ended() == 2
        assert "40 columns and 10 lines" in terminal.text.replace("\n", "")
        assert b"\x1b" not in terminal.sent


def test_without_a_terminal_there_is_one_line(operator: Operator) -> None:
    done = operator.start()
    assert done.code == 2
    assert done.err.count("\n") == 1
    assert "ssh -t" in done.err


def _bahriya() -> tuple[str, ...]:
    import sys

    return (sys.executable, "-m", "bahriya_tui")
