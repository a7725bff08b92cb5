"""Whether there is a terminal that can show screens, and how they are to be shown on it."""

import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bahriya_tui.model.errors import BadInput

LEAST = (40, 10)
"""Columns and lines below which there is no room for a screen."""

OPTIONS = {
    "--read-only": "Show everything, change nothing.",
    "--ascii": "Draw with ASCII alone; so by itself where the locale has no UTF-8.",
    "--light": "Dark text on a light ground.",
    "--no-mouse": "Leave the mouse to the terminal.",
    "--slow-link": "Draw less often, for a slow line.",
}
"""What may be asked of the screens, each with its line of help."""

_NO_TERMINAL = ("", "dumb", "unknown")
_COERCED = ("C.UTF-8", "C.utf8", "UTF-8")
"""What Python puts into `LC_CTYPE` by itself where the locale is `C`."""


@dataclass(frozen=True, slots=True)
class Look:
    """How the screens are to be: what was asked for, and what the terminal cannot do."""

    read_only: bool = False
    ascii: bool = False
    light: bool = False
    no_mouse: bool = False
    slow_link: bool = False
    no_color: bool = False
    """No colour at all: attributes tell what colours would."""
    sixteen: bool = False
    """Only the sixteen colours that every terminal with colours has."""

    @property
    def options(self) -> list[str]:
        """The options that ask for it."""
        return [option for option in OPTIONS if getattr(self, _field(option))]


def asked(arguments: Sequence[str]) -> Look | None:
    """Give the look that `arguments` ask for; None where they hold anything but options of the screens."""
    if not set(arguments) <= set(OPTIONS):
        return None
    return Look(**{_field(option): True for option in arguments})


def fitted(look: Look, environment: Mapping[str, str]) -> Look:
    """Give `look` without what the terminal cannot do: UTF-8 by its locale, colours by `NO_COLOR` or type."""
    return replace(
        look,
        ascii=look.ascii or not _unicode(environment),
        no_color=look.no_color or bool(environment.get("NO_COLOR")) or not _colourful(environment),
        sixteen=look.sixteen or not _many_colours(environment),
    )


def require_screen() -> None:
    """Raise `BadInput` without a terminal on both sides, with one that cannot place text, or a tiny one.

    From then on the size is what the terminal says: a shell that exported its own is believed no more.
    """
    for name in ("COLUMNS", "LINES"):
        os.environ.pop(name, None)
    commands = "for commands see `bahriya --help`"
    if not sys.stdin.isatty() or not sys.stdout.isatty():
        raise BadInput("the screens need a terminal", f"over SSH use `ssh -t`; {commands}")
    kind = os.environ.get("TERM", "")
    if kind in _NO_TERMINAL or _capability(kind, "cup") is False:
        named = f"TERM={kind} names one that cannot" if kind else "TERM is not set"
        raise BadInput(
            f"the screens need a terminal that can place text, and {named}",
            f"set TERM to what the terminal is, such as xterm-256color; {commands}",
        )
    size = shutil.get_terminal_size()
    if too_small(*size):
        raise BadInput(
            f"the screens need {LEAST[0]} columns and {LEAST[1]} lines, and the terminal has "
            f"{size.columns} and {size.lines}",
            f"make it larger; {commands}",
        )


def too_small(columns: int, lines: int) -> bool:
    """Tell whether there is no room for a screen."""
    return columns < LEAST[0] or lines < LEAST[1]


def _field(option: str) -> str:
    return option.removeprefix("--").replace("-", "_")


def _unicode(environment: Mapping[str, str]) -> bool:
    """Tell whether the locale has UTF-8. One that nobody named says nothing about the terminal."""
    named = [environment.get(name, "") for name in ("LC_ALL", "LC_CTYPE", "LANG")]
    if not named[0] and named[1] in _COERCED and named[2] in ("C", "POSIX"):
        return False
    locale = next(filter(None, named), "UTF-8")
    return "utf8" in locale.lower().replace("-", "")


def _colourful(environment: Mapping[str, str]) -> bool:
    return (
        bool(environment.get("COLORTERM")) or _capability(environment.get("TERM", ""), "colors") is not False
    )


def _many_colours(environment: Mapping[str, str]) -> bool:
    """Tell whether there are 256 colours or more, by what also decides in which ones Textual draws."""
    if environment.get("COLORTERM", "").strip().lower() in ("truecolor", "24bit"):
        return True
    return environment.get("TERM", "").strip().lower().rpartition("-")[2] in ("256color", "kitty")


def _capability(kind: str, name: str) -> bool | None:
    """Tell whether terminals of that kind have a capability; None where this machine does not know the kind.

    Unknown ones are given the benefit of the doubt: over SSH the newest terminals are often unknown.
    """
    try:
        import curses
    except ImportError:
        return None
    try:
        curses.setupterm(kind, 1)
    except (OSError, curses.error):
        return None
    return curses.tigetnum(name) > 0 if name == "colors" else bool(curses.tigetstr(name))
