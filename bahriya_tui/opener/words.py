"""Lets words of a region through only when nothing of the credential is in them.

API servers, proxies and admission webhooks may quote what they were sent, also encoded.
"""

import base64
import json
from urllib.parse import quote

_RUN = 8
"""This many characters in common are no accident; of a shorter credential, all of it."""
_LONGEST = 500
_WITHHELD = "its reason is withheld: it repeats the credential"


class Spoken:
    """Knows every form in which the credential was sent."""

    def __init__(self, username: str, token: str, config: bytes) -> None:
        raw = token.encode()
        auth = base64.b64encode(username.encode() + b":" + raw).decode()
        encoded = [auth, base64.b64encode(config).decode(), raw.hex(), quote(token), json.dumps(token)[1:-1]]
        forms = [token, token[::-1], *encoded, *(_base64(raw, shift) for shift in range(3))]
        self._forms = tuple(form for form in forms if form)

    def without(self, words: str) -> str:
        """Give the words on one line and cut to a sensible length, or say that they are withheld."""
        line = " ".join(
            "".join(char if char.isprintable() else " " for char in words[: 4 * _LONGEST]).split()
        )
        line = line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"
        return _WITHHELD if any(_shares(line, form) for form in self._forms) else line


def _shares(line: str, form: str) -> bool:
    """Tell whether eight characters in a row, or all of a shorter `form`, stand in the line."""
    if len(form) < _RUN:
        return form in line
    return any(line[start : start + _RUN] in form for start in range(len(line) - _RUN + 1))


def _base64(raw: bytes, shift: int) -> str:
    """Give the characters of base64 that depend on nothing but `raw`, `shift` bytes into a longer text."""
    encoded = base64.b64encode(bytes(shift) + raw).decode().rstrip("=")
    return encoded[-(-shift * 8 // 6) : -1]
