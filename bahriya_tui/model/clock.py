"""The one place that tells the time, as text that sorts; tests and screenshots replace `now`.

Lengths of time are read and written here too.
"""

import re
import time
from datetime import UTC, datetime, timedelta

from bahriya_tui.model.errors import BadInput

_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600}


def now() -> str:
    """Give the current instant as ISO 8601 in UTC with milliseconds: `2026-11-23T22:14:12.123Z`."""
    return stamp(datetime.now(UTC))


def uptime() -> float:
    """Give the seconds since the machine was started, those that it slept among them.

    For what must not outlast its time because a laptop was closed over night: timeouts do not count sleep.
    """
    # The only one on Linux that counts it; elsewhere that is what "monotonic" means.
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def stamp(moment: datetime) -> str:
    """Write an aware `moment` the way the store keeps it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def parse(text: str) -> datetime:
    """Read what `stamp` wrote."""
    return datetime.fromisoformat(text)


def seconds_between(earlier: str, later: str) -> float:
    """Give the seconds from one instant to another; negative when the clock was set back meanwhile."""
    return (parse(later) - parse(earlier)).total_seconds()


def minute(text: str) -> str:
    """Write an instant for a sentence: `2026-11-23 22:14 UTC`."""
    return f"{text[:10]} {text[11:16]} UTC"


def later(text: str, seconds: float) -> str:
    """Give the instant `seconds` after `text`."""
    return stamp(parse(text) + timedelta(seconds=seconds))


def length(seconds: int) -> str:
    """Tell about how long it is, in the unit people use: `8 s`, `3 min`, `2 h`, `6 d`."""
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= size * (2 if unit == "d" else 1):
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def duration(seconds: float) -> str:
    """Write a length of time that was chosen, to the second: `90 s`, `5 min`, `2 h`."""
    whole = round(seconds)
    for unit, name in ((3600, "h"), (60, "min")):
        if whole >= unit and whole % unit == 0:
            return f"{whole // unit} {name}"
    return f"{whole} s"


def parse_seconds(text: str, what: str, longest: float, instead: str = "choose a shorter one") -> int:
    """Read `30`, `30s`, `5m` or `1h` as seconds; raise `BadInput`, which names `what` it is, otherwise.

    Beyond the `longest`, in seconds, the error advises to do something else `instead`.
    """
    found = re.fullmatch(r"([0-9]{1,6})([smh]?)", text)
    if found is None:
        raise BadInput(f"{what} {text[:20]!r} is no time", "write for example 30, 30s, 5m or 1h")
    seconds = int(found[1]) * _UNITS[found[2]]
    if seconds > longest:
        raise BadInput(f"{what} {text!r} is longer than {duration(longest)}", instead)
    return seconds
