import pytest

from bahriya_tui.model.event import Event
from bahriya_tui.store import events
from bahriya_tui.store.database import Store

from .world import LATER, NOW


def tell(store: Store, phase: str, project: str | None = "shop", deployment: int | None = None) -> int:
    with store.write() as tx:
        return events.append(
            tx, phase=phase, message=f"{phase}!", now=NOW, project=project, deployment=deployment
        )


def test_an_event_comes_back_as_it_was_told(store: Store) -> None:
    with store.write() as tx:
        seq = events.append(
            tx,
            phase="pull_secret",
            message="applied",
            now=LATER,
            project="shop",
            deployment=4,
            region="helsinki-1",
            container="api",
            registry="ghcr",
            actor="ops",
        )
    assert events.since(store.connection, 0) == [
        Event(seq, LATER, "shop", "pull_secret", "applied", 4, "helsinki-1", "api", "ghcr", "ops")
    ]


def test_events_are_followed_from_where_one_was(store: Store, other: Store) -> None:
    assert events.last_seq(store.connection) == 0
    first = tell(store, "one")
    seen = events.last_seq(other.connection)
    second = tell(store, "two")
    assert (first, seen) == (seen, first)
    assert [event.seq for event in events.since(other.connection, seen)] == [second]
    assert events.since(other.connection, second) == []


def test_events_are_read_in_pieces_without_loss(store: Store) -> None:
    told = [tell(store, f"e{number}") for number in range(7)]
    read: list[int] = []
    while piece := events.since(store.connection, read[-1] if read else 0, limit=3):
        assert len(piece) <= 3
        read += [event.seq for event in piece]
    assert read == told


def test_events_are_narrowed_to_a_deployment_and_a_phase(store: Store) -> None:
    tell(store, "conflict", deployment=1)
    tell(store, "conflict", deployment=2)
    tell(store, "queued", deployment=2)
    tell(store, "queued", project=None)
    assert [event.phase for event in events.since(store.connection, 0, deployment=2)] == [
        "conflict",
        "queued",
    ]
    assert [event.seq for event in events.of_phase(store.connection, 2, "conflict")] == [2]
    assert len(events.since(store.connection, 0)) == 4


def test_an_event_of_a_change_that_failed_was_never_told(store: Store) -> None:
    def half_way() -> None:
        with store.write() as tx:
            events.append(tx, phase="registry.deleted", message="", now=NOW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half_way()
    assert events.since(store.connection, 0) == []
