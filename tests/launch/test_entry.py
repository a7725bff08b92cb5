"""What keys and pastes make of a token, whatever comes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bahriya_tui.launch.entry import Entry

PASTE, PASTED = b"\x1b[200~", b"\x1b[201~"


def entry_of(keys: bytes) -> Entry:
    entry = Entry()
    for byte in keys:
        if not (entry.done or entry.cancelled):
            entry.feed(byte)
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
        (b"a" + PASTED + b"b", b"ab"),
    ],
)
def test_keys_make_a_token(keys: bytes, token: bytes) -> None:
    entry = entry_of(keys)
    assert bytes(entry.token) == token
    assert not entry.done


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
