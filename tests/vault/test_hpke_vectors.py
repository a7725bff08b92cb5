"""The stored form is HPKE as RFC 9180 defines it, not merely something that opens what it sealed itself."""

import json
from pathlib import Path
from typing import Any

import cryptography_vectors
import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.bindings._rust import openssl
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from bahriya_tui.vault.context import info
from bahriya_tui.vault.keys import PublicKey
from bahriya_tui.vault.open import open_sealed
from bahriya_tui.vault.record import Record, RecordUnreadable, parse, write
from bahriya_tui.vault.seal import seal
from tests.vault.conftest import CONTEXT
from tests.vault.hpke_reference import CIPHERS, HASHES, Keys, Reference

Vector = dict[str, Any]
_BASE, _X25519 = 0, 0x0020
_OURS = (0x0001, 0x0002)
_KDFS = {0x0001: KDF.HKDF_SHA256, 0x0003: KDF.HKDF_SHA512}
_AEADS = {0x0001: AEAD.AES_128_GCM, 0x0002: AEAD.AES_256_GCM, 0x0003: AEAD.CHACHA20_POLY1305}


def _read() -> dict[tuple[int, int], Vector]:
    """Give the RFC's vectors of base mode with X25519 that encrypt anything, by KDF and AEAD."""
    path = Path(cryptography_vectors.__file__).parent / "HPKE" / "test-vectors.json"
    return {
        (vector["kdf_id"], vector["aead_id"]): vector
        for vector in json.loads(path.read_text())
        if (vector["mode"], vector["kem_id"]) == (_BASE, _X25519) and vector["aead_id"] in CIPHERS
    }


VECTORS = _read()
each_vector = pytest.mark.parametrize(
    "suite", sorted(VECTORS), ids=lambda suite: "kdf {} aead {}".format(*suite)
)


def _bytes(vector: Vector, name: str) -> bytes:
    return bytes.fromhex(vector[name])


def test_the_vectors_of_every_suite_are_there_and_ours_is_among_them() -> None:
    assert set(VECTORS) == {(kdf, aead) for kdf in HASHES for aead in CIPHERS}
    assert _OURS in VECTORS
    assert all(len(vector["encryptions"]) > 200 for vector in VECTORS.values())


@each_vector
def test_the_library_opens_the_vectors_of_the_rfc(suite: tuple[int, int]) -> None:
    vector = VECTORS[suite]
    private = X25519PrivateKey.from_private_bytes(_bytes(vector, "skRm"))
    first, second = vector["encryptions"][:2]
    library = Suite(KEM.X25519, _KDFS[suite[0]], _AEADS[suite[1]])
    bound, sealed = _bytes(vector, "info"), _bytes(vector, "enc") + _bytes(first, "ct")

    # Private, but the only way in with an aad, which every vector has.
    decrypt = openssl.hpke._decrypt_with_aad
    opened = decrypt(library, sealed, private, info=bound, aad=_bytes(first, "aad"))

    assert opened == _bytes(first, "pt")
    with pytest.raises(InvalidTag):
        decrypt(library, sealed, private, info=bound, aad=_bytes(second, "aad"))


@each_vector
def test_the_reference_derives_and_opens_what_the_rfc_says(suite: tuple[int, int]) -> None:
    vector, reference = VECTORS[suite], Reference(*suite)
    private = X25519PrivateKey.from_private_bytes(_bytes(vector, "skRm"))
    shared = reference.decapsulate(private, _bytes(vector, "enc"))
    keys = reference.key_schedule(shared, _bytes(vector, "info"))

    assert shared == _bytes(vector, "shared_secret")
    assert keys == Keys(_bytes(vector, "key"), _bytes(vector, "base_nonce"))
    for sequence, message in enumerate(vector["encryptions"]):
        aad, nonce = _bytes(message, "aad"), _bytes(message, "nonce")
        assert keys.nonce(sequence) == nonce
        assert reference.cipher(keys).decrypt(nonce, _bytes(message, "ct"), aad) == _bytes(message, "pt")


@each_vector
def test_the_reference_seals_with_the_encapsulated_key_of_the_rfc(suite: tuple[int, int]) -> None:
    vector = VECTORS[suite]
    ephemeral = X25519PrivateKey.from_private_bytes(_bytes(vector, "skEm"))
    sealed = Reference(*suite).seal(ephemeral, _bytes(vector, "pkRm"), _bytes(vector, "info"), b"plain")
    assert sealed[:32] == _bytes(vector, "enc")
    private = X25519PrivateKey.from_private_bytes(_bytes(vector, "skRm"))
    library = Suite(KEM.X25519, _KDFS[suite[0]], _AEADS[suite[1]])
    assert library.decrypt(sealed, private, info=_bytes(vector, "info")) == b"plain"


@pytest.mark.parametrize("length", [1, 252, 253, 65536])
def test_what_is_stored_is_opened_by_the_reference(
    length: int, private: X25519PrivateKey, public: PublicKey
) -> None:
    token = b"x" * length
    record = parse(seal(token, CONTEXT, public))
    padded = Reference().open(private, info(CONTEXT, public.id), record.sealed)
    assert padded.rstrip(b"\0") == length.to_bytes(4, "big") + token


def test_what_the_reference_seals_is_opened(private: X25519PrivateKey, public: PublicKey) -> None:
    padded = b"\0\0\0\x05token" + bytes(247)
    sealed = Reference().seal(X25519PrivateKey.generate(), public.raw, info(CONTEXT, public.id), padded)
    assert open_sealed(write(Record(1, public.id, sealed)), CONTEXT, private) == b"token"


@pytest.mark.parametrize("suite", sorted(set(VECTORS) - {_OURS}))
def test_what_another_suite_sealed_is_not_opened(
    suite: tuple[int, int], private: X25519PrivateKey, public: PublicKey
) -> None:
    padded = b"\0\0\0\x05token" + bytes(247)
    bound = info(CONTEXT, public.id)
    sealed = Reference(*suite).seal(X25519PrivateKey.generate(), public.raw, bound, padded)
    with pytest.raises(RecordUnreadable):
        open_sealed(write(Record(1, public.id, sealed)), CONTEXT, private)
