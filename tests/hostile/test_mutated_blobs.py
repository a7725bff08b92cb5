"""100,000 damaged, mixed and forged records: every one is refused as unreadable, and nothing else happens."""

import os
import random
import secrets
from collections.abc import Callable
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from bahriya_tui.vault.context import CredentialContext, info
from bahriya_tui.vault.open import open_sealed
from bahriya_tui.vault.record import Record, RecordUnreadable, parse, write
from bahriya_tui.vault.seal import seal
from tests.vault.conftest import CONTEXT, public_of
from tests.vault.hpke_reference import Reference, shared_secret

KEY = X25519PrivateKey.generate()
PUBLIC = public_of(KEY)
CONTEXTS = [replace(CONTEXT, registry_id=f"r{number}", version=number) for number in range(1, 9)]
BLOBS = {context: seal(secrets.token_bytes(60 * context.version), context, PUBLIC) for context in CONTEXTS}
HEADER, ENC, PAD = 11, 32, 256
_P = 2**255 - 19
LOW_ORDER = [
    value.to_bytes(32, "little")
    for value in (
        *(0, 1, _P - 1, _P, _P + 1),
        325606250916557431795983626356110631294008115727848805560023387167927233504,
        39382357235489614581723060781553021112529911719440698176882885853963445705823,
    )
]
"""Points with which every exchange gives zero, so that its result needs no key (RFC 7748, 6.1)."""

Mutate = Callable[[random.Random, bytearray, bytes], bytes | bytearray]


def flip_one_bit(chance: random.Random, blob: bytearray, other: bytes) -> bytearray:
    blob[chance.randrange(len(blob))] ^= 1 << chance.randrange(8)
    return blob


def flip_many_bits(chance: random.Random, blob: bytearray, other: bytes) -> bytearray:
    for _ in range(chance.randint(2, 64)):
        flip_one_bit(chance, blob, other)
    return blob


def cut_off(chance: random.Random, blob: bytearray, other: bytes) -> bytearray:
    return blob[: chance.randrange(len(blob))]


