"""The one encryption in use: HPKE (RFC 9180) with X25519, HKDF-SHA256 and AES-256-GCM, by `cryptography`."""

from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
