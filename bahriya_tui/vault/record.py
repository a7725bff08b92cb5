"""The stored form of a sealed credential: `format (1) | suite (2) | key id (8) | sealed`.

Reads strictly and without any key: what does not look exactly right is refused, and only that one record.
"""

from dataclasses import dataclass, field

from bahriya_tui.model.errors import Failed

MAX_TOKEN = 65536
"""Longest token, in bytes."""
PAD = 256
"""Plaintexts are a multiple of this long, so that the length of a token does not show."""
X25519_AES256 = 0x0001
"""DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM."""
KEY_ID_LENGTH = 8
_FORMAT = 0x01
_HEADER = 1 + 2 + KEY_ID_LENGTH
_OVERHEAD = 32 + 16
"""Encapsulated key and tag."""


class RecordUnreadable(Failed):
    """A sealed credential cannot be opened: damaged, moved, or sealed for another key."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"the stored credential needs re-entry: {why}",
            "enter the token again (rotate), or use the recovery key: bahriya vault recover",
        )
        self.why = why


@dataclass(frozen=True, slots=True)
class Record:
    """A sealed credential and what is needed to find its key."""

    suite: int
    key_id: bytes
    sealed: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Sealed:
    """One credential, sealed for the vault's key and for the recovery key: two records that open alike."""

    vault: bytes = field(repr=False)
    recovery: bytes = field(repr=False)


def write(record: Record) -> bytes:
    """Give the bytes to store."""
    return bytes([_FORMAT]) + record.suite.to_bytes(2, "big") + record.key_id + record.sealed


def parse(blob: bytes) -> Record:
    """Read stored bytes; `RecordUnreadable` for anything that `write` did not make."""
    if len(blob) < _HEADER:
        raise RecordUnreadable("it is incomplete")
    if blob[0] != _FORMAT:
        raise RecordUnreadable("it is of an unknown format")
    suite = int.from_bytes(blob[1:3], "big")
    if suite != X25519_AES256:
        raise RecordUnreadable("it is of an unknown kind of encryption")
    sealed = bytes(blob[_HEADER:])
    padded = len(sealed) - _OVERHEAD
    if not PAD <= padded <= MAX_TOKEN + PAD or padded % PAD:
        raise RecordUnreadable("its length is wrong")
    return Record(suite, bytes(blob[3:_HEADER]), sealed)


def why_unreadable(blob: bytes) -> str:
    """Say what speaks against stored bytes, without any key; empty where nothing does."""
    try:
        parse(blob)
    except RecordUnreadable as error:
        return error.why
    return ""
