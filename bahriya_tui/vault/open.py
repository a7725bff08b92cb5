"""The private half: opens a sealed token. Imported by the opener process and by nothing else."""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from bahriya_tui.vault.context import CredentialContext, info
from bahriya_tui.vault.record import RecordUnreadable, parse, unpad
from bahriya_tui.vault.seal import SUITE


def open_sealed(blob: bytes, context: CredentialContext, private: X25519PrivateKey) -> bytearray:
    """Give the token in `blob`. Raises `RecordUnreadable` when key, context or content do not fit."""
    record = parse(blob)
    try:
        padded = SUITE.decrypt(record.sealed, private, info=info(context, record.key_id))
    except (InvalidTag, ValueError):
        raise RecordUnreadable("this credential cannot be opened with this key: enter it again") from None
    return unpad(padded)
