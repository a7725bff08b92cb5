"""The request to seal stored credentials again; imports nothing that could seal or open."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from bahriya_tui.vault.context import CredentialContext
from bahriya_tui.vault.keys import PublicKey

Rows = Iterable[tuple[bytes, CredentialContext]]
"""Sealed credentials, each with exactly what it is bound to."""


def rows(found: Rows) -> list[dict[str, Any]]:
    """Give the part of the request that says what is to be opened."""
    return [{"sealed": blob.hex(), "context": asdict(context)} for blob, context in found]


def request(found: Rows, vault: PublicKey, recovery: PublicKey, key_path: str) -> dict[str, Any]:
    """Ask to have records opened, each for exactly its context, and sealed for the keys that are given."""
    return {
        "mode": "reseal",
        "key_path": key_path,
        "vault": vault.raw.hex(),
        "recovery": recovery.raw.hex(),
        "rows": rows(found),
    }
