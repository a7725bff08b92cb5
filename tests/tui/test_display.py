"""The terminal ends with the same picture, colours included, as if Textual had written all of it itself."""

import random
from typing import Any

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual._compositor import LayoutUpdate
from textual.app import App
from textual.drivers.headless_driver import HeadlessDriver
from textual.strip import Strip

from bahriya_tui.tui.app import BahriyaApp
from bahriya_tui.tui.cells import Shown
from bahriya_tui.tui.display import ChangedCells
from tests.operator import Operator
from tests.tui.hands import Hands, press
from tests.tui.terminal import on_terminal

SIZES = [(80, 24), (120, 36), (100, 30)]

Picture = list[list[tuple[Any, ...]]]
"""What one sees of each cell, line by line."""


class Emulated:
    """A terminal that shows what was written to it."""

    def __init__(self, columns: int, lines: int) -> None:
        self.screen = pyte.Screen(columns, lines)
        self._stream = pyte.Stream(self.screen)
        self.written = 0
        # Lines do not wrap: the driver says so to its terminal.
        self._stream.feed("\x1b[?7l")

    def write(self, text: str) -> None:
        self.written += len(text)
        # Synchronised frames change no cell, and this emulator does not know them.
        self._stream.feed(text.replace("\x1b[?2026h", "").replace("\x1b[?2026l", ""))

    def picture(self) -> Picture:
        return picture(self.screen)


def picture(screen: pyte.Screen) -> Picture:
    """Give what one sees on an emulated screen."""
    rows = screen.buffer
    return [[_seen(rows[y][x]) for x in range(screen.columns)] for y in range(screen.lines)]


def _seen(cell: Any) -> tuple[Any, ...]:
    """Give what one sees of a cell: of a blank neither its ink nor its weight."""
    lines = (cell.underscore, cell.strikethrough, cell.reverse)
    if cell.data == " " and not any(lines):
        return " ", cell.bg
    return (cell.data, cell.bg, cell.fg, cell.bold, cell.italics, *lines)


class Recorded(HeadlessDriver):
    """A driver without a terminal that takes what is written, as one with a terminal does."""

    is_headless = False
    emulated: Emulated

    def write(self, data: str) -> None:
        self.emulated.write(data)


class Twice:
    """Writes every frame twice: as Textual would to one terminal, as we do to the other."""

    def __init__(self, app: BahriyaApp, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]) -> None:
        self.frames = self.compared = 0
        self.size, self.whole = size, True
        self.stock, self.ours = Emulated(*size), Emulated(*size)
        ours = ChangedCells._display

        def display(shown: BahriyaApp, screen: Any, renderable: Any) -> None:
            writes = renderable is not None and not shown._batch_count and shown._running
            if writes:
                Recorded.emulated = self.stock
                App._display(shown, screen, renderable)
                self.frames += 1
            Recorded.emulated = self.ours
            ours(shown, screen, renderable)
            # Frames on their way at a new size are followed by a whole one of that size.
            if isinstance(renderable, LayoutUpdate) and renderable.region.size == self.size:
                self.whole = True
            if writes and self.whole:
                self.compared += 1
                assert self.ours.picture() == self.stock.picture()

        monkeypatch.setattr(ChangedCells, "_display", display)
        Recorded.emulated = self.ours
        app.driver_class = Recorded

    def resize(self, size: tuple[int, int]) -> None:
        self.size, self.whole = size, False
        for terminal in (self.stock, self.ours):
            terminal.screen.resize(size[1], size[0])


KEYS = [
    *("1", "2", "3", "4", "5", "6", "j", "k", "down", "up", "pagedown", "pageup", "g", "G", "question_mark"),
    *("escape", "escape", "enter", "slash", "a", "s", "S", "n", "m", "tab", "p", "backspace", "home", "end"),
]


