"""Keys that come at once have their effects in the order in which they came."""

import pytest
from textual.events import Key, Paste
from textual.keys import _character_to_key
from textual.pilot import Pilot
from textual.widgets import Input

from bahriya_tui.tui.app import BahriyaApp
from tests.tui.hands import opened, press, until


def at_once(pilot: Pilot[None], *keys: str) -> None:
    """Send keys as one piece, as a slow line brings them; a longer word is pasted."""
    for key in keys:
        if key.startswith("paste "):
            pilot.app.post_message(Paste(key.removeprefix("paste ")))
        elif len(key) == 1:
            pilot.app.post_message(Key(_character_to_key(key), key))
        else:
            pilot.app.post_message(Key(key, None))


@pytest.mark.parametrize(
    ("keys", "typed"),
    [
        (["a", "b", "c", "left", "X"], "abXc"),
        (["a", "b", "c", "backspace", "backspace", "d", "e"], "ade"),
        (["a", "b", "ctrl+u", "c", "d"], "cd"),
        (["b", "c", "home", "a", "end", "d"], "abcd"),
        (["a", "left", "paste xy", "right", "b"], "xyab"),
    ],
    ids=" ".join,
)
async def test_letters_stand_where_the_keys_before_them_lead(
    app: BahriyaApp, keys: list[str], typed: str
) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        await press(pilot, "n")
        await opened(pilot, "RegistryForm")
        at_once(pilot, *keys)
        line = app.screen.query_one("#handle", Input)
        await until(pilot, lambda: len(line.value) == len(typed), "all is entered")
        assert line.value == typed


async def test_a_field_that_is_left_gets_nothing_of_what_follows(app: BahriyaApp) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        await press(pilot, "n")
        await opened(pilot, "RegistryForm")
        at_once(pilot, "a", "tab", "b", "tab", "c", "shift+tab", "d")
        server, user = (app.screen.query_one(f"#{name}", Input) for name in ("server", "username"))
        await until(pilot, lambda: server.value == "bd" or len(user.value) > 1, "all is entered")
        assert (app.screen.query_one("#handle", Input).value, server.value, user.value) == ("a", "bd", "c")


async def test_keys_go_on_after_a_dialog_that_was_closed_by_one_of_them(app: BahriyaApp) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        await press(pilot, "?")
        await opened(pilot, "Help")
        at_once(pilot, "escape", "2", "escape", "3", "j", "k")
        await until(pilot, lambda: type(app.screen).__name__ == "Regions", "the last of them counts")
