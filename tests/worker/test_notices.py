"""What the worker looks for to tell by hooks: nothing twice, and without keeping the worker awake."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bahriya_tui.model import clock
from bahriya_tui.places import Places
from bahriya_tui.store import events, notices, projects, registries
from bahriya_tui.store.database import Store, open_store
from bahriya_tui.worker import notices as looking
from bahriya_tui.worker.notices import Notices
from bahriya_tui.worker.run import Resources
from bahriya_tui.worker.shared_store import SharedStore
from tests.store.world import add_registry


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """A home with a hook for failed deployments."""
    found = Places(tmp_path / "store", tmp_path / "keys", tmp_path / "logs")
    found.prepare()
    found.hook_file.write_text("[[hook]]\ncommand = ['/bin/true']\non = ['deployment.failed']\n")
    found.hook_file.chmod(0o600)
    return found


@pytest.fixture
def store(places: Places) -> Iterator[Store]:
    """An empty store, in which all was told that there was to tell."""
    opened = open_store(places.database)
    with opened.write() as tx:
        projects.insert(tx, "shop", "", clock.now())
        notices.note_up_to(tx, 0, clock.now())
    yield opened
    opened.close()


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What hooks were called with."""
    called: list[Any] = []

    def call(_hooks: object, what: Any, _environment: object) -> list[str]:
        called.append(what)
        return []

    monkeypatch.setattr(looking, "call", call)
    return called


def fail(store: Store, deployment: int) -> None:
    with store.write() as tx:
        events.append(tx, phase="failed", message="", now=clock.now(), project="shop", deployment=deployment)


def test_a_file_of_hooks_that_is_wrong_does_not_keep_the_worker_awake(places: Places, store: Store) -> None:
    places.hook_file.write_text("[[hook]\n")
    looked = Notices(Resources(places, SharedStore(store)))
    assert looked.due(1)
    looked.run()
    assert not looked.due(1)
    assert looked.due(2)


def test_a_deployment_whose_project_was_deleted_is_passed_over(
    places: Places, store: Store, told: list[Any]
) -> None:
    fail(store, 7)
    looked = Notices(Resources(places, SharedStore(store)))
    assert looked.due(1)
    looked.run()
    assert told == []
    assert notices.told_up_to(store.connection) == events.last_seq(store.connection)
    assert not looked.due(1)


def test_what_happens_during_a_look_is_told_by_the_next_and_only_by_that(
    places: Places, store: Store, told: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "_of_deployment", lambda _c, _occasion, event: event.deployment)
    counted = events.last_seq

    def meanwhile(c: Any) -> int:
        last = counted(c)
        if not told:
            fail(store, 8)
        return last

    fail(store, 7)
    monkeypatch.setattr(events, "last_seq", meanwhile)
    looked = Notices(Resources(places, SharedStore(store)))
    for version in (1, 2, 3):
        assert looked.due(version)
        looked.run()
    assert told == [7, 8]


def test_a_credential_whose_end_was_moved_is_told_of_again_when_that_is_near(
    places: Places, store: Store, told: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    team = add_registry(store, "team")
    looked = Notices(Resources(places, SharedStore(store)))
    for today, end in (
        ("2027-01-01", "2027-01-05"),
        ("2027-01-02", "2028-01-05"),
        ("2028-01-01", "2028-01-05"),
    ):
        monkeypatch.setattr(clock, "now", lambda today=today: f"{today}T08:00:00.000Z")
        with store.write() as tx:
            registries.edit(tx, team.id, expires=end, now=clock.now())
        for _ in range(2):
            monkeypatch.setattr(looked, "_expiry_at", 0.0)
            looked.run()
    assert [one["expires"] for one in told] == ["2027-01-05", "2028-01-05"]
