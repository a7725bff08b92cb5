"""A private key behind a passphrase opens with it alone, and no file can ask for endless work."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bahriya_tui.custody.wrap import DEFAULT, Cost, cost_of, unwrap, wrap
from bahriya_tui.model.errors import Locked, WrongPassphrase
from tests.custody.hands import CHEAP

ID, KEY = b"keyidkey", bytes(range(32))
FILE = wrap(KEY, ID, b"correct horse", CHEAP)


def test_a_wrapped_key_opens_with_its_passphrase() -> None:
    assert unwrap(FILE, ID, b"correct horse") == KEY
    assert cost_of(FILE, ID) == CHEAP
    assert KEY.hex() not in FILE


def test_the_usual_cost_is_the_measured_one_and_within_the_bounds() -> None:
    assert Cost(256 * 1024, 3, 4) == DEFAULT
    assert unwrap(wrap(KEY, ID, b"x"), ID, b"x") == KEY


@pytest.mark.parametrize("passphrase", [b"", b"correct hors", b"correct horse ", b"Correct horse"])
def test_another_passphrase_does_not_open_it(passphrase: bytes) -> None:
    with pytest.raises(WrongPassphrase):
        unwrap(FILE, ID, passphrase)


def test_a_file_renamed_for_another_key_does_not_open() -> None:
    with pytest.raises(WrongPassphrase):
        unwrap(FILE, b"otherkey", b"correct horse")


def test_wrapping_twice_gives_different_files() -> None:
    again = json.loads(wrap(KEY, ID, b"correct horse", CHEAP))
    first = json.loads(FILE)
    assert all(again[name] != first[name] for name in ("salt", "nonce", "secret"))


@pytest.mark.parametrize(
    "change",
    [
        {"memory_kib": 1024 * 1024 + 1},
        {"memory_kib": 10**12},
        {"iterations": 11},
        {"iterations": 0},
        {"lanes": 17},
        {"lanes": 0},
        {"lanes": -1},
        {"memory_kib": 63},
    ],
    ids=str,
)
def test_a_cost_beyond_the_bounds_is_refused_before_any_work(
    change: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bahriya_tui.custody.wrap.Argon2id", None)
    with pytest.raises(Locked, match="more work than is allowed"):
        unwrap(json.dumps({**json.loads(FILE), **change}), ID, b"correct horse")


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"version": True},
        {"version": "1"},
        {"memory_kib": "64"},
        {"memory_kib": 64.0},
        {"iterations": True},
        {"salt": "00"},
        {"salt": 7},
        {"nonce": "zz" * 12},
        {"secret": "00" * 47},
        {"secret": None},
    ],
    ids=str,
)
def test_a_file_with_other_fields_is_damaged(change: dict[str, Any]) -> None:
    with pytest.raises(Locked, match="is damaged"):
        unwrap(json.dumps({**json.loads(FILE), **change}), ID, b"correct horse")


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", "{}", "[" * 100_000, FILE[:-1]],
    ids=["empty", "open", "list", "null", "object", "deep", "cut"],
)
def test_what_is_no_such_file_is_damaged(text: str) -> None:
    with pytest.raises(Locked, match="is damaged"):
        unwrap(text, ID, b"correct horse")


def test_the_cost_is_bound_to_the_key() -> None:
    cheaper = json.dumps({**json.loads(FILE), "iterations": 2})
    with pytest.raises(WrongPassphrase):
        unwrap(cheaper, ID, b"correct horse")


@settings(max_examples=200)
@given(place=st.integers(0, len(FILE) - 1), char=st.characters(codec="ascii"))
def test_a_changed_file_never_opens_as_something_else(place: int, char: str) -> None:
    with suppress(Locked):
        assert unwrap(FILE[:place] + char + FILE[place + 1 :], ID, b"correct horse") == KEY
