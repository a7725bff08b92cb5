"""Last changes to every line before it is drawn: for terminals without UTF-8, and for those without colour.

Whatever a widget draws comes through here, borders and what operators typed included, so nothing else has
to know.
"""

from functools import lru_cache

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
        **dict.fromkeys("▁▂▃▄▅▆▇█▉▊▋▍▎▏▔▕▀▖▗▘▝■", "#"),
    }
)
"""What stands for each sign of ours; all are one cell wide, as their stand-ins are."""


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
