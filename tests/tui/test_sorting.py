"""Sorting: a key goes through the columns, the heading says which, and each list keeps its own."""

import pytest

from bahriya_tui.tui.app import BahriyaApp
from bahriya_tui.tui.screens.listing import Listing
from bahriya_tui.tui.screens.modes import MODES
from tests.tui.hands import press, rows, shown


def heading(text: str) -> str:
    return next(line for line in text.splitlines() if "Handle" in line)


async def test_a_key_sorts_by_the_next_column_and_the_heading_says_so(app: BahriyaApp) -> None:
    async with app.run_test(size=(119, 30)) as pilot:
        await press(pilot, "2", "s")
        assert "Handle ▲" in heading(shown(pilot))
        await press(pilot, "S")
        assert "Handle ▼" in heading(shown(pilot))
        assert rows(pilot) == ["web", "mailer", "docs", "cache", "billing", "api"]


async def test_after_the_last_column_the_lines_are_as_they_came(app: BahriyaApp) -> None:
    async with app.run_test(size=(119, 30)) as pilot:
        await press(pilot, "2")
        before = rows(pilot)
        await press(pilot, *"sssssss")
        assert rows(pilot) != before
        await press(pilot, "s")
        assert rows(pilot) == before
        assert "▲" not in heading(shown(pilot))


async def test_numbers_are_sorted_as_numbers_and_not_as_they_are_drawn(app: BahriyaApp) -> None:
    async with app.run_test(size=(119, 30)) as pilot:
        await press(pilot, *"ssss", "S")
        assert rows(pilot)[:2] == ["house", "ghcr"]
        await press(pilot, "s")
        assert rows(pilot) == ["ghcr", "house", "hub-mirror"]


async def test_the_cursor_stays_on_its_line_and_the_filter_keeps_the_order(app: BahriyaApp) -> None:
    async with app.run_test(size=(119, 30)) as pilot:
        await press(pilot, "2", "s", "S")
        assert isinstance(app.screen, Listing)
        assert app.screen.current is not None
        assert app.screen.current.handle == "api"
        await press(pilot, "slash", *"ghcr", "enter")
        assert rows(pilot) == ["web", "api"]


async def test_every_list_keeps_its_own_order(app: BahriyaApp) -> None:
    async with app.run_test(size=(119, 30)) as pilot:
        await press(pilot, "2", "s", "S", "1")
        assert rows(pilot) == ["ghcr", "house", "hub-mirror"]
        assert "▼" not in heading(shown(pilot))
        await press(pilot, "2")
        assert rows(pilot)[0] == "web"


@pytest.mark.parametrize("mode", MODES)
async def test_every_list_can_be_sorted_by_every_column_that_is_named(app: BahriyaApp, mode: str) -> None:
    async with app.run_test(size=(200, 40)) as pilot:
        app.action_mode(mode)
        await pilot.pause()
        screen = app.screen
        assert isinstance(screen, Listing)
        orders = screen.orders(app.view)
        assert set(orders) == {column.label for column in screen.COLUMNS}
        for order in orders.values():
            sorted(screen.items(app.view), key=order)
