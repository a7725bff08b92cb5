"""Projects: which one is meant, and when one can go."""

from pathlib import Path

import pytest

from bahriya_tui.model.errors import BadInput, InUse, NotFound
from bahriya_tui.operations.projects import add_project, choose_project, delete_project
from bahriya_tui.operations.session import open_session
from bahriya_tui.places import Places
from tests.operations.conftest import Quiet, define


def test_the_only_project_is_meant_unless_another_is_named(
    session: Quiet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BAHRIYA_PROJECT", raising=False)
    assert choose_project(session, None).handle == "shop"
    add_project(session, "bank")

    with pytest.raises(BadInput) as refusal:
        choose_project(session, None)
    assert "bank, shop" in refusal.value.hint
    assert choose_project(session, "bank").handle == "bank"

    monkeypatch.setenv("BAHRIYA_PROJECT", "shop")
    assert choose_project(session, None).handle == "shop"
    assert choose_project(session, "bank").handle == "bank"
    with pytest.raises(NotFound):
        choose_project(session, "nope")


def test_without_any_project_the_error_says_how_to_make_one(tmp_path: Path) -> None:
    places = Places(tmp_path / "store", tmp_path / "keys", tmp_path / "logs")
    with open_session(places) as session:
        with pytest.raises(NotFound) as refusal:
            choose_project(session, None)
        assert "project add" in refusal.value.hint


def test_a_project_with_something_in_it_cannot_be_deleted(session: Quiet) -> None:
    define(session, "web")

    with pytest.raises(InUse) as refusal:
        delete_project(session, "shop")

    assert "web" in refusal.value.message
    assert "team" in refusal.value.message
