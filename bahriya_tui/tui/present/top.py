"""The line at the top of every screen: the project, and the screens by number."""

from collections.abc import Iterator

from rich.cells import cell_len

from bahriya_tui.tui.present.text import literal

MODES = (
    ("registries", "Registries"),
    ("containers", "Containers"),
    ("regions", "Regions"),
    ("deployments", "Deployments"),
    ("audit", "Audit"),
    ("security", "Security"),
)
Spans = list[tuple[str, str]]
"""Texts, each with the name of its style as Textual writes them."""


def line(mode: str, project: str, room: int, told: str = "") -> Spans:
    """Give the line, as much of it as there is room for: the screen one is on is always named.

    `told` stands at its end, in the colour of warnings; where it has no room beside that, it is left out.
    """
    named = f" {literal(project) or 'no project'} "
    forms: tuple[Spans, ...] = (
        [("  Bahriya ", "bold $accent"), (f"{named} ", "$text-muted"), *_modes(mode, gap=" ")],
        [(named, "$text-muted"), *_modes(mode)],
        [(named, "$text-muted"), *_modes(mode, named=False)],
    )
    whole = [[*form, (told, "$warning")] for form in forms]
    return next((one for one in whole if length(one) <= room), forms[-1])


def length(spans: Spans) -> int:
    """Give the cells that a line takes."""
    return sum(cell_len(text) for text, _ in spans)


def _modes(here: str, *, gap: str = "", named: bool = True) -> Iterator[tuple[str, str]]:
    """Give number and name of each; the one one is on is marked by shape as well as by colour."""
    for number, (mode, title) in enumerate(MODES, 1):
        yield f" {number} ", "bold $accent" if mode == here else "$text-muted"
        if named or mode == here:
            yield title, "bold underline $foreground" if mode == here else "$text-muted"
            yield gap, ""