@pytest.mark.parametrize("seed", range(4))
async def test_random_keys_leave_the_same_picture(
    app: BahriyaApp, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    chance = random.Random(seed)
    twice = Twice(app, monkeypatch, SIZES[0])
    async with app.run_test(size=SIZES[0], headless=False) as pilot:
        for _ in range(40):
            if chance.random() < 0.05:
                await _resized(pilot, twice, chance.choice(SIZES))
            await press(pilot, chance.choice(KEYS))
    assert twice.frames > 40
    assert twice.compared > 0.9 * twice.frames
    assert twice.ours.written * 3 < twice.stock.written


async def _resized(pilot: Hands, twice: Twice, size: tuple[int, int]) -> None:
    twice.resize(size)
    await pilot.resize_terminal(*size)
    await pilot.pause()


async def test_what_another_program_wrote_goes_with_ctrl_l_and_with_a_new_size(
    app: BahriyaApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    twice = Twice(app, monkeypatch, SIZES[0])
    async with app.run_test(size=SIZES[0], headless=False) as pilot:
        await pilot.pause()
        twice.ours.write("\x1b[12;3HBroadcast message from root")
        await press(pilot, "ctrl+l")
        assert twice.ours.picture() == twice.stock.picture()
        twice.ours.write("\x1b[12;3HBroadcast message from root")
        # Larger and back again between two frames: the size is the same, the content is not.
        await _resized(pilot, twice, SIZES[0])
        assert twice.ours.picture() == twice.stock.picture()


COLUMNS, LINES = 12, 3
COLORS = st.sampled_from([None, "default", "red", "bright_blue", "color(200)", "#102030", "#a0b0c0"])
STYLES = st.builds(
    Style,
    color=COLORS,
    bgcolor=COLORS,
    bold=st.booleans(),
    dim=st.booleans(),
    italic=st.booleans(),
    underline=st.booleans(),
    reverse=st.booleans(),
    strike=st.booleans(),
)
NARROW = st.text(st.sampled_from("ab ●─é"), min_size=1, max_size=COLUMNS)
ANY_WIDTH = st.lists(st.sampled_from(["a", " ", "世", "e\u0301", "🚀"]), min_size=1, max_size=COLUMNS).map(
    "".join
)
SYSTEMS = st.sampled_from([ColorSystem.TRUECOLOR, ColorSystem.EIGHT_BIT, ColorSystem.STANDARD])


@st.composite
def patches(draw: st.DrawFn) -> tuple[int, int, Strip]:
    """Draw part of a line of narrow characters, or a whole line of any."""
    y = draw(st.integers(0, LINES - 1))
    whole = draw(st.booleans())
    texts = ANY_WIDTH if whole else NARROW
    drawn = draw(st.lists(st.builds(Segment, texts, st.none() | STYLES, st.none()), min_size=1, max_size=4))
    if whole:
        return y, 0, Strip(drawn).adjust_cell_length(COLUMNS)
    x = draw(st.integers(0, COLUMNS - 1))
    return y, x, Strip(drawn).crop(0, COLUMNS - x)


@given(st.lists(st.lists(patches(), max_size=5), max_size=8), SYSTEMS)
def test_any_change_leaves_what_writing_all_of_it_would(
    frames: list[list[tuple[int, int, Strip]]], system: ColorSystem
) -> None:
    stock, ours, shown = Emulated(COLUMNS, LINES), Emulated(COLUMNS, LINES), Shown(COLUMNS, LINES, system)
    wide: set[int] = set()
    for drawn in frames:
        frame = []
        for y, x, strip in drawn:
            whole = strip.cell_length == COLUMNS
            # What becomes of the halves of wide characters is another test's: this emulator keeps them.
            if whole or y not in wide:
                frame.append((y, x, strip))
            if whole and any(cell_len(char) != 1 for char in strip.text):
                wide.add(y)
            elif whole:
                wide.discard(y)
        for y, x, strip in frame:
            codes = "".join(Strip.render_style(style or Style(), text, system) for text, style, _ in strip)
            stock.write(f"\x1b[{y + 1};{x + 1}H{codes}")
        ours.write(shown.change(frame))
        assert ours.picture() == stock.picture()
        assert shown.change(frame) == ""


def test_what_is_left_of_a_wide_character_is_blank() -> None:
    ours, shown = Emulated(4, 1), Shown(4, 1, ColorSystem.TRUECOLOR)
    ours.write(shown.change([(0, 0, [Segment("世世")])]))
    ours.write(shown.change([(0, 1, [Segment("ab")])]))
    assert "".join(cell[0] for cell in ours.picture()[0]) == " ab "


def test_a_whole_line_of_odd_characters_is_written_where_terminals_may_disagree_on_them() -> None:
    shown = Shown(8, 1, ColorSystem.TRUECOLOR)
    shown.change([(0, 0, [Segment("世 abcde")])])
    assert shown.change([(0, 0, [Segment("世 abcdf")])]) == "\x1b[1H世 abcdf"


def test_nothing_that_moves_the_cursor_reaches_the_terminal() -> None:
    shown = Shown(8, 1, ColorSystem.TRUECOLOR)
    assert shown.change([(0, 0, [Segment("a\nb\x1b[2Jc\t")])]) == "\x1b[1Hab[2Jc"


def test_the_stock_display_can_be_asked_for(operator: Operator) -> None:
    with on_terminal({**operator.environment, "BAHRIYA_DISPLAY": "stock"}) as terminal:
        terminal.until("1 Registries", "Used by")
        assert b"\x1b[0m" in terminal.sent
    with on_terminal(operator.environment) as terminal:
        terminal.until("1 Registries", "Used by")
        assert b"\x1b[0m" not in terminal.sent
        before = len(terminal.sent)
        terminal.press("\x0c")
        terminal.wait(lambda: b"Registries" in terminal.sent[before:], "all of it is drawn again")
