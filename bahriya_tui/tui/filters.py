"""Last changes to every line before it is drawn: for the sake of terminals, all or those that can do less.

Whatever a widget draws comes through here, borders and what operators typed included, so nothing else has
to know.
"""

from collections.abc import Mapping
from functools import lru_cache
from unicodedata import category

from rich.cells import cell_len
from rich.color import Color as Ink
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

SIGNS = str.maketrans(
    {
        **{"●": "*", "◐": "~", "▲": "!", "◌": ".", "○": "o", "✕": "x", "‖": "=", "✓": "+", "◆": "#"},
        **{"━": "=", "╸": "=", "╺": "=", "─": "-", "│": "|", "┃": "|", "•": "*", "…": ".", "·": "."},
        **{"◂": "<", "▸": ">", "→": ">", "←": "<", "↑": "^", "↓": "v", "⏎": "<", "▌": ">", "▐": "|"},
        **{"“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "\u00a0": " "},
        **dict.fromkeys("╭╮╰╯┌┐└┘├┤┬┴┼╔╗╚╝", "+"),
        **dict(zip("▁▂▃▄▅▆▇█", "_.-:=+*#", strict=True)),
        **dict.fromkeys("▉▊▋▍▎▏▔▕▀▖▗▘▝■", "#"),
    }
)
"""What stands for each sign of ours; all are one cell wide, as their stand-ins are."""


_SHAPELESS = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


class Harmless(LineFilter):
    """Leaves out what has no shape and would act on the terminal or the line: escapes, marks of direction.

    Screens draw such characters as signs; in what is edited they are as they are.
    """

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002
        """Drop them."""
        return [Segment(_harmless(text), style, control) for text, style, control in segments]


class Ascii(LineFilter):
    """Draws signs by their stand-ins, and any other character outside ASCII as question marks, as wide."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002
        """Replace what is not ASCII."""
        return [Segment(_plain(text), style, control) for text, style, control in segments]


class NoColor(LineFilter):
    """Draws without colour: a ground that stands out from that of the screen becomes reverse video."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002
        """Drop the colours."""
        return [Segment(text, _colourless(style), control) for text, style, control in segments]


class Sixteen(LineFilter):
    """Draws in sixteen colours: `inks` has the numbers of those that are ours, others become the nearest."""

    def __init__(self, inks: Mapping[str, int]) -> None:
        super().__init__()
        self._inks = {Ink.parse(shade): Ink.from_ansi(number) for shade, number in inks.items()}
        self._known: dict[Style, Style] = {}

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002
        """Replace the colours."""
        return [Segment(text, style and self._style(style), control) for text, style, control in segments]

    def _style(self, style: Style) -> Style:
        known = self._known.get(style)
        if known is None:
            ink, ground = self._ink(style.color), self._ink(style.bgcolor)
            known = self._known[style] = style + Style(color=ink, bgcolor=ground)
        return known

    def _ink(self, ink: Ink | None) -> Ink | None:
        return None if ink is None or ink.triplet is None else self._inks.get(Ink.from_triplet(ink.triplet))


@lru_cache(4096)
def _harmless(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    return "".join(char for char in text if category(char) not in _SHAPELESS)


@lru_cache(4096)
def _plain(text: str) -> str:
    if text.isascii():
        return text
    known = text.translate(SIGNS)
    return "".join(char if char.isascii() else "?" * cell_len(char) for char in known)


@lru_cache(1024)
def _colourless(style: Style | None) -> Style | None:
    if style is None:
        return None
    stands_out = _stands_out(style.bgcolor)
    return style.without_color + Style(reverse=True) if stands_out else style.without_color


def _stands_out(ground: Ink | None) -> bool:
    """Tell the ground of what has the focus, which is of middling brightness, from grounds that are quiet."""
    return ground is not None and ground.triplet is not None and 0.2 < _brightness(ground) < 0.8


def _brightness(ground: Ink) -> float:
    return Color.from_rich_color(ground).brightness
