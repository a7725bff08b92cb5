"""Copying: names, last errors and commands go to the clipboard of the operator's terminal; secrets never."""

import base64
import re
import shlex
from collections.abc import Callable

import click
import pytest

from bahriya_tui.cli import bahriya
from bahriya_tui.places import Places
from bahriya_tui.store import regions
from bahriya_tui.store.database import open_store
from bahriya_tui.tui.app import BahriyaApp
from tests.tui import world
from tests.tui.hands import Hands, fill, notices, opened, press, rows, until

OSC_52 = re.compile(r"\x1b\]52;c;([A-Za-z0-9+/=]*)\a")


def written(app: BahriyaApp, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """Listen to what goes to the terminal; gives the texts its clipboard was told to hold."""
    heard: list[str] = []
    assert app._driver is not None
    monkeypatch.setattr(app._driver, "write", heard.append)
    return lambda: [base64.b64decode(found).decode() for found in OSC_52.findall("".join(heard))]


async def test_y_tells_the_terminal_to_hold_the_handle(
    app: BahriyaApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with app.run_test() as pilot:
        clipboard = written(app, monkeypatch)
        await press(pilot, "2", "y")
        assert clipboard() == ["api"]
        assert "Copied: api" in notices(pilot)


async def test_of_marked_lines_all_names_are_copied_as_arguments(app: BahriyaApp) -> None:
    async with app.run_test() as pilot:
        await press(pilot, "2", "space", "j", "space", "y")
        assert app.clipboard == "api cache"
        await press(pilot, "4", "ctrl+a", "y")
        assert app.clipboard == "7 6 5 4 3 2 1"
        await press(pilot, "3", "j", "y")
        assert app.clipboard == "helsinki-1"


TWINS = {
    "1": "bahriya registry show ghcr --project shop",
    "2": "bahriya container show api --project shop",
    "3": "bahriya region show falkenstein-1",
    "4": "bahriya deployment show 7 --project shop",
}


@pytest.mark.parametrize("mode", TWINS)
async def test_the_command_that_shows_the_same_is_copied_and_exists(app: BahriyaApp, mode: str) -> None:
    async with app.run_test() as pilot:
        await press(pilot, mode, "Y")
        assert app.clipboard == TWINS[mode]
    _, noun, verb, *arguments = shlex.split(app.clipboard)
    group = bahriya.get_command(click.Context(bahriya), noun)
    assert isinstance(group, click.Group)
    command = group.get_command(click.Context(group), verb)
    assert command is not None
    command.make_context(verb, arguments)


async def test_details_give_the_last_error_and_where_all_is_well_the_name(app: BahriyaApp) -> None:
    async with app.run_test() as pilot:
        await press(pilot, "2", "enter")
        await opened(pilot, "Details")
        await press(pilot, "y")
        assert app.clipboard == "virginia-1: manifest unknown: ghcr.io/acme/api:2.5.0"
        await press(pilot, "escape", "G", "enter")
        await opened(pilot, "Details")
        await press(pilot, "y")
        assert app.clipboard == "web"


async def test_a_deployment_gives_why_it_failed_and_one_that_did_not_its_number(app: BahriyaApp) -> None:
    async with app.run_test() as pilot:
        await press(pilot, "4", "enter")
        await opened(pilot, "Run")
        await press(pilot, "y")
        assert app.clipboard == "7"
        await press(pilot, "escape", "j", "enter")
        await opened(pilot, "Run")
        await press(pilot, "y")
        assert app.clipboard == "virginia-1: manifest unknown: ghcr.io/acme/api:2.5.0"


async def test_what_a_region_said_cannot_do_anything_where_it_is_pasted(
    app: BahriyaApp, places: Places
) -> None:
    with open_store(places.database) as store, store.write() as tx:
        regions.seen(tx, "falkenstein-1", world.NOW, "refused\nrm -rf ~\r\x1b[201~")
    async with app.run_test() as pilot:
        await press(pilot, "3", "enter")
        await opened(pilot, "Details")
        await press(pilot, "y")
        assert "rm -rf" in app.clipboard
        assert app.clipboard.isprintable()


async def visit(pilot: Hands) -> None:
    """Copy whatever can be copied, on every list and what it opens."""
    for mode in "123456":
        await press(pilot, mode)
        for _ in rows(pilot):
            await press(pilot, "y", "Y", "enter", "y", "Y", "escape", "j")
        await press(pilot, "ctrl+a", "y", "Y")


async def test_no_secret_is_ever_copied(
    app: BahriyaApp, keyed: Places, canary: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with app.run_test() as pilot:
        clipboard = written(app, monkeypatch)
        await press(pilot, "n")
        await opened(pilot, "RegistryForm")
        await fill(pilot, handle="quay", server="quay.io", username="robot")
        await press(pilot, "enter")
        await until(pilot, lambda: "quay" in rows(pilot), "quay is listed")
        await visit(pilot)
        held = clipboard()
        assert "bahriya registry show quay --project shop" in held
        assert not [text for text in held if canary in text]
