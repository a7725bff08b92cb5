"""The stored form of a sealed credential: `01 | suite (2 bytes) | key id (8 bytes) | enc | ciphertext`."""

import struct
from dataclasses import dataclass

MAX_TOKEN = 65536
"""Longest token in bytes; service account keys in JSON are the longest seen, at about 2.4 KB."""
X25519_AES256GCM = 0x0001
"""DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM."""
KEY_ID_LENGTH = 8
_FORMAT = 1
_HEADER = struct.Struct(f">BH{KEY_ID_LENGTH}s")
_OVERHEAD = 32 + 16
"""HPKE's encapsulated key and AES-GCM's tag."""
_PADDED = 256
_LENGTH = struct.Struct(">I")
MAX_RECORD = _HEADER.size + _OVERHEAD + MAX_TOKEN + _PADDED


class RecordUnreadable(Exception):
    """A stored credential cannot be read; the operator has to enter it again."""


@dataclass(frozen=True, slots=True)
class Record:
    """A sealed credential in its parts."""

    suite: int
    key_id: bytes
    sealed: bytes


def write(record: Record) -> bytes:
    """Give the bytes that are stored."""
    return _HEADER.pack(_FORMAT, record.suite, record.key_id) + record.sealed


def parse(blob: bytes) -> Record:
    """Read what `write` wrote; raise `RecordUnreadable` for anything else."""
    if not _HEADER.size + _OVERHEAD + _PADDED <= len(blob) <= MAX_RECORD:
        raise RecordUnreadable("a sealed credential of this length is not ours")
    version, suite, key_id = _HEADER.unpack_from(blob)
    if version != _FORMAT or suite != X25519_AES256GCM:
        raise RecordUnreadable("a sealed credential of this format is not known here")
    if (len(blob) - _HEADER.size - _OVERHEAD) % _PADDED:
        raise RecordUnreadable("a sealed credential of this length is not ours")
    return Record(suite, key_id, blob[_HEADER.size :])


def pad(token: bytes | bytearray) -> bytes:
    """Put the length before `token` and zeros behind it, so that the sealed length tells nothing."""
    body = _LENGTH.pack(len(token)) + token
    return bytes(body) + bytes(-len(body) % _PADDED)


def unpad(padded: bytes) -> bytearray:
    """Take off what `pad` added; raise `RecordUnreadable` when it is not there."""
    (length,) = _LENGTH.unpack_from(padded)
    end = _LENGTH.size + length
    if len(padded) != -(-end // _PADDED) * _PADDED or any(padded[end:]):
        raise RecordUnreadable("a sealed credential does not hold what it should")
    return bytearray(padded[_LENGTH.size : end])
