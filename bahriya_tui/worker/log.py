"""The worker's log: each entry is one line, with the time in UTC, its level, and what it is about.

    2026-11-23T22:14:12.123Z warning failed: the token was refused deployment=12 region=helsinki-1

It goes to its file, and to standard error where that is something else. What libraries would log, requests
with their headers and bodies among it, goes nowhere. An entry that cannot be written never stops the work.
"""

import logging
import os
import re
import sys
import threading
import traceback
from contextlib import suppress
from typing import Literal, get_args

from bahriya_tui.logfile import LogFile
from bahriya_tui.model import clock

Level = Literal["debug", "info", "warning", "error"]
LEVELS: tuple[Level, ...] = get_args(Level)
VARIABLE = "BAHRIYA_LOG_LEVEL"
_PLAIN = re.compile(r"[\w.:/@+-]+")

_file: LogFile | None = None
_least: int = LEVELS.index("info")


def begin(file: LogFile, wanted: str | None) -> None:
    """Write to `file` from now on, at the level `wanted`, by name; and let nobody else write a log here."""
    global _file, _least
    _file = file
    logging.disable(sys.maxsize)
    threading.excepthook = lambda broke: _broke(broke.exc_value)
    sys.excepthook = lambda _kind, error, _trace: _broke(error)
    known = [one for one in LEVELS if one == (wanted or "info").lower()]
    _least = LEVELS.index(known[0] if known else "info")
    if not known:
        warning(f"{wanted} is no level of a log, so it is info; use one of {', '.join(LEVELS)}")


def debug(message: str, **about: object) -> None:
    """Tell what only somebody who looks for a fault wants to know."""
    say("debug", message, **about)


def info(message: str, **about: object) -> None:
    """Tell what is done."""
    say("info", message, **about)


def warning(message: str, **about: object) -> None:
    """Tell what may need a person."""
    say("warning", message, **about)


def error(message: str, **about: object) -> None:
    """Tell what is wrong with this program or its installation."""
    say("error", message, **about)


def say(level: Level, message: str, **about: object) -> None:
    """Tell something at a level; `about` names what it is about: `region`, `deployment` and the like."""
    if LEVELS.index(level) < _least:
        return
    written = line(clock.now(), level, message, about).encode() + b"\n"
    if _file is not None:
        _file.write(written)
    if _file is None or not _file.is_standard_error:
        with suppress(OSError):
            os.write(2, written)


def origin(error: BaseException) -> str:
    """Name the kind of an error and the lines it came through, never its text: that may quote a region."""
    frames = reversed(traceback.extract_tb(error.__traceback__))
    lines = [f"{'/'.join(one.filename.split('/')[-2:])}:{one.lineno} {one.name}" for one in frames]
    return " < ".join([type(error).__name__, *lines])


def line(at: str, level: Level, message: str, about: dict[str, object]) -> str:
    """Write one entry; what is None is left out, and what a terminal might obey is escaped."""
    named = "".join(f" {name}={_value(str(one))}" for name, one in about.items() if one is not None)
    return f"{at} {level} {_escaped(message)}{named}"


def _broke(broken: BaseException | None) -> None:
    if broken is not None:
        error(f"internal error: {origin(broken)}")


def _value(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else '"' + _escaped(text).replace('"', '\\"') + '"'


def _escaped(text: str) -> str:
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)
