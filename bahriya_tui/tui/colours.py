"""The colours: deep water, calm text, and one warm light for what needs a look. Plain: no Textual in here."""

from typing import TypedDict


class Colours(TypedDict):
    """What the colours of a theme are for, under Textual's names."""

    primary: str
    secondary: str
    accent: str
    foreground: str
    background: str
    surface: str
    panel: str
    success: str
    warning: str
    error: str


NIGHT: Colours = {
    "primary": "#5aa9c9",
    "secondary": "#7f9bb3",
    "accent": "#62c6c4",
    "foreground": "#d7e0e8",
    "background": "#0d1620",
    "surface": "#13202c",
    "panel": "#1b2b3a",
    "success": "#7fc79a",
    "warning": "#e6b566",
    "error": "#ee8a80",
}
NIGHT_MUTED = "#7d92a6"
DAY: Colours = {
    "primary": "#1b6685",
    "secondary": "#4d6478",
    "accent": "#0d7371",
    "foreground": "#1a2733",
    "background": "#f6f8f9",
    "surface": "#eef2f4",
    "panel": "#dfe7ec",
    "success": "#1f6f43",
    "warning": "#8a5a00",
    "error": "#b3261e",
}
DAY_MUTED = "#566b7d"
"""Of what is told beside the rest."""
