"""Whatever is written as a phase has words for people, of a length that logs have room for."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

import bahriya_tui
from bahriya_tui.model.deployment import RegionState, State
from bahriya_tui.model.phases import WORDS, Phase, Told, words

ROOM = 13
PLACES = {".tell": 1, ".region": 1, "._event": 1, "_event": 2}
"""As the how manyeth argument, from 0, these methods and functions take a phase; others by its name."""


def written() -> Iterator[tuple[str, str]]:
    """Every phase that code writes down word by word, with the place."""
    root = Path(bahriya_tui.__file__).parent
    for file in (path for room in ("worker", "operations") for path in (root / room).glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call):
                for given in _phases(node):
                    yield given, f"{file.name}:{node.lineno}"


def _phases(call: ast.Call) -> Iterator[str]:
    name = f".{call.func.attr}" if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    given = [one.value for one in call.keywords if one.arg == "phase"]
    given += call.args[PLACES[name] : PLACES[name] + 1] if name in PLACES else []
    for one in given:
        if isinstance(one, ast.Constant) and isinstance(one.value, str):
            yield one.value


def test_every_phase_that_is_written_has_words() -> None:
    found = dict(written())
    assert {"soaking", "fields_taken", "secret.left", "store", "queued", "pull_secret"} <= set(found)
    assert {phase: place for phase, place in found.items() if phase not in WORDS} == {}


def test_the_words_are_for_exactly_the_phases_there_are() -> None:
    assert set(WORDS) == set(get_args(Phase))


@pytest.mark.parametrize("phase", get_args(Phase))
def test_no_words_look_like_a_name_in_code(phase: str) -> None:
    assert not set("_.") & set(words(phase))


@pytest.mark.parametrize("phase", [*get_args(State), *get_args(RegionState), *get_args(Told)])
def test_the_words_of_a_deployments_log_fit_its_column(phase: str) -> None:
    assert len(words(phase)) <= ROOM


def test_a_phase_of_a_newer_version_is_shown_as_it_is() -> None:
    assert words("teleporting") == "teleporting"
