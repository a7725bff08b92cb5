"""The colours as Textual's themes, and which of sixteen stand for them."""

from textual.theme import Theme

from bahriya_tui.tui import colours

NIGHT = Theme(
    name="bahriya",
    dark=True,
    **colours.NIGHT,
    variables={
        "text-muted": colours.NIGHT_MUTED,
        "border": "#2c4256",
        "input-selection-background": "#5aa9c9 35%",
    },
)

DAY = Theme(
    name="bahriya-day",
    dark=False,
    **colours.DAY,
    variables={
        "text-muted": colours.DAY_MUTED,
        "border": "#b9c8d3",
        "input-selection-background": "#1b6685 25%",
    },
)

_NIGHT_INKS = {
    **{"#5aa9c9": 6, "#7f9bb3": 7, "#62c6c4": 14, "#d7e0e8": 15, "#7d92a6": 7},
    **{"#7fc79a": 10, "#e6b566": 11, "#ee8a80": 9},
    **{"#0d1620": 0, "#13202c": 0, "#1b2b3a": 8, "#2c4256": 8},
}
_DAY_INKS = {
    **{"#1b6685": 4, "#4d6478": 8, "#0d7371": 4, "#1a2733": 0, "#566b7d": 8},
    **{"#1f6f43": 8, "#8a5a00": 3, "#b3261e": 1},
    **{"#f6f8f9": 15, "#eef2f4": 15, "#dfe7ec": 7, "#b9c8d3": 8},
}
SIXTEEN = {**_NIGHT_INKS, **_DAY_INKS}
"""Which of sixteen colours stands for which of ours: the nearest would all be shades of grey, and the chosen
line by day no other than the rest. Green is too pale on a light grey ground."""
