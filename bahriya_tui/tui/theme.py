"""The colours: deep water, calm text, and one warm light for what needs a look."""

from textual.theme import Theme

NIGHT = Theme(
    name="bahriya",
    primary="#5aa9c9",
    secondary="#7f9bb3",
    accent="#62c6c4",
    foreground="#d7e0e8",
    background="#0d1620",
    surface="#13202c",
    panel="#1b2b3a",
    success="#7fc79a",
    warning="#e6b566",
    error="#ee8a80",
    dark=True,
    variables={"text-muted": "#7d92a6", "border": "#2c4256", "input-selection-background": "#5aa9c9 35%"},
)

DAY = Theme(
    name="bahriya-day",
    primary="#1b6685",
    secondary="#4d6478",
    accent="#0d7371",
    foreground="#1a2733",
    background="#f6f8f9",
    surface="#eef2f4",
    panel="#dfe7ec",
    success="#1f6f43",
    warning="#8a5a00",
    error="#b3261e",
    dark=False,
    variables={"text-muted": "#566b7d", "border": "#b9c8d3", "input-selection-background": "#1b6685 25%"},
)
