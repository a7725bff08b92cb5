"""HPKE in base mode, written from RFC 9180 with nothing but X25519, HMAC and AEAD ciphers.

A second opinion: it shares no code with the HPKE that the product uses. Names are those of the RFC.
"""

import hmac
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305

HASHES = {0x0001: "sha256", 0x0003: "sha512"}
"""KDF identifiers: HKDF with SHA-256 and SHA-512."""
CIPHERS: dict[int, tuple[type[AESGCM | ChaCha20Poly1305], int]] = {
    0x0001: (AESGCM, 16),
    0x0002: (AESGCM, 32),
    0x0003: (ChaCha20Poly1305, 32),
}
"""AEAD identifiers: the cipher and the length of its key."""
_KEM = b"KEM" + (0x0020).to_bytes(2, "big")
_BASE = b"\0"
_NONCE = 12


@dataclass(frozen=True)
class Keys:
    """What the key schedule gives."""

    key: bytes
    base_nonce: bytes

    def nonce(self, sequence: int) -> bytes:
        """Give the nonce of the message with this number (section 5.2)."""
        return (int.from_bytes(self.base_nonce, "big") ^ sequence).to_bytes(_NONCE, "big")


@dataclass(frozen=True)
class Reference:
    """DHKEM(X25519, HKDF-SHA256) with a KDF and an AEAD; the defaults are those of a stored credential."""

    kdf: int = 0x0001
    aead: int = 0x0002

    def seal(self, ephemeral: X25519PrivateKey, public: bytes, info: bytes, plain: bytes) -> bytes:
        """Give `enc | ciphertext` for the holder of `public`, as a single message without aad."""
        enc = ephemeral.public_key().public_bytes_raw()
        exchanged = ephemeral.exchange(X25519PublicKey.from_public_bytes(public))
        return self.seal_shared(shared_secret(exchanged, enc, public), enc, info, plain)

    def seal_shared(self, shared: bytes, enc: bytes, info: bytes, plain: bytes) -> bytes:
        """Give `enc | ciphertext` under a shared secret, wherever that comes from."""
        keys = self.key_schedule(shared, info)
        return enc + self.cipher(keys).encrypt(keys.nonce(0), plain, b"")

    def open(self, private: X25519PrivateKey, info: bytes, sealed: bytes) -> bytes:
        """Undo `seal`; raises `InvalidTag` for anything else."""
        keys = self.key_schedule(self.decapsulate(private, sealed[:32]), info)
        return self.cipher(keys).decrypt(keys.nonce(0), sealed[32:], b"")

    def decapsulate(self, private: X25519PrivateKey, enc: bytes) -> bytes:
        """Give the shared secret (section 4.1)."""
        exchanged = private.exchange(X25519PublicKey.from_public_bytes(enc))
        return shared_secret(exchanged, enc, private.public_key().public_bytes_raw())

    def key_schedule(self, shared: bytes, info: bytes) -> Keys:
        """Give key and nonce of base mode, which has no pre-shared key (section 5.1)."""
        suite = b"HPKE" + b"".join(n.to_bytes(2, "big") for n in (0x0020, self.kdf, self.aead))
        hashed = HASHES[self.kdf]
        context = _BASE
        for label, value in ((b"psk_id_hash", b""), (b"info_hash", info)):
            context += _labeled_extract(hashed, suite, b"", label, value)
        secret = _labeled_extract(hashed, suite, shared, b"secret", b"")
        key = _labeled_expand(hashed, suite, secret, b"key", context, CIPHERS[self.aead][1])
        nonce = _labeled_expand(hashed, suite, secret, b"base_nonce", context, _NONCE)
        return Keys(key, nonce)

    def cipher(self, keys: Keys) -> AESGCM | ChaCha20Poly1305:
        """Give the AEAD cipher with its key."""
        return CIPHERS[self.aead][0](keys.key)


def shared_secret(exchanged: bytes, enc: bytes, public: bytes) -> bytes:
    """`ExtractAndExpand` of section 4.1; the KEM's own hash is always SHA-256."""
    pseudo = _labeled_extract("sha256", _KEM, b"", b"eae_prk", exchanged)
    return _labeled_expand("sha256", _KEM, pseudo, b"shared_secret", enc + public, 32)


def _labeled_extract(hashed: str, suite: bytes, salt: bytes, label: bytes, value: bytes) -> bytes:
    return hmac.digest(salt, b"HPKE-v1" + suite + label + value, hashed)


def _labeled_expand(
    hashed: str, suite: bytes, secret: bytes, label: bytes, info: bytes, length: int
) -> bytes:
    """HKDF-Expand (RFC 5869) with the labels of section 4."""
    labeled = length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info
    made, block, count = b"", b"", 0
    while len(made) < length:
        count += 1
        block = hmac.digest(secret, block + labeled + bytes([count]), hashed)
        made += block
    return made[:length]
