"""The one place that tells the time, as text that sorts; tests and screenshots replace `now`."""

from datetime import UTC, datetime, timedelta


def now() -> str:
    """Give the current instant as ISO 8601 in UTC with milliseconds: `2026-11-23T22:14:12.123Z`."""
    return stamp(datetime.now(UTC))


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
    """Tell a number of seconds in the unit people use: `8 s`, `3 min`, `2 h`, `6 d`."""
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= size * (2 if unit == "d" else 1):
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
