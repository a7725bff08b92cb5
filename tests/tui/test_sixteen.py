"""Terminals with 256 or 16 colours, by night and by day: all can be read, and one sees the chosen line."""

import sys
from collections.abc import Iterable, Iterator

import pytest
from rich._palettes import STANDARD_PALETTE

from bahriya_tui.screen import Look, fitted
from bahriya_tui.tui.theme import DAY, NIGHT, SIXTEEN
from tests.operator import Operator
from tests.tui import world
from tests.tui.terminal import Terminal, on_terminal

NAMES = ("black", "red", "green", "brown", "blue", "magenta", "cyan", "white")
NUMBERS = {**{name: n for n, name in enumerate(NAMES)}, **{f"bright{n}": i for i, n in enumerate(NAMES, 8)}}
# A slip of the emulator.
NUMBERS["bfightmagenta"] = NUMBERS["brightmagenta"]
LEAST_CONTRAST = 2.0
SCREENS = {
    "registries": ("1", "Used by"),
    "containers": ("2", "Image"),
    "regions": ("3", "City"),
    "deployments": ("4", "Revision"),
    "audit": ("5", "Outcome"),
}


def brightness(colour: str) -> float:
    """Give the relative luminance (WCAG 2) of a colour by the emulator's name."""
    shades = (
        STANDARD_PALETTE[NUMBERS[colour]]
        if colour in NUMBERS
        else [int(colour[at : at + 2], 16) for at in (0, 2, 4)]
    )
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in (s / 255 for s in shades)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Give how well one can be read on the other: from 1, not at all, to 21."""
    pale, dark = sorted((brightness(one), brightness(other)), reverse=True)
    return (pale + 0.05) / (dark + 0.05)


def illegible(terminal: Terminal, lines: Iterable[int] | None = None) -> list[str]:
    """Name the characters, in these lines or in all, that do not stand out from their ground."""
    found = []
    for y in range(terminal.screen.lines) if lines is None else lines:
        for x in range(terminal.screen.columns):
            cell = terminal.screen.buffer[y][x]
            # Borders and bars may be faint, but are to be seen.
            least = 1.01 if "\u2500" <= cell.data <= "\u259f" else LEAST_CONTRAST
            if cell.data.strip() and contrast(cell.fg, cell.bg) < least:
                found.append(f"{cell.data} at {x},{y}: {cell.fg} on {cell.bg}")
    return found


def grounds(terminal: Terminal, line: int) -> set[str]:
    """Give the colours behind the middle of a line, where lists are."""
    return {terminal.screen.buffer[line][x].bg for x in range(2, 60)}


def chosen(terminal: Terminal) -> int:
    """Find the chosen line by its mark."""
    (line,) = [y for y, text in enumerate(terminal.screen.display) if text.startswith("▌")]
    return line


@pytest.fixture(params=["night", "day"])
def light(request: pytest.FixtureRequest) -> tuple[str, ...]:
    return ("--light",) if request.param == "day" else ()


@pytest.fixture(params=["xterm-16color", "xterm", "xterm-256color"])
def terminal(
    request: pytest.FixtureRequest, operator: Operator, light: tuple[str, ...]
) -> Iterator[Terminal]:
    """The screens over the evening of `world`, where nothing but their type tells of colours."""
    world.seed(operator.home / "store" / "bahriya.db")
    kind = ("/usr/bin/env", "-u", "COLORTERM", "-u", "NO_COLOR", f"TERM={request.param}")
    command = (*kind, sys.executable, "-m", "bahriya_tui", "--read-only", *light)
    environment = {**operator.environment, "LC_ALL": "C.UTF-8", "BAHRIYA_PROJECT": "shop"}
    with on_terminal(environment, command) as started:
        started.until("1 Registries", "ghcr.io")
        yield started


def test_every_screen_can_be_read_and_shows_which_line_is_chosen(terminal: Terminal) -> None:
    for key, word in SCREENS.values():
        terminal.press(key)
        terminal.until(word)
        terminal.take(0.1)
        assert illegible(terminal) == [], word
        line = chosen(terminal)
        (ground,) = grounds(terminal, line)
        assert ground not in grounds(terminal, line + 1), word
        assert ground not in grounds(terminal, line - 1), word


def test_a_deployment_can_be_read_and_bad_news_have_a_colour_of_their_own(terminal: Terminal) -> None:
    terminal.press("4j\r")
    terminal.until("Log of", "manifest unknown")
    terminal.take(0.1)
    assert illegible(terminal) == []
    cells = [cell for y in range(terminal.screen.lines) for cell in terminal.screen.buffer[y].values()]
    bad, good = ({cell.fg for cell in cells if cell.data == sign} for sign in "✕●")
    assert bad
    assert good
    assert not bad & good


def test_help_and_details_can_be_read(terminal: Terminal) -> None:
    terminal.press("2\r")
    terminal.until("Latest deployment")
    terminal.take(0.1)
    assert illegible(terminal) == []
    terminal.press("\x1b")
    terminal.until("Image")
    terminal.press("?")
    terminal.until("this page")
    terminal.take(0.1)
    # What lies behind the help is meant to be faint.
    within = [y for y, text in enumerate(terminal.screen.display) if text[:3].isspace() and "│" in text]
    assert within
    assert [one for one in illegible(terminal, within) if "│" not in one] == []


@pytest.mark.parametrize(
    ("environment", "sixteen"),
    [
        ({"TERM": "xterm-256color"}, False),
        ({"TERM": "xterm-kitty"}, False),
        ({"TERM": "xterm-16color", "COLORTERM": "truecolor"}, False),
        ({"TERM": "xterm-16color"}, True),
        ({"TERM": "linux"}, True),
        ({"TERM": "screen", "COLORTERM": "1"}, True),
    ],
)
def test_what_the_terminal_says_decides_on_the_colours(environment: dict[str, str], sixteen: bool) -> None:
    assert fitted(Look(), environment).sixteen is sixteen


def test_every_colour_of_ours_has_one_of_the_sixteen() -> None:
    for theme in (NIGHT, DAY):
        named = [theme.primary, theme.secondary, theme.accent, theme.foreground, theme.background]
        named += [theme.surface, theme.panel, theme.success, theme.warning, theme.error]
        named += [shade for shade in theme.variables.values() if " " not in shade]
        assert set(named) <= set(SIXTEEN)
