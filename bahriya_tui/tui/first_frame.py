"""The first frame: the list of registries, drawn before Textual is loaded, which takes longer than the rest.

It is what the screens then draw, cell by cell, where it draws anything; they go on from there. Only for
terminals that show the colours as they are, and where there is a list to show.
"""

import os
import sys
import termios
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style

from bahriya_tui.tui import colours
from bahriya_tui.tui.cells import Patch, Shown
from bahriya_tui.tui.present import expiry, registries, top
from bahriya_tui.tui.present.text import Cell
from bahriya_tui.tui.widgets.columns import GAP, line, share
from bahriya_tui.tui.widgets.marks import gutter

if TYPE_CHECKING:
    from bahriya_tui.screen import Look
    from bahriya_tui.tui.view import View

MODE = "registries"
ALTERNATE, BACK = "\x1b[?1049h", "\x1b[?1049l\x1b[?25h"
_HIDE_CURSOR = "\x1b[?25l"
_ROUNDED = {"#e6b566": "#e5b566", "#ee8a80": "#ed8a80", "#8a5a00": "#895a00", "#b3261e": "#b2261e"}
"""What Textual makes of some colours on their way through hue and lightness."""


@dataclass(frozen=True, slots=True)
class FirstFrame:
    """What was drawn, for whoever goes on from there."""

    shown: Shown
    columns: int
    lines: int
    modes: list[Any]
    """Of the terminal, as they were before."""


def draw(view: "View", look: "Look", now: str) -> FirstFrame | None:
    """Draw the first frame on this terminal; None where that is left to the screens."""
    if not _plain(look, os.environ) or not view.world.registries:
        return None
    columns, lines = os.get_terminal_size()
    shown = Shown(columns, lines, _system(os.environ))
    text = shown.change(patches(view, look, columns, lines, now))
    drawn = FirstFrame(shown, columns, lines, termios.tcgetattr(0))
    try:
        # What is typed ahead is for the screens: shown by the terminal it would stand in the middle of them,
        # and its Enter would come to them as another key.
        entered, output, control, local, *rest = drawn.modes
        _set([entered & ~termios.ICRNL, output, control, local & ~(termios.ECHO | termios.ICANON), *rest])
        _write(f"{ALTERNATE}{_HIDE_CURSOR}{text}")
    except BaseException:
        leave(drawn)
        raise
    return drawn


def leave(drawn: FirstFrame) -> None:
    """Give the terminal back as it was: no screens come."""
    _set(drawn.modes)
    _write(BACK)


def _write(text: str) -> None:
    """Write where Textual writes."""
    assert sys.__stderr__ is not None  # noqa: S101
    sys.__stderr__.write(text)
    sys.__stderr__.flush()


def _set(modes: list[Any]) -> None:
    termios.tcsetattr(0, termios.TCSANOW, modes)


def patches(view: "View", look: "Look", columns: int, lines: int, now: str) -> Iterator[Patch]:
    """Give the parts of lines that are drawn: the line at the top, and the list as far as there is room."""
    inks = _inks(look)
    told = "   read-only" if look.read_only else ""
    spans = top.line(MODE, view.project or "", columns, told)
    if top.length(spans) <= columns:
        bar = [Segment(text, inks["bar"] + inks[name]) for text, name in spans]
        yield 0, 0, Segment.adjust_line_length(bar, columns, inks["bar"])
    above = 2 + bool(expiry.ending(view, now))
    items = view.world.registries
    room = lines - above - 1 - bool(view.world.removals)
    widths = share(registries.COLUMNS, columns - _side(columns))
    # A scroll bar is drawn over the last column.
    width = columns - _side(columns) - (len(items) + 1 > room)

    def tone(name: str) -> Style:
        return inks[name]

    heads: tuple[Cell, ...] = tuple(((column.label, ""),) for column in registries.COLUMNS)
    blank = Segment(" " * GAP, inks["header"])
    header = line(registries.COLUMNS, heads, widths, blank, inks["header"], tone)
    yield above, 0, Segment.adjust_line_length(header, width, inks["header"])
    for number, one in enumerate(items[: max(0, room - 1)]):
        style = inks["cursor"] if number == 0 else inks["line"]
        before = Segment(gutter(chosen=number == 0, marked=False), style + inks["accent"])
        cells = registries.cells(one, view, now)
        drawn = line(registries.COLUMNS, cells, widths, before, style, tone)
        yield above + 1 + number, 0, Segment.adjust_line_length(drawn, width, style)
    for y in range(above + 1 + len(items), above + room):
        yield y, 0, [Segment(" " * width, inks["line"])]


def _side(columns: int) -> int:
    """Give the columns that the details beside the list take, as `app.tcss` says."""
    if columns < 120:
        return 0
    return 41 if columns < 140 else columns * 32 // 100


def _inks(look: "Look") -> Mapping[str, Style]:
    """Give the styles that `app.tcss` gives to what is drawn here, by tone or under Textual's names."""
    theme, muted = (colours.DAY, colours.DAY_MUTED) if look.light else (colours.NIGHT, colours.NIGHT_MUTED)

    def on(ground: str, ink: str = theme["foreground"], *, bold: bool | None = None) -> Style:
        return Style(color=ink, bgcolor=ground, bold=bold)

    accent, warning = Style(color=theme["accent"]), Style(color=_ROUNDED[theme["warning"]])
    return {
        "bar": on(theme["panel"]),
        "header": on(theme["background"], muted, bold=True),
        "line": on(theme["background"]),
        "cursor": on(theme["panel"]),
        "": Style.null(),
        "name": Style(bold=True),
        "dim": Style(color=muted),
        "good": Style(color=theme["success"]),
        "warn": warning,
        "bad": Style(color=_ROUNDED[theme["error"]]),
        "accent": accent,
        "bold $accent": accent + Style(bold=True),
        "$text-muted": Style(color=muted),
        "$warning": warning,
        "bold underline $foreground": Style(color=theme["foreground"], bold=True, underline=True),
    }


def _plain(look: "Look", environment: Mapping[str, str]) -> bool:
    """Tell whether the terminal is this one, and takes what is drawn without a filter."""
    changed = {"TEXTUAL_DRIVER", "TEXTUAL_COLOR_SYSTEM", "BAHRIYA_DISPLAY"} & set(environment)
    there = sys.__stderr__ is not None and sys.__stderr__.isatty()
    return there and not changed and not (look.ascii or look.no_color or look.sixteen)


def _system(environment: Mapping[str, str]) -> ColorSystem:
    """Give the colours that the screens will draw in, by what Rich goes by too."""
    true = environment.get("COLORTERM", "").strip().lower() in ("truecolor", "24bit")
    return ColorSystem.TRUECOLOR if true else ColorSystem.EIGHT_BIT
