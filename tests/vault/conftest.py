"""A pair of keys, and a credential to seal."""

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from bahriya_tui.vault.context import CredentialContext
from bahriya_tui.vault.keys import PublicKey

CONTEXT = CredentialContext("shop", "r1", "ghcr.io", "bot", 3)


def public_of(private: X25519PrivateKey) -> PublicKey:
    return PublicKey.of(private.public_key().public_bytes_raw())


@pytest.fixture(scope="session")
def private() -> X25519PrivateKey:
    return X25519PrivateKey.generate()


@pytest.fixture(scope="session")
def public(private: X25519PrivateKey) -> PublicKey:
    return public_of(private)
