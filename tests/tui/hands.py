"""Hands on the keyboard: type, press, and wait for what should follow, never for a time."""

import time
from collections.abc import Callable
from typing import Any

from textual.events import Paste
from textual.keys import _character_to_key
from textual.pilot import Pilot
from textual.widgets import Input

from bahriya_tui.tui.app import BahriyaApp
from bahriya_tui.tui.widgets.table import Table

DEADLINE = 120.0
Hands = Pilot[None]


async def until(pilot: Hands, condition: Callable[[], Any], what: str) -> None:
    """Let the app go on until `condition` holds."""
    end = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < end, f"never happened: {what}"
        await pilot.pause(0.01)
    await pilot.pause()


async def press(pilot: Hands, *keys: str) -> None:
    """Press keys one after the other."""
    for key in keys:
        await pilot.press(key)
    await pilot.pause()


async def opened(pilot: Hands, screen: str) -> None:
    """Wait for a screen or dialog by the name of its class, ready for keys."""
    await until(
        pilot,
        lambda: type(pilot.app.screen).__name__ == screen and pilot.app.screen.focused is not None,
        f"{screen} opens",
    )


async def fill(pilot: Hands, **fields: str) -> None:
    """Put text into the lines of a form, over what is there."""
    for name, text in fields.items():
        line = pilot.app.screen.query_one(f"#{name}", Input)
        line.focus()
        await pilot.pause()
        line.value = ""
        if len(text) > 24:
            line.post_message(Paste(text))
            await pilot.pause()
        else:
            await press(pilot, *(_character_to_key(char) for char in text))
        assert line.value == text


def shown(pilot: Hands) -> str:
    """Give the text of the whole screen as the terminal would show it."""
    return "\n".join(strip.text for strip in pilot.app.screen._compositor.render_strips())


def rows(pilot: Hands) -> list[str]:
    """Give the keys of the lines of the list."""
    table = pilot.app.screen_stack[0].query_one("#list", Table)
    return [table._lines.key(item) for item in table._seen]


def notices(pilot: Hands) -> str:
    """Give everything that notifications say."""
    return "\n".join(note.message for note in pilot.app._notifications)


def app_of(pilot: Hands) -> BahriyaApp:
    """Give the application with its type."""
    assert isinstance(pilot.app, BahriyaApp)
    return pilot.app
