"""What a registry asks for: the WWW-Authenticate header of a 401 answer (RFC 9110)."""

import re
from dataclasses import dataclass
from typing import Literal

_SCHEME = re.compile(r"(?:^|,)\s*([A-Za-z][A-Za-z0-9_-]*)(?=\s+[A-Za-z]|\s*$|\s*,)(?!\s*=)")
_PARAMETER = re.compile(r'([A-Za-z_]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",]+))(?=\s*(?:,|$))')
"""A value that goes on in any other way is broken: what was cut off an address would be another one."""
MAX_HEADER = 4096


@dataclass(frozen=True, slots=True)
class Challenge:
    """One way in which a registry lets itself be logged in to."""

    scheme: Literal["basic", "bearer"]
    realm: str
    """For bearer, the URL of the token server."""
    service: str = ""


def parse(header: str) -> Challenge | None:
    """Choose from a header with one or more challenges: bearer before basic; None for none we know.

    A bearer challenge without a realm is no challenge.
    """
    found: dict[str, dict[str, str]] = {}
    for scheme, text in _split(header[:MAX_HEADER]):
        parameters = {
            name.lower(): re.sub(r"\\(.)", r"\1", quoted) or plain
            for name, quoted, plain in _PARAMETER.findall(text)
        }
        found.setdefault(scheme, parameters)
    if found.get("bearer", {}).get("realm"):
        return Challenge("bearer", found["bearer"]["realm"], found["bearer"].get("service", ""))
    return Challenge("basic", found["basic"].get("realm", "")) if "basic" in found else None


def _split(header: str) -> list[tuple[str, str]]:
    """Separate the challenges of a header; quoted text is blanked out first, as commas in it do not count."""
    outline = re.sub(r'"(?:[^"\\]|\\.)*"', lambda match: '"' + "." * (len(match[0]) - 2) + '"', header)
    starts = list(_SCHEME.finditer(outline))
    ends = [start.start() for start in starts[1:]] + [len(header)]
    return [(start[1].lower(), header[start.end() : end]) for start, end in zip(starts, ends, strict=False)]
