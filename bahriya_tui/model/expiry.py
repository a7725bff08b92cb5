"""When the credentials of a registry end and how that is known, and in words how long that is from now.

Three things can tell: the date that was declared, the token itself, and for how long tokens of its provider
live. The earliest counts.
"""

import re
from dataclasses import dataclass

from bahriya_tui.model import clock
from bahriya_tui.model.ecr import mints
from bahriya_tui.model.errors import BadInput
from bahriya_tui.model.providers import provider_of
from bahriya_tui.model.registry import CredentialVersion, Registry
from bahriya_tui.model.token import kind_of

DECLARED, TOKEN = "declared", "the token says"
_UNITS = {"m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}
_LENGTH = re.compile(r"([1-9][0-9]{0,4}) ?([mhdw])", re.ASCII)


@dataclass(frozen=True, slots=True)
class Due:
    """The end of a credential."""

    at: str
    """The instant it ends."""
    source: str
    """How that is known: `DECLARED`, `TOKEN`, or `Amazon ECR tokens live 12 h`."""

    def past(self, now: str) -> bool:
        """Tell whether it has ended."""
        return self.at <= now

    def within(self, seconds: float, now: str) -> bool:
        """Tell whether it ends within so long, or has ended already."""
        return self.at <= clock.later(now, seconds)


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time as an operator wrote it."""

    seconds: int
    words: str
    """For sentences, in the unit it was written in: `72 h`."""


SOON = Span(_UNITS["w"], "7 d")
"""So long before their end credentials are warned of on every screen."""


def past_note(declared: str | None, now: str) -> tuple[str, ...]:
    """Say that a date which is being declared is past: a slip of the pen, or a credential of no use."""
    if declared is None or _end_of(declared) > now:
        return ()
    return (f"the declared expiry {declared} is past: is the year right?",)


def due(registry: Registry, current: CredentialVersion | None) -> Due | None:
    """Say when a registry's `current` version ends; None where nothing tells, or it has no credentials."""
    if registry.deleting or current is None:
        return None
    known = [
        *([Due(_end_of(registry.expires), DECLARED)] if registry.expires else []),
        *([Due(current.expires_at, TOKEN)] if current.expires_at else []),
        *_lived(current),
    ]
    return min(known, key=lambda one: one.at, default=None)


def left(at: str, now: str) -> str:
    """Tell how far away the end is: `in 9 h`, `in 6 d`, `expired 2 d ago`."""
    return f"expired {since(at, now)}" if at <= now else f"in {_length(now, at)}"


def since(at: str, now: str) -> str:
    """Tell how long ago it was: `2 d ago`."""
    return f"{_length(at, now)} ago"


def parse_span(text: str) -> Span:
    """Read `90m`, `12h`, `7d` or `2w`; raise `BadInput` for anything else."""
    found = _LENGTH.fullmatch(text)
    if found is None:
        raise BadInput(f"{text[:20]!r} is no length of time", "write for example 12h, 7d or 2w")
    number, unit = found.groups()
    return Span(int(number) * _UNITS[unit], f"{number} {'min' if unit == 'm' else unit}")


def _end_of(day: str) -> str:
    """Give the last instant of a day, in UTC: a token is good on the day that was declared."""
    return f"{day}T23:59:59.999Z"


def _lived(current: CredentialVersion) -> list[Due]:
    """Give the ends that its provider and its kind set, counted from when the token was entered."""
    if mints(current.server, current.username):
        # An IAM key is kept, which lives on: tokens are made of it.
        return []
    provider, kind = provider_of(current.server, current.username), kind_of(current.token_kind)
    lives = [
        *([(f"{provider.name} tokens live", provider.lifetime_seconds)] if provider.lifetime_seconds else []),
        *([(f"{kind.words} lives", kind.lifetime_seconds)] if kind and kind.lifetime_seconds else []),
    ]
    return [
        Due(clock.later(current.created_at, seconds), f"{whose} {clock.length(seconds)}")
        for whose, seconds in lives
    ]


def _length(start: str, end: str) -> str:
    return clock.length(int(clock.seconds_between(start, end)))
