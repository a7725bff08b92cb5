"""What is sealed opens for its own context and key, and for nothing else."""

import random
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from hypothesis import given
from hypothesis import strategies as st

from bahriya_tui.model.errors import BadInput
from bahriya_tui.vault.context import CredentialContext, info
from bahriya_tui.vault.keys import PublicKey
from bahriya_tui.vault.open import open_sealed, prove
from bahriya_tui.vault.record import MAX_TOKEN, Record, RecordUnreadable, parse, why_unreadable, write
from bahriya_tui.vault.seal import seal
from tests.vault.conftest import CONTEXT, public_of

KEY = X25519PrivateKey.generate()
contexts = st.builds(
    CredentialContext, st.text(), st.text(), st.text(), st.text(), st.integers(min_value=0, max_value=2**40)
)


@given(token=st.binary(min_size=1, max_size=2000), context=contexts)
def test_a_sealed_token_opens_for_its_own_context(token: bytes, context: CredentialContext) -> None:
    assert open_sealed(seal(token, context, public_of(KEY)), context, KEY) == token


@pytest.mark.parametrize("length", [1, 252, 253, 508, 509, MAX_TOKEN])
def test_tokens_of_every_length_up_to_the_longest_survive(
    length: int, private: X25519PrivateKey, public: PublicKey
) -> None:
    token = random.Random(length).randbytes(length)
    assert open_sealed(seal(token, CONTEXT, public), CONTEXT, private) == token


def test_an_empty_token_is_refused(public: PublicKey) -> None:
    with pytest.raises(BadInput, match="empty"):
        seal(b"", CONTEXT, public)


def test_a_token_that_is_too_long_is_refused(public: PublicKey) -> None:
    with pytest.raises(BadInput, match="65536"):
        seal(bytes(MAX_TOKEN + 1), CONTEXT, public)


@pytest.mark.parametrize(
    "change",
    [
        {"project": "shop2"},
        {"registry_id": "r2"},
        {"server": "evil.example"},
        {"username": "root"},
        {"version": 4},
        {"project": "shopr", "registry_id": "1"},
        {"server": "ghcr.iob", "username": "ot"},
    ],
)
def test_a_credential_used_for_anything_else_does_not_open(
    change: dict[str, Any], private: X25519PrivateKey, public: PublicKey
) -> None:
    blob = seal(b"token", CONTEXT, public)
    with pytest.raises(RecordUnreadable):
        open_sealed(blob, replace(CONTEXT, **change), private)


@given(one=contexts, other=contexts)
def test_no_two_contexts_look_alike(one: CredentialContext, other: CredentialContext) -> None:
    assert (info(one, b"k") == info(other, b"k")) == (one == other)


def test_another_key_does_not_open_it(public: PublicKey) -> None:
    blob = seal(b"token", CONTEXT, public)
    with pytest.raises(RecordUnreadable, match="another key"):
        open_sealed(blob, CONTEXT, X25519PrivateKey.generate())


def test_a_record_relabelled_for_another_key_does_not_open(
    private: X25519PrivateKey, public: PublicKey
) -> None:
    stranger = public_of(X25519PrivateKey.generate())
    record = parse(seal(b"token", CONTEXT, stranger))
    with pytest.raises(RecordUnreadable):
        open_sealed(write(Record(record.suite, public.id, record.sealed)), CONTEXT, private)


def test_the_length_of_a_token_does_not_show(public: PublicKey) -> None:
    lengths = {len(seal(bytes(range(1, size)), CONTEXT, public)) for size in range(2, 250)}
    assert lengths == {11 + 48 + 256}


def test_sealing_twice_gives_different_bytes(public: PublicKey) -> None:
    assert seal(b"token", CONTEXT, public) != seal(b"token", CONTEXT, public)


def test_the_stored_form_is_the_documented_one(private: X25519PrivateKey, public: PublicKey) -> None:
    blob = seal(b"token", CONTEXT, public)
    assert blob[:3] == b"\x01\x00\x01"
    assert blob[3:11] == public.id
    fields = [b"bahriya credential 1", public.id, b"shop", b"r1", b"ghcr.io", b"bot", b"3"]
    bound = b"".join(len(field).to_bytes(4, "big") + field for field in fields)
    suite = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
    assert suite.decrypt(blob[11:], private, info=bound) == b"\0\0\0\x05token" + bytes(247)


@pytest.mark.parametrize(
    "padded",
    [
        bytes(256),
        b"\0\0\0\xfd" + bytes(252),
        b"\xff\xff\xff\xff" + bytes(252),
        b"\0\0\0\x01a" + bytes(250) + b"b",
        b"\0\0\0\x01a" + bytes(507),
    ],
    ids=["no token", "longer than it is", "absurd length", "rubbish behind", "padded too much"],
)
def test_a_foreign_content_is_no_token(padded: bytes, private: X25519PrivateKey, public: PublicKey) -> None:
    suite = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
    sealed = suite.encrypt(padded, private.public_key(), info=info(CONTEXT, public.id))
    with pytest.raises(RecordUnreadable, match="not a token"):
        open_sealed(write(Record(1, public.id, sealed)), CONTEXT, private)


HEADERS = st.sampled_from([b"", b"\x01\x00\x01keyidkey", b"\x01\x00\x02keyidkey", b"\x02\x00\x01keyidkey"])
LENGTHS = st.sampled_from([0, 48, 303, 304, 305, 560, 48 + 65792, 48 + 66048])


@given(header=HEADERS, rest=st.one_of(st.binary(max_size=400), LENGTHS.map(bytes)))
def test_bytes_are_read_exactly_when_they_are_a_record(header: bytes, rest: bytes) -> None:
    good = header == b"\x01\x00\x01keyidkey" and len(rest) in (304, 560, 48 + 65792)
    try:
        read = write(parse(header + rest))
    except RecordUnreadable:
        assert not good
    else:
        assert good
        assert read == header + rest


def test_what_speaks_against_a_record_is_known_without_a_key(public: PublicKey) -> None:
    blob = seal(b"token", CONTEXT, public)
    assert why_unreadable(blob) == ""
    assert why_unreadable(blob[:-1]) == "its length is wrong"


def test_a_record_never_shows_its_content(public: PublicKey) -> None:
    record = parse(seal(b"token", CONTEXT, public))
    assert record.sealed.hex() not in repr(record)
    assert "sealed" not in repr(record)


def test_the_encryption_works_on_this_machine() -> None:
    prove()


def test_an_encryption_that_does_not_give_back_what_it_took_is_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Broken:
        def encrypt(self, plaintext: bytes, *_: object, **__: object) -> bytes:
            return plaintext

        def decrypt(self, *_: object, **__: object) -> bytes:
            return b""

    monkeypatch.setattr("bahriya_tui.vault.open.SUITE", Broken())
    with pytest.raises(AssertionError, match="does not give back"):
        prove()
