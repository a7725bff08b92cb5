"""Sealing with the public key. Nothing here, and nothing imported here, could open anything again."""

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

from bahriya_tui.model.errors import BadInput
from bahriya_tui.vault.context import CredentialContext, info
from bahriya_tui.vault.keys import PublicKey
from bahriya_tui.vault.record import MAX_TOKEN, PAD, X25519_AES256, Record, write
from bahriya_tui.vault.suite import SUITE


def seal(token: bytes | bytearray, context: CredentialContext, public: PublicKey) -> bytes:
    """Seal `token` for the private half of `public`, bound to `context`; `BadInput` for a wrong length."""
    if not token:
        raise BadInput("the token is empty", "give the token; nothing was stored")
    if len(token) > MAX_TOKEN:
        raise BadInput(
            f"the token is longer than {MAX_TOKEN} bytes",
            "no registry gives out such a token; look at its source",
        )
    padded = bytearray(-(-(4 + len(token)) // PAD) * PAD)
    padded[:4] = len(token).to_bytes(4, "big")
    padded[4 : 4 + len(token)] = token
    key = X25519PublicKey.from_public_bytes(public.raw)
    sealed = SUITE.encrypt(padded, key, info=info(context, public.id))
    padded[:] = bytes(len(padded))
    return write(Record(X25519_AES256, public.id, sealed))
