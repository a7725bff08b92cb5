"""The table: draws what is seen, keeps its cursor, and redraws only lines that changed."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App, ComposeResult
from textual.geometry import Region

from bahriya_tui.tui.present.text import Column, cell
from bahriya_tui.tui.widgets.columns import GAP, share
from bahriya_tui.tui.widgets.table import Lines, Table

COLUMNS = (Column("Name", 10, grow=1), Column("State", 8, drop=2), Column("Note", 12, drop=1))


class Alone(App[None]):
    """A table and nothing else; counts what it draws."""

    def __init__(self, rows: list[str]) -> None:
        super().__init__()
        self.rows, self.drawn = rows, 0

    def compose(self) -> ComposeResult:
        yield Table(COLUMNS, id="list")

    def on_mount(self) -> None:
        self.give(self.rows)
        self.query_one(Table).focus()

    def give(self, rows: list[str]) -> None:
        def cells(row: str) -> Any:
            self.drawn += 1
            return cell(row, "name"), cell("ready"), cell(row.upper())

        self.query_one(Table).show(Lines(rows, str, cells, str.lower))


def texts(app: Alone) -> list[str]:
    table = app.query_one(Table)
    return [table.render_line(y).text for y in range(table.size.height)]


async def test_only_visible_lines_are_drawn_of_a_long_list() -> None:
    app = Alone([f"row-{number:06}" for number in range(100_000)])
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.pause()
        assert app.drawn < 400
        app.drawn = 0
        await pilot.press("G")
        await pilot.pause()
        assert app.query_one(Table).current == "row-099999"
        assert "row-099999" in texts(app)[-1]
        assert app.drawn < 400


async def test_only_lines_that_changed_are_refreshed(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [f"row-{number}" for number in range(10)]
    app = Alone(rows)
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.pause()
        refreshed: list[Region] = []
        table = app.query_one(Table)
        monkeypatch.setattr(table, "refresh", lambda *regions, **_: refreshed.extend(regions))
        app.give([*rows[:4], "other", *rows[5:]])
        assert [region.y for region in refreshed] == [5]


async def test_keys_move_the_cursor_and_stop_at_the_ends() -> None:
    app = Alone([f"row-{number}" for number in range(50)])
    async with app.run_test(size=(60, 12)) as pilot:
        table = app.query_one(Table)
        for key, expected in (
            ("k", 0), ("j", 1), ("down", 2), ("pagedown", 13), ("G", 49), ("j", 49), ("pageup", 38), ("g", 0),
        ):  # fmt: skip
            await pilot.press(key)
            await pilot.pause()
            assert table.cursor == expected, key
            assert any(f"row-{expected} " in line for line in texts(app)), key


async def test_the_cursor_follows_its_line_and_falls_back_when_it_goes() -> None:
    app = Alone(["a", "b", "c"])
    async with app.run_test(size=(60, 12)) as pilot:
        table = app.query_one(Table)
        await pilot.press("G")
        app.give(["0", "a", "b", "c"])
        assert table.current == "c"
        app.give(["0", "a"])
        assert table.current == "a"
        app.give([])
        assert table.current is None
        app.give(["z"])
        assert table.current == "z"


async def test_a_filter_keeps_lines_with_every_word_and_says_when_there_is_none() -> None:
    app = Alone(["alpha beta", "beta", "gamma"])
    async with app.run_test(size=(60, 12)) as pilot:
        await pilot.pause()
        table = app.query_one(Table)
        table.filter("BETA al")
        assert table.shown == (1, 3)
        table.filter("nothing")
        assert "Nothing matches" in "".join(texts(app))
        table.filter("")
        assert table.shown == (3, 3)


async def test_wide_signs_do_not_shift_the_columns() -> None:
    app = Alone(["plain", "東京東京東京東京東京東京東京東京東京東京東京東京東京東京", "🐳"])
    async with app.run_test(size=(60, 12)) as pilot:
        await pilot.pause()
        table = app.query_one(Table)
        assert {table.render_line(y).cell_length for y in range(12)} == {60}


@given(st.integers(10, 300))
def test_columns_fit_the_width_or_only_those_that_must_stay_are_left(width: int) -> None:
    widths = share(COLUMNS, width)
    used = sum(one + GAP for one in widths if one) + GAP
    assert used <= max(width, COLUMNS[0].width + 2 * GAP) + GAP
    assert widths[0] >= COLUMNS[0].width
