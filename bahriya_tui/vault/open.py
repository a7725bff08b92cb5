"""Opening with the private key. Only the opener process may import this module."""

import os
import stat

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from bahriya_tui.model.errors import Locked
from bahriya_tui.vault.context import CredentialContext, info
from bahriya_tui.vault.keys import key_id, locked
from bahriya_tui.vault.record import PAD, RecordUnreadable, parse
from bahriya_tui.vault.suite import SUITE


def load(descriptor: int, name: str) -> X25519PrivateKey:
    """Read a private key from the descriptor of `open_private`; `Locked` with its `name` when it is none."""
    try:
        text = os.read(descriptor, 256)
        if not text and stat.S_ISSOCK(os.fstat(descriptor).st_mode):
            raise locked()
        return X25519PrivateKey.from_private_bytes(bytes.fromhex(text.decode("ascii")))
    except (OSError, ValueError):
        raise Locked(f"{name} is no private key", "put it back from a backup") from None


def from_raw(private: bytes) -> tuple[X25519PrivateKey, bytes]:
    """Give a private key from its 32 bytes, and its id."""
    key = X25519PrivateKey.from_private_bytes(private)
    return key, key_id(key.public_key().public_bytes_raw())


def open_sealed(blob: bytes, context: CredentialContext, private: X25519PrivateKey) -> bytearray:
    """Open what was sealed for exactly this context; `RecordUnreadable` for everything else."""
    record = parse(blob)
    if record.key_id != key_id(private.public_key().public_bytes_raw()):
        raise RecordUnreadable("it was sealed for another key")
    try:
        padded = SUITE.decrypt(record.sealed, private, info=info(context, record.key_id))
    except (InvalidTag, ValueError):
        raise RecordUnreadable("it is damaged, or belongs to another registry, server or user") from None
    length = int.from_bytes(padded[:4], "big")
    if not 0 < length <= len(padded) - 4 or len(padded) - 4 - length >= PAD or any(padded[4 + length :]):
        raise RecordUnreadable("its content is not a token")
    return bytearray(padded[4 : 4 + length])


def prove() -> None:
    """Seal and open something, which also loads all that is loaded late; raise where that does not work."""
    key, known = X25519PrivateKey.generate(), b"known answer"
    if SUITE.decrypt(SUITE.encrypt(known, key.public_key(), info=known), key, info=known) != known:
        raise AssertionError("HPKE does not give back what was sealed")
