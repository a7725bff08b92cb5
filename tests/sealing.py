"""Sealed credentials for tests: real ones, and ones that only look like it."""

from pathlib import Path

from bahriya_tui.launch.tokens import SealedToken
from bahriya_tui.vault.context import CredentialContext
from bahriya_tui.vault.keys import find_public, find_recovery
from bahriya_tui.vault.record import PAD, X25519_AES256, Record, Sealed, write
from bahriya_tui.vault.seal import seal


def well_formed(key_id: bytes = bytes(8)) -> bytes:
    """Give a record that reads like any other, but that nobody can open."""
    return write(Record(X25519_AES256, key_id, bytes(48 + PAD)))


def sealed_token(token: str, context: CredentialContext, public_folder: Path) -> Sealed:
    """Seal a token as the reader does."""
    keys = find_public(public_folder), find_recovery(public_folder)
    return Sealed(*(seal(token.encode(), context, key) for key in keys))


def read_token(token: str, context: CredentialContext, public_folder: Path) -> SealedToken:
    """Give what a reader of this token gives."""
    return SealedToken(sealed_token(token, context, public_folder))
