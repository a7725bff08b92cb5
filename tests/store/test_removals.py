import pytest

from bahriya_tui.model.errors import NotFound
from bahriya_tui.store import removals
from bahriya_tui.store.database import Store

from .world import LATER, NOW, SOON


def add(
    store: Store, name: str = "bahriya-ghcr-v1", region: str = "helsinki-1", uid: str | None = "u1"
) -> int:
    with store.write() as tx:
        return removals.add(
            tx,
            project="shop",
            region=region,
            kind="Secret",
            name=name,
            uid=uid,
            reason="registry ghcr was deleted",
            now=NOW,
        )


def test_a_removal_is_due_at_once_and_pending_until_it_is_done(store: Store) -> None:
    number = add(store)
    pending = removals.pending(store.connection)
    assert [(one.id, one.uid, one.attempts, one.state) for one in pending] == [(number, "u1", 0, "pending")]
    assert removals.due(store.connection, NOW) == pending
    with store.write() as tx:
        removals.done(tx, number)
    assert removals.pending(store.connection) == []
    assert removals.get(store.connection, number).state == "done"
    assert removals.next_due(store.connection) is None


def test_a_failed_try_is_counted_and_waits_for_the_next_one(store: Store) -> None:
    number = add(store)
    with store.write() as tx:
        removals.failed(tx, number, "connection refused", SOON)
    after = removals.get(store.connection, number)
    assert (after.attempts, after.last_error, after.state) == (1, "connection refused", "pending")
    assert removals.due(store.connection, NOW) == []
    assert removals.due(store.connection, SOON) == [after]
    assert removals.next_due(store.connection) == SOON


def test_what_is_pending_in_a_region_is_hastened_and_nothing_else(store: Store) -> None:
    late, done, elsewhere = add(store), add(store, "bahriya-ghcr-v2"), add(store, region="virginia-1")
    with store.write() as tx:
        removals.done(tx, done)
        for number in (late, elsewhere):
            removals.failed(tx, number, "connection refused", LATER)
        assert removals.hasten(tx, "helsinki-1", SOON) == 1
    assert [one.id for one in removals.due(store.connection, SOON)] == [late]
    assert removals.get(store.connection, late).attempts == 1


def test_pending_removals_are_found_by_project_and_region(store: Store) -> None:
    here, there = add(store), add(store, region="virginia-1")
    assert [one.id for one in removals.pending(store.connection, project="shop")] == [here, there]
    assert [one.id for one in removals.pending(store.connection, region="virginia-1")] == [there]
    assert removals.pending(store.connection, project="blog") == []


def test_asking_twice_keeps_one_removal_and_is_due_again(store: Store) -> None:
    number = add(store)
    with store.write() as tx:
        removals.failed(tx, number, "connection refused", LATER)
    assert add(store, uid=None) == number
    again = removals.get(store.connection, number)
    assert (again.uid, again.next_try_at, again.attempts) == ("u1", NOW, 1)


def test_a_removed_object_can_be_removed_again_when_it_came_back(store: Store) -> None:
    first = add(store)
    with store.write() as tx:
        removals.done(tx, first)
    assert add(store) != first


def test_an_object_that_is_wanted_again_is_not_removed(store: Store) -> None:
    number, other_region, other_name = (
        add(store),
        add(store, region="virginia-1"),
        add(store, "bahriya-ghcr-v2"),
    )
    with store.write() as tx:
        removals.drop_for(tx, "helsinki-1", "shop", "Secret", "bahriya-ghcr-v1")
    assert [one.id for one in removals.pending(store.connection)] == [other_region, other_name]
    assert removals.get(store.connection, number).last_error == "wanted again"


def test_an_unknown_removal_is_told(store: Store) -> None:
    with pytest.raises(NotFound, match="removal 9 does not exist"):
        removals.get(store.connection, 9)