def cut_off_a_block(chance: random.Random, blob: bytearray, other: bytes) -> bytearray:
    return blob[: -PAD * chance.randint(1, (len(blob) - HEADER - ENC) // PAD)]


def extend(chance: random.Random, blob: bytearray, other: bytes) -> bytearray:
    return blob + chance.randbytes(chance.choice([1, 2, 16, PAD, 2 * PAD, chance.randint(1, 600)]))


def insert(chance: random.Random, blob: bytearray, other: bytes) -> bytearray:
    place = chance.randrange(len(blob))
    return blob[:place] + chance.randbytes(chance.choice([1, 16, PAD])) + blob[place:]


def splice(chance: random.Random, blob: bytearray, other: bytes) -> bytes:
    """The beginning of one record and the end of another."""
    place = chance.randint(HEADER + 1, min(len(blob), len(other)) - 1)
    return bytes(blob[:place]) + other[place:]


def exchange_parts(chance: random.Random, blob: bytearray, other: bytes) -> bytearray:
    """The encapsulated key, the ciphertext or the tag of another record."""
    start, end = chance.choice([(HEADER, HEADER + ENC), (HEADER + ENC, len(blob) - 16), (-16, None)])
    blob[start:end] = other[start : end if end is None or end < 0 else min(end, len(other) - 16)]
    return blob


def swap_records(chance: random.Random, blob: bytearray, other: bytes) -> bytes:
    return other


def edit_header(chance: random.Random, blob: bytearray, other: bytes) -> bytearray:
    place = chance.randrange(HEADER)
    blob[place] = chance.randrange(256)
    return blob


def zero_encapsulated_key(chance: random.Random, blob: bytearray, other: bytes) -> bytearray:
    blob[HEADER : HEADER + ENC] = bytes(ENC)
    return blob


def low_order_point(chance: random.Random, blob: bytearray, other: bytes) -> bytearray:
    blob[HEADER : HEADER + ENC] = _low_order(chance)
    return blob


def rubbish(chance: random.Random, blob: bytearray, other: bytes) -> bytearray:
    """A right header with anything behind it, of a length that a record may have."""
    return blob[:HEADER] + chance.randbytes(ENC + 16 + PAD * chance.randint(1, 4))


def _low_order(chance: random.Random) -> bytes:
    point = bytearray(chance.choice(LOW_ORDER))
    # The highest bit does not count for the exchange.
    point[31] |= chance.choice([0, 0x80])
    return bytes(point)


COUNTS: dict[Mutate, int] = {
    flip_one_bit: 30_000,
    flip_many_bits: 15_000,
    cut_off: 10_000,
    cut_off_a_block: 3_000,
    extend: 10_000,
    insert: 5_000,
    splice: 8_000,
    exchange_parts: 6_000,
    swap_records: 2_000,
    edit_header: 5_000,
    zero_encapsulated_key: 1_000,
    low_order_point: 2_000,
    rubbish: 3_000,
}


@pytest.fixture
def chance() -> random.Random:
    """Chance that can be repeated: the number is shown when a test fails."""
    seed = int(os.environ.get("BAHRIYA_TEST_SEED") or secrets.randbits(32))
    print(f"to repeat this: BAHRIYA_TEST_SEED={seed}")  # noqa: T201
    return random.Random(seed)


def test_there_are_a_hundred_thousand() -> None:
    assert sum(COUNTS.values()) == 100_000


@pytest.mark.parametrize("mutate", COUNTS, ids=lambda mutate: mutate.__name__)
def test_a_mutated_record_is_refused(mutate: Mutate, chance: random.Random) -> None:
    refused = 0
    while refused < COUNTS[mutate]:
        context, other = chance.sample(CONTEXTS, 2)
        blob = bytes(mutate(chance, bytearray(BLOBS[context]), BLOBS[other]))
        if blob == BLOBS[context]:
            continue
        try:
            open_sealed(blob, context, KEY)
        except RecordUnreadable:
            refused += 1
        else:
            pytest.fail(f"opened after {refused} refusals: {blob.hex()}")
    assert refused == COUNTS[mutate]


def test_the_records_that_were_mutated_do_open() -> None:
    for context, blob in BLOBS.items():
        assert len(open_sealed(blob, context, KEY)) == 60 * context.version


@pytest.mark.parametrize("point", LOW_ORDER, ids=lambda point: point.hex()[:8])
@pytest.mark.parametrize("high_bit", [0, 0x80])
def test_a_record_forged_without_any_key_is_refused(point: bytes, high_bit: int) -> None:
    enc = point[:31] + bytes([point[31] | high_bit])
    with pytest.raises(ValueError, match="shared key"):
        KEY.exchange(X25519PublicKey.from_public_bytes(enc))
    shared = shared_secret(bytes(32), enc, PUBLIC.raw)
    padded = b"\0\0\0\x05token" + bytes(247)
    forged = Reference().seal_shared(shared, enc, info(CONTEXT, PUBLIC.id), padded)
    with pytest.raises(RecordUnreadable):
        open_sealed(write(Record(1, PUBLIC.id, forged)), CONTEXT, KEY)


@pytest.mark.parametrize(
    "other",
    [
        replace(CONTEXT, registry_id="r", server="1ghcr.io"),
        replace(CONTEXT, server="ghcr.iob", username="ot"),
        replace(CONTEXT, server="ghcr.i", username="obot"),
        replace(CONTEXT, username="bot3", version=0),
        replace(CONTEXT, project="sho", registry_id="pr1"),
        replace(CONTEXT, username="bot\0"),
        replace(CONTEXT, server="GHCR.IO"),
    ],
    ids=str,
)
def test_a_record_does_not_open_for_fields_that_read_the_same(other: CredentialContext) -> None:
    blob = seal(b"token", CONTEXT, PUBLIC)
    assert parse(blob).key_id == PUBLIC.id
    with pytest.raises(RecordUnreadable):
        open_sealed(blob, other, KEY)
