"""Rate limits as registries tell them: what is left of them (Docker Hub), and how long to stay away."""

import ipaddress
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Literal

from bahriya_tui.model.check import RateLimit

_COUNT = re.compile(r"([0-9]{1,9})(?:\s*;\s*w=([0-9]{1,9}))?")
_USER = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_WINDOW = 21600
"""Of Docker Hub, in seconds, where it is not told."""
_DAY = 86400


def read(headers: Mapping[str, str]) -> RateLimit | None:
    """Read `ratelimit-limit: 100;w=21600` and its companions; None where they are missing or no numbers."""
    limit = _COUNT.fullmatch(headers.get("ratelimit-limit", "").strip())
    remaining = _COUNT.fullmatch(headers.get("ratelimit-remaining", "").strip())
    if limit is None or remaining is None:
        return None
    window = int(limit[2] or remaining[2] or _WINDOW)
    return RateLimit(int(limit[1]), int(remaining[1]), window, _source(headers))


def wait(headers: Mapping[str, str]) -> str:
    """Say how long the server wants to be left alone."""
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit() and len(value) < 7:
        return f"for {int(value)} seconds"
    try:
        until = parsedate_to_datetime(value)
        seconds = (until - datetime.now(UTC)).total_seconds()
    except (ValueError, TypeError, IndexError, OverflowError):
        return "for a while"
    return f"for {round(seconds)} seconds" if 0 < seconds < _DAY else "for a while"


def _source(headers: Mapping[str, str]) -> Literal["login", "address", ""]:
    """Tell what is counted by: Docker Hub names the user by an id, or the address."""
    value = headers.get("docker-ratelimit-source", "").strip()
    if _USER.fullmatch(value):
        return "login"
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return ""
    return "address"
