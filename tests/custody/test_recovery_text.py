"""The recovery key survives being written down, and no typing error passes."""

import random
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bahriya_tui.custody.recovery_text import read, write
from bahriya_tui.model.errors import BadInput

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
KEYS = [random.Random(seed).randbytes(32) for seed in (1, 2)] + [bytes(32), b"\xff" * 32]


@given(raw=st.binary(min_size=32, max_size=32), blanks=st.lists(st.sampled_from(" -\t\n"), max_size=20))
def test_a_key_is_read_back_whatever_its_case_and_blanks(raw: bytes, blanks: list[str]) -> None:
    text = write(raw)
    assert len(text.replace("-", "")) == 56
    chance = random.Random(len(blanks))
    typed = list(text.lower())
    for blank in blanks:
        typed.insert(chance.randrange(len(typed) + 1), blank)
    assert read("".join(typed)) == raw


@pytest.mark.parametrize("raw", KEYS)
def test_any_single_wrong_character_is_refused(raw: bytes) -> None:
    text = write(raw).replace("-", "")
    for place, right in enumerate(text):
        for wrong in ALPHABET:
            if wrong != right:
                with pytest.raises(BadInput, match="mistyped"):
                    read(text[:place] + wrong + text[place + 1 :])


@pytest.mark.parametrize("raw", KEYS)
def test_any_two_characters_in_the_wrong_order_are_refused(raw: bytes) -> None:
    text = write(raw).replace("-", "")
    for one, other in combinations(range(len(text)), 2):
        typed = list(text)
        typed[one], typed[other] = typed[other], typed[one]
        if "".join(typed) != text:
            with pytest.raises(BadInput, match="mistyped"):
                read("".join(typed))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda text: text[:-1], "this has 55"),
        (lambda text: text + "A", "this has 57"),
        (lambda text: "", "this has 0"),
        (lambda text: "0" + text[1:], "A to Z"),
        (lambda text: "ü" + text[1:], "A to Z"),
        (lambda text: "=" + text[1:], "A to Z"),
    ],
)
def test_what_is_no_recovery_key_is_refused_without_being_quoted(change: object, words: str) -> None:
    text = write(KEYS[0])
    with pytest.raises(BadInput, match=words) as refused:
        read(change(text))  # type: ignore[operator]
    assert text[:4] not in str(refused.value)
