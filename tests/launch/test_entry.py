"""What keys and pastes make of a token, whatever comes."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bahriya_tui.terminal.entry import Entry

PASTE, PASTED = b"\x1b[200~", b"\x1b[201~"
PIECES = [
    *(b"a", b"Z", "é😀".encode(), b"\x7f", b"\x15", b"\x17", b" ", b"\r", b"\x03", b"\x1b", b"\x1bx"),
    *(b"\x1b[A", b"\x1b[1;5C", b"\x1bOP", b"\x1b[97;;97u", b"\x1b[127u", b"\x1b[99;5u", b"\x1b[48;30;100t"),
    *(PASTE, PASTED, PASTE + b"one\rtwo\r\n\x1b[A" + PASTED, b"\x1b[<0;3;4M", b"\x1b[I"),
]


def entry_of(keys: bytes) -> Entry:
    entry = Entry()
    entry.feed(keys)
    return entry


@pytest.mark.parametrize(
    ("keys", "token"),
    [
        (b"abc", b"abc"),
        (b"a\tb\x00c\x01", b"abc"),
        (b"ab\x7fc\x08d", b"ad"),
        (b"\x7fab", b"ab"),
        ("aé€😀\x7f\x7f".encode(), "aé".encode()),
        (b"abc\x15de", b"de"),
        (b"a\x1b[Ab\x1b[1;5Cc\x1b[3~d\x1bOPe", b"abcde"),
        (b"a\x1bxb", b"ab"),
        (PASTE + b"a\rb\r\nc\nd" + PASTED, b"a\nb\nc\nd"),
        (PASTE + b"a\x03\x7f\x1b[Ab" + PASTED, b"a\x03\x7f\x1b[Ab"),
        (b"a" + PASTE + b"b" + PASTED + b"c" + PASTE + b"d" + PASTED, b"abcd"),
        (b"half" + PASTED + b"b", b"b"),
        (b"one two\x17three", b"one three"),
        (b"one two  \x17\x17\x17three", b"three"),
        (b"a\x1b[1;\x1b[Ab\x1b\x1b[Bc", b"abc"),
    ],
)
def test_keys_make_a_token(keys: bytes, token: bytes) -> None:
    entry = entry_of(keys)
    assert bytes(entry.token) == token
    assert not entry.done


KEYS_AS_SEQUENCES = [
    (b"\x1b[97;;97u", b"a"),
    (b"\x1b[97u", b"a"),
    (b"\x1b[97;2;65u", b"A"),
    (b"\x1b[97;2u", b"A"),
    (b"\x1b[97;65u", b"A"),
    (b"\x1b[97;66u", b"a"),
    (b"\x1b[49:33;2u", b"!"),
    (b"\x1b[49;129;49u", b"1"),
    (b"\x1b[0;;233:8364u", "é€".encode()),
    (b"\x1b[57401;;50u", b"2"),
    (b"\x1b[57401u", b"2"),
    (b"\x1b[27;2;65~", b"A"),
    (b"\x1b[97;1:2;97u", b"a"),
    (b"\x1b[97;1:3;97u", b""),
    (b"\x1b[97;3;97u", b""),
    (b"\x1b[57441;2u", b""),
    (b"\x1b[57344u", b""),
    (b"\x1b[9u", b""),
    (b"\x1b[55296u\x1b[9999999u", b""),
    (b"\x1b[97;;7u", b""),
]


@pytest.mark.parametrize(("keys", "token"), KEYS_AS_SEQUENCES)
def test_a_key_that_comes_as_a_sequence_writes_what_it_always_does(keys: bytes, token: bytes) -> None:
    entry = entry_of(b"<" + keys + b">")
    assert bytes(entry.token) == b"<" + token + b">"


@pytest.mark.parametrize(
    ("keys", "token"),
    [
        (b"ab\x1b[127u", b"a"),
        (b"ab\x1b[127;2u", b"a"),
        (b"ab\x1b[117;5uc", b"c"),
        (b"a b\x1b[27;5;119~c", b"a c"),
    ],
)
def test_keys_that_take_back_do_so_as_sequences_too(keys: bytes, token: bytes) -> None:
    assert bytes(entry_of(keys).token) == token


@pytest.mark.parametrize("end", [b"\x1b[13u", b"\x1b[13;2u", b"\x1b[57414u", b"\x1b[27;5;13~"])
def test_enter_ends_it_as_a_sequence_too(end: bytes) -> None:
    assert entry_of(b"a" + end).done


@pytest.mark.parametrize(
    "key", [b"\x03", b"\x04", b"\x1b[99;5u", b"\x1b[27u", b"\x1b[27;5;99~", b"\x1b[1;\x03", b"\x1b\x03"]
)
def test_these_cancel(key: bytes) -> None:
    entry = entry_of(b"a" + key + b"\r")
    assert entry.cancelled
    assert not entry.done


@pytest.mark.parametrize("keys", [b"a\x1b", b"a\x1b\x1b", b"\x1b[1;\x1b"])
def test_an_esc_that_nothing_follows_cancels(keys: bytes) -> None:
    entry = entry_of(keys)
    assert not entry.cancelled
    entry.pause()
    assert entry.cancelled


@pytest.mark.parametrize(
    "keys", [b"a", b"\x1b[", b"\x1b[20", b"\x1bO", PASTE + b"a\x1b", b"\x1b[A", b"\x1bx"]
)
def test_a_pause_anywhere_else_changes_nothing(keys: bytes) -> None:
    entry = entry_of(keys)
    entry.pause()
    assert not entry.ended


@given(st.lists(st.sampled_from(PIECES)), st.randoms(use_true_random=False))
def test_how_the_bytes_are_cut_makes_no_difference(pieces: list[bytes], chance: random.Random) -> None:
    keys = b"".join(pieces)
    whole, cut = entry_of(keys), Entry()
    while keys:
        size = chance.randint(1, 12)
        cut.feed(keys[:size])
        if not cut.undecided:
            cut.pause()
        keys = keys[size:]
    assert (cut.token, cut.done, cut.cancelled) == (whole.token, whole.done, whole.cancelled)


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\x1b\r"])
def test_enter_ends_it(end: bytes) -> None:
    entry = entry_of(b"abc" + end + b"def")
    assert entry.done
    assert bytes(entry.token) == b"abc"


def test_enter_within_a_paste_does_not_end_it() -> None:
    assert not entry_of(PASTE + b"a\rb\r").done


@given(st.binary())
def test_a_paste_comes_out_as_it_went_in_but_for_line_ends(text: bytes) -> None:
    if PASTED not in text + PASTED[:-1]:
        expected = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        assert bytes(entry_of(PASTE + text + PASTED + b"!").token) == expected + b"!"


@given(st.text(alphabet=st.characters(exclude_categories=["Cc", "Cs"])), st.integers(0, 50))
def test_erasing_takes_whole_characters(text: str, times: int) -> None:
    entry = entry_of(text.encode() + b"\x7f" * times)
    assert bytes(entry.token).decode() == text[: max(0, len(text) - times)]
    assert entry.length == len(bytes(entry.token).decode())


@given(st.binary())
def test_no_escape_sequence_gets_into_a_typed_token(keys: bytes) -> None:
    entry = entry_of(keys)
    if PASTE not in keys:
        assert not any(byte < 0x20 or byte == 0x7F for byte in entry.token)
