"""What regions showed stays until they show something else, and goes with its region or project."""

from bahriya_tui.model.observed import ObservedSecret, ObservedWorkload, ReadBack
from bahriya_tui.store import observations, regions, work
from bahriya_tui.store.database import Store

from .world import LATER, NOW, SOON

SECRET = ObservedSecret("shop", "helsinki-1", "bahriya-ghcr-v1", "u", 1, 1, "", SOON)
WORKLOAD = ObservedWorkload("shop", "helsinki-1", "api", "w", "image", "bahriya-ghcr-v1", 1, 2, SOON)


def ask(store: Store, at: str = NOW) -> ReadBack:
    with store.write() as tx:
        observations.request(tx, "shop", "helsinki-1", at)
    return observations.requested(store.connection)[0]


def keep(store: Store, asked: ReadBack, at: str = SOON) -> None:
    with store.write() as tx:
        observations.keep(tx, asked, [SECRET], [WORKLOAD], at)


def test_a_read_back_is_work_until_it_has_ended(store: Store) -> None:
    asked = ask(store)
    assert work.next_due(store.connection) == NOW
    keep(store, asked)
    assert work.next_due(store.connection) is None
    assert observations.all(store.connection, "shop") == [ReadBack("shop", "helsinki-1", None, SOON, "")]
    assert observations.secrets(store.connection, "shop") == [SECRET]
    assert observations.workloads(store.connection, "shop") == [WORKLOAD]


def test_what_is_not_there_any_more_is_forgotten(store: Store) -> None:
    keep(store, ask(store))
    asked = ask(store, LATER)
    with store.write() as tx:
        observations.keep(tx, asked, [], [], LATER)
    assert observations.secrets(store.connection, "shop") == []
    assert observations.workloads(store.connection, "shop") == []


def test_a_failure_keeps_what_was_seen_and_says_why(store: Store) -> None:
    keep(store, ask(store))
    asked = ask(store, LATER)
    with store.write() as tx:
        observations.failed(tx, asked, "connection refused")
    (row,) = observations.all(store.connection, "shop")
    assert row == ReadBack("shop", "helsinki-1", None, SOON, "connection refused")
    assert observations.secrets(store.connection, "shop") == [SECRET]


def test_who_asks_while_a_region_is_read_gets_a_later_answer(store: Store) -> None:
    first = ask(store)
    ask(store, SOON)
    keep(store, first)
    assert [one.requested_at for one in observations.requested(store.connection)] == [SOON]


def test_nothing_is_kept_of_a_region_that_was_deleted_meanwhile(store: Store) -> None:
    asked = ask(store)
    with store.write() as tx:
        regions.delete(tx, "helsinki-1")
    keep(store, asked)
    assert observations.all(store.connection, "shop") == []
    assert observations.secrets(store.connection, "shop") == []


def test_observations_do_not_keep_a_region(store: Store) -> None:
    keep(store, ask(store))
    with store.write() as tx:
        regions.delete(tx, "helsinki-1")
    assert observations.secrets(store.connection, "shop") == []
