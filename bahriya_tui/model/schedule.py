"""When a cronjob runs: five fields as Kubernetes reads them, or a word such as @daily.

Fields: minute, hour, day of month, month, day of week, where 0 is Sunday and 7 is nothing. Stricter than
robfig/cron v3, which the CronJob controller uses: what that accepts by accident (`1,,2`, `*-5`, `+5`) is
refused.
"""

import re
from dataclasses import dataclass

from bahriya_tui.model.errors import BadInput

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_LONGEST = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
"""Days that each month can have."""
_WORDS = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_ITEM = re.compile(r"(?P<all>[*?])|(?P<first>\w+)(?:-(?P<last>\w+))?", re.ASCII)
_HINT = "write minute, hour, day of month, month and day of week, such as '*/5 * * * *', or @daily"


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    least: int
    most: int
    words: tuple[str, ...] = ()
    """Names of the values, from `least` on."""


_FIELDS = (
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day of month", 1, 31),
    _Field("month", 1, 12, _MONTHS),
    _Field("day of week", 0, 6, _DAYS),
)


@dataclass(frozen=True, slots=True)
class Schedule:
    """The values of each field at which a cronjob runs."""

    text: str
    """As it was written, with single spaces."""
    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]


def parse(text: str) -> Schedule:
    """Read a schedule; `BadInput` says which field is wrong, or that it would never run."""
    words = text.split()
    shown = " ".join(words)
    if len(words) == 1 and words[0].startswith("@"):
        if words[0] not in _WORDS:
            raise BadInput(f"schedule {shown[:60]!r} is none of {', '.join(_WORDS)}", _HINT)
        fields = _WORDS[words[0]].split()
    else:
        fields = words
    if len(fields) != len(_FIELDS):
        raise BadInput(f"schedule {shown[:60]!r} has {len(fields)} fields, not 5", _HINT)
    read = [_read(field, part, shown) for field, part in zip(_FIELDS, fields, strict=True)]
    schedule = Schedule(shown, *read)
    # With both days given, a run on either is enough; with one free, the other decides.
    if fields[4][0] in "*?" and min(schedule.days) > max(_LONGEST[month - 1] for month in schedule.months):
        raise BadInput(
            f"schedule {shown[:60]!r} never comes: its months have no day {min(schedule.days)}",
            "choose another day of month",
        )
    return schedule


def _read(field: _Field, text: str, whole: str) -> frozenset[int]:
    values: set[int] = set()
    for part in text.split(","):
        values.update(_values(field, part, whole))
    return frozenset(values)


def _values(field: _Field, part: str, whole: str) -> range:
    """Read one member of a list: `*`, `5`, `1-5`, each perhaps with `/step`."""
    span, slash, step = part.partition("/")
    found = _ITEM.fullmatch(span)
    if found is None:
        raise _wrong(field, whole, f"{part[:20]!r} cannot be read")
    if found["all"]:
        first, last = field.least, field.most
    else:
        first = _number(field, found["first"], whole)
        last = _number(field, found["last"], whole) if found["last"] else first
        # `5/10` means from 5 on.
        last = field.most if slash and not found["last"] else last
    if first > last:
        raise _wrong(field, whole, f"{span} runs backwards")
    if slash and not (step.isascii() and step.isdecimal() and int(step[:9]) > 0):
        raise _wrong(field, whole, f"step {step[:20]!r} is no number from 1 on")
    return range(first, last + 1, int(step[:9]) if slash else 1)


def _number(field: _Field, text: str, whole: str) -> int:
    if text.lower() in field.words:
        return field.least + field.words.index(text.lower())
    if not text.isdecimal():
        raise _wrong(field, whole, f"{text[:20]!r} cannot be read")
    number = int(text[:9])
    if not field.least <= number <= field.most:
        raise _wrong(field, whole, f"{number} is not from {field.least} to {field.most}")
    return number


def _wrong(field: _Field, whole: str, why: str) -> BadInput:
    return BadInput(f"schedule {whole[:60]!r}: {field.name}: {why}", _HINT)
