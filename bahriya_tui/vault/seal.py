"""The public half: seals a token so that only the opener can read it. Runs in the reader process."""

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from bahriya_tui.model.errors import BadInput
from bahriya_tui.vault.context import CredentialContext, info
from bahriya_tui.vault.keys import PublicKey
from bahriya_tui.vault.record import MAX_TOKEN, X25519_AES256GCM, Record, pad, write

SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


def seal(token: bytes | bytearray, context: CredentialContext, public: PublicKey) -> bytes:
    """Give the record to store, bound to `context`. Raises `BadInput` for an empty or too long token."""
    if not token:
        raise BadInput("the password is empty", "give the password or token of this registry")
    if len(token) > MAX_TOKEN:
        raise BadInput(
            f"the password is longer than {MAX_TOKEN} bytes", "is this the right file? tokens are shorter"
        )
    key = X25519PublicKey.from_public_bytes(public.raw)
    sealed = SUITE.encrypt(pad(token), key, info=info(context, public.id))
    return write(Record(X25519_AES256GCM, public.id, sealed))
