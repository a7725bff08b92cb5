from dataclasses import replace

import pytest

from bahriya_tui.model import clock
from bahriya_tui.model.container import AppliedSecret
from bahriya_tui.model.errors import BadInput, InUse, NotFound
from bahriya_tui.store import containers, regions, removals, secrets
from bahriya_tui.store.database import Store

from .test_containers import PLACED
from .world import LATER, NOW, add_container, queue, region


def delete(store: Store, id_: str) -> None:
    with store.write() as tx:
        regions.delete(tx, id_)


def test_a_region_comes_back_as_it_was_put_and_can_be_changed(store: Store) -> None:
    tokyo = replace(region("tokyo-1"), name="Tokyo", city="Tokyo", country="JP")
    with store.write() as tx:
        regions.insert(tx, tokyo)
    assert regions.get(store.connection, "tokyo-1") == tokyo
    moved = replace(tokyo, name="Tokyo east", server="https://10.9.9.9:6443")
    with store.write() as tx:
        regions.update(tx, moved)
    assert regions.all(store.connection)[2] == moved
    assert len(regions.all(store.connection)) == 4


def test_an_unknown_region_is_told_and_not_made_by_an_update(store: Store) -> None:
    with pytest.raises(NotFound, match='no region "moon-1"'), store.write() as tx:
        regions.update(tx, region("moon-1"))
    assert len(regions.all(store.connection)) == 3


def test_an_id_is_taken_once(store: Store) -> None:
    with pytest.raises(BadInput, match='region "helsinki-1" exists already'), store.write() as tx:
        regions.insert(tx, region("helsinki-1"))


def test_the_last_contact_is_kept_while_a_region_does_not_answer(store: Store) -> None:
    with store.write() as tx:
        regions.seen(tx, "helsinki-1", NOW)
        regions.seen(tx, "helsinki-1", LATER, "connection refused")
    silent = regions.get(store.connection, "helsinki-1")
    assert (silent.status, silent.last_error, silent.last_seen_at) == (
        "unreachable",
        "connection refused",
        NOW,
    )
    with store.write() as tx:
        regions.seen(tx, "helsinki-1", LATER)
    back = regions.get(store.connection, "helsinki-1")
    assert (back.status, back.last_error, back.last_seen_at) == ("active", "", LATER)
    assert regions.get(store.connection, "virginia-1").last_seen_at is None


def test_the_latest_latencies_are_kept_and_failures_in_a_row_are_one_gap(store: Store) -> None:
    with store.write() as tx:
        for ms in range(70):
            regions.seen(tx, "helsinki-1", NOW, ms=float(ms))
        regions.seen(tx, "helsinki-1", NOW)
        regions.seen(tx, "helsinki-1", LATER, "connection refused")
        regions.seen(tx, "helsinki-1", LATER, "connection refused")
    kept = regions.get(store.connection, "helsinki-1")
    assert kept.contacts == (*map(float, range(11, 70)), None)
    assert kept.latency is None
    with store.write() as tx:
        regions.seen(tx, "helsinki-1", LATER, ms=12.34)
    assert regions.get(store.connection, "helsinki-1").latency == 12.3
    assert regions.get(store.connection, "virginia-1").contacts == ()


def test_a_region_in_use_is_not_deleted_and_everything_in_it_is_named(store: Store) -> None:
    queue(store, add_container(store, "api"))
    with store.write() as tx:
        containers.place(tx, PLACED)
        secrets.note(tx, AppliedSecret("shop", "helsinki-1", "bahriya-ghcr-v1", "id", "ghcr", 1, None))
        removals.add(
            tx, project="shop", region="helsinki-1", kind="Secret", name="old", uid=None, reason="", now=NOW
        )
    with pytest.raises(InUse) as told:
        delete(store, "helsinki-1")
    assert told.value.message == (
        'region "helsinki-1" is still used by containers shop/api; active deployments 1; workloads shop/api;'
        " pull secrets shop/bahriya-ghcr-v1; pending removals Secret shop/old"
    )


def test_an_empty_region_goes_with_what_was_known_of_its_namespaces(store: Store) -> None:
    with store.write() as tx:
        regions.note_namespace(tx, "helsinki-1", "shop")
    delete(store, "helsinki-1")
    with store.write() as tx:
        regions.insert(tx, region("helsinki-1"))
    assert not regions.namespace_known(store.connection, "helsinki-1", "shop")


def test_namespaces_are_known_for_each_region_and_project(store: Store) -> None:
    with store.write() as tx:
        regions.note_namespace(tx, "helsinki-1", "shop")
        regions.note_namespace(tx, "helsinki-1", "shop")
    assert regions.namespace_known(store.connection, "helsinki-1", "shop")
    assert not regions.namespace_known(store.connection, "virginia-1", "shop")
    assert not regions.namespace_known(store.connection, "helsinki-1", "blog")


def test_an_unreachable_region_is_looked_at_again_when_its_pause_is_over(store: Store) -> None:
    assert regions.to_look_at(store.connection, LATER) == []
    with store.write() as tx:
        regions.seen(tx, "helsinki-1", NOW, "connection refused")
    silent = regions.get(store.connection, "helsinki-1")
    assert regions.to_look_at(store.connection, NOW) == []
    assert regions.to_look_at(store.connection, silent.next_check_at or "") == ["helsinki-1"]
    with store.write() as tx:
        tx.execute("UPDATE region SET next_check_at = NULL WHERE id = 'helsinki-1'")
    assert regions.to_look_at(store.connection, NOW) == ["helsinki-1"]


def test_a_look_put_off_before_the_clock_was_put_back_is_due_at_once(store: Store) -> None:
    with store.write() as tx:
        regions.seen(tx, "helsinki-1", LATER, "connection refused")

    assert regions.to_look_at(store.connection, clock.later(LATER, -3600)) == ["helsinki-1"]
