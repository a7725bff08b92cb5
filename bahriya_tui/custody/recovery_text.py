"""The recovery key as people keep it: fourteen groups of four characters, the last ones a checksum.

Base32 (RFC 4648) of the 32 bytes and of three bytes of their SHA-256. Case, blanks and dashes do not count.
"""

import base64
import hashlib

from bahriya_tui.model.errors import BadInput

_KEY, _CHECK = 32, 3
_CHARACTERS = (_KEY + _CHECK) * 8 // 5
_GROUP = 4


def write(raw: bytes) -> str:
    """Give the text of a key of 32 bytes."""
    text = base64.b32encode(raw + _checksum(raw)).decode()
    return "-".join(text[start : start + _GROUP] for start in range(0, _CHARACTERS, _GROUP))


def read(text: str) -> bytes:
    """Give the key back; `BadInput` for a text with any typing error. No error quotes the text."""
    joined = "".join(char for char in text if char != "-" and not char.isspace()).upper()
    if len(joined) != _CHARACTERS:
        raise BadInput(
            f"a recovery key has {_CHARACTERS} letters and digits, this has {len(joined)}",
            "type all of its groups",
        )
    try:
        decoded = base64.b32decode(joined)
    except ValueError:
        raise BadInput(
            "a recovery key has the letters A to Z and the digits 2 to 7 only", "look for 0, 1, 8 and 9"
        ) from None
    raw, check = decoded[:_KEY], decoded[_KEY:]
    if check != _checksum(raw):
        raise BadInput("the recovery key was mistyped", "compare it group by group")
    return raw


def _checksum(raw: bytes) -> bytes:
    return hashlib.sha256(b"bahriya recovery key 1" + raw).digest()[:_CHECK]
