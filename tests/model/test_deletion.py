"""How far a deletion is, from what its regions have answered."""

from dataclasses import replace
from typing import Literal

import pytest

from bahriya_tui.model.container import Removal
from bahriya_tui.model.deletion import deletion
from bahriya_tui.model.errors import InUse
from bahriya_tui.model.registry import Registry, refuse_deleting

NOW = "2026-11-23T22:00:00.000Z"


def removal(region: str, answer: str) -> Removal:
    state: Literal["done", "pending"] = "done" if answer == "done" else "pending"
    attempts = 1 if answer == "put off" else 0
    name = "bahriya-ghcr-v1"
    return Removal(1, "shop", region, "Secret", name, "u", "", state, attempts, NOW, "", NOW, "1" * 32)


@pytest.mark.parametrize(
    ("answers", "words", "over"),
    [
        ({}, "0 of 0 regions confirmed", True),
        ({"a": ["waiting"]}, "0 of 1 region confirmed", False),
        ({"a": ["done"], "b": ["done"], "c": ["waiting"]}, "2 of 3 regions confirmed", False),
        ({"a": ["done", "waiting"], "b": ["done"]}, "1 of 2 regions confirmed", False),
        ({"a": ["put off", "waiting"]}, "0 of 1 region confirmed", False),
        ({"a": ["done"], "b": ["put off"]}, "1 of 2 regions confirmed; still pending in b", True),
        ({"a": ["done", "put off"]}, "0 of 1 region confirmed; still pending in a", True),
        ({"a": ["done", "done"]}, "1 of 1 region confirmed", True),
    ],
)
def test_a_region_counts_when_all_its_secrets_are_gone_and_every_region_must_have_answered(
    answers: dict[str, list[str]], words: str, over: bool
) -> None:
    far = deletion(removal(region, answer) for region, given in answers.items() for answer in given)
    assert (far.words, far.over) == (words, over)


def test_a_registry_that_is_being_deleted_is_refused_by_name() -> None:
    of = Registry("1" * 32, "shop", "ghcr", "", "ghcr.io", "bot", 1, None, False, None, NOW, NOW)
    refuse_deleting(of)
    with pytest.raises(InUse, match="registry ghcr is being deleted: see how far it is"):
        refuse_deleting(replace(of, deleting_since=NOW, deleting_by="mira"))
