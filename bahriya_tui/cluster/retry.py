"""When a request is tried again, and after how long; plain rules, so that they can be tested as a table."""

from collections.abc import Callable

MAX_RETRIES = 4
"""How often one request is repeated at most."""
LONGEST_WAIT = 10.0
"""Seconds; a server that asks for more is answered for now, and its answer handed on."""
_FIRST_WAIT = 0.25
_AGAIN = frozenset({429, 500, 502, 503, 504})


def wait_before_retry(
    attempt: int, status: int | None, retry_after: str | None, random: Callable[[], float]
) -> float | None:
    """Give the seconds to wait before the next try, or None when there must not be one.

    `attempt` counts from 0; `status` is None where the connection was refused or cut. The wait is drawn
    evenly from an interval that doubles ("full jitter"), on top of what the server asked for.
    """
    if attempt >= MAX_RETRIES or (status is not None and status not in _AGAIN):
        return None
    asked = asked_wait(retry_after)
    if asked > LONGEST_WAIT:
        return None
    return asked + random() * _FIRST_WAIT * 2.0**attempt


def asked_wait(retry_after: str | None) -> float:
    """Read a Retry-After header; 0.0 without one, or where it names a date."""
    return float(retry_after) if retry_after and retry_after.isdecimal() else 0.0
