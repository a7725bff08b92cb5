"""The row of a registry goes last: after an answer of every region, and never twice."""

from collections.abc import Sequence
from itertools import product

import pytest
from sqlite_utils import Database

from bahriya_tui.model.errors import BadInput, InUse, NotFound
from bahriya_tui.model.registry import Registry
from bahriya_tui.store import audit, deletions, events, history, registries, removals, work
from bahriya_tui.store.database import Store
from bahriya_tui.store.driver import sqlite

from .world import LATER, NOW, SOON, add_container, add_registry, rotate


@pytest.fixture
def ghcr(store: Store) -> Registry:
    return registries.get(store.connection, "shop", "ghcr")


def delete(store: Store, registry: Registry, regions: Sequence[str]) -> list[int]:
    with store.write() as tx:
        deletions.begin(tx, registry.id, "mira", NOW)
        return [ask(tx, region, registry.id) for region in regions]


def ask(tx: Database, region: str, registry_id: str | None) -> int:
    return removals.add(
        tx,
        project="shop",
        region=region,
        kind="Secret",
        name="bahriya-ghcr-v1",
        uid="u1",
        reason="registry ghcr was deleted",
        now=NOW,
        registry_id=registry_id,
    )


def finish(store: Store, registry: Registry) -> bool:
    with store.write() as tx:
        return deletions.finish(tx, registry.id, SOON)


def test_the_credentials_go_at_once_and_the_handle_is_not_free(store: Store, ghcr: Registry) -> None:
    delete(store, ghcr, ["helsinki-1"])

    assert history.all(store.connection, ghcr.id) == []
    kept = registries.get(store.connection, "shop", "ghcr")
    assert (kept.deleting, kept.deleting_since, kept.deleting_by) == (True, NOW, "mira")
    with pytest.raises(BadInput, match="its handle is free once the regions have answered"):
        add_registry(store, "ghcr")
    with pytest.raises(InUse, match="is being deleted"):
        rotate(store, kept)
    with pytest.raises(InUse, match="is being deleted"), store.write() as tx:
        registries.edit(tx, ghcr.id, name="GitHub", now=LATER)


def test_a_token_that_comes_after_the_deletion_is_not_taken(store: Store, ghcr: Registry) -> None:
    with store.write() as tx:
        version = registries.reserve_version(tx, ghcr, server="ghcr.io", username="bot", actor="ops", now=NOW)
    delete(store, ghcr, ["helsinki-1"])
    with pytest.raises(NotFound), store.write() as tx:
        registries.keep_sealed(tx, ghcr.id, version, b"sealed late")
    with pytest.raises(InUse), store.write() as tx:
        registries.accept_version(tx, ghcr.id, version, NOW)


@pytest.mark.parametrize("answers", product(("waiting", "done", "put off"), repeat=2))
def test_the_registry_goes_with_the_last_answer_as_the_rule_says(
    store: Store, ghcr: Registry, answers: tuple[str, str]
) -> None:
    numbers = delete(store, ghcr, ["helsinki-1", "virginia-1"])
    with store.write() as tx:
        for number, answer in zip(numbers, answers, strict=True):
            if answer == "done":
                removals.done(tx, number)
            if answer == "put off":
                removals.failed(tx, number, "connection refused", LATER)
    over = deletions.progress(store.connection, ghcr.id).over

    assert deletions.answered(store.connection) == ([ghcr.id] if over else [])
    assert finish(store, ghcr) is over
    assert (registries.by_id(store.connection, ghcr.id) is None) is over
    assert finish(store, ghcr) is False
    assert len(removals.pending(store.connection)) == sum(answer != "done" for answer in answers)


def test_the_end_is_told_once_in_the_name_of_whoever_asked(store: Store, ghcr: Registry) -> None:
    first, _ = delete(store, ghcr, ["helsinki-1", "virginia-1"])
    with store.write() as tx:
        removals.done(tx, first)
        removals.failed(tx, first + 1, "connection refused", LATER)
    finish(store, ghcr)
    finish(store, ghcr)

    (told,) = [one for one in events.since(store.connection, 0) if one.phase == "registry.deleted"]
    assert told.message == "registry ghcr was deleted: 1 of 2 regions confirmed; still pending in virginia-1"
    (entry,) = audit.latest(store.connection, 5)
    assert (entry.action, entry.user, entry.outcome) == ("registry.deleted", "mira", "partial")
    assert (entry.registry, entry.regions, entry.versions) == ("ghcr", "virginia-1", "1")


def test_a_registry_that_nobody_deletes_never_goes(store: Store, ghcr: Registry) -> None:
    assert deletions.answered(store.connection) == []
    assert finish(store, ghcr) is False
    assert registries.by_id(store.connection, ghcr.id) == ghcr


def test_a_linked_registry_is_not_begun_to_be_deleted(store: Store, ghcr: Registry) -> None:
    add_container(store, "api", ghcr)
    with pytest.raises(InUse, match="containers api"):
        delete(store, ghcr, ["helsinki-1"])
    assert registries.sealed(store.connection, ghcr.id, 1) == b"sealed 1"


def test_a_removal_that_was_tried_before_is_tried_again_for_the_deletion(
    store: Store, ghcr: Registry
) -> None:
    with store.write() as tx:
        before = ask(tx, "helsinki-1", None)
        removals.failed(tx, before, "connection refused", LATER)
    assert delete(store, ghcr, ["helsinki-1"]) == [before]
    assert finish(store, ghcr) is False
    assert [one.id for one in removals.due(store.connection, NOW)] == [before]
    with store.write() as tx:
        removals.look_again(tx, before, "not seen there", LATER)
    assert finish(store, ghcr) is False


def test_version_numbers_go_on_after_the_last_answer(store: Store, ghcr: Registry) -> None:
    rotate(store, ghcr)
    (number,) = delete(store, ghcr, ["helsinki-1"])
    with store.write() as tx:
        removals.done(tx, number)
    assert finish(store, ghcr)
    assert add_registry(store, "ghcr").version == 3


def test_a_deletion_that_is_over_is_work_whatever_the_clock_says(store: Store, ghcr: Registry) -> None:
    (number,) = delete(store, ghcr, ["helsinki-1"])
    with store.write() as tx:
        removals.done(tx, number)
    assert work.next_due(store.connection) == NOW
    assert work.anything(store.connection, "2026-01-01T00:00:00.000Z")
    finish(store, ghcr)
    assert not work.anything(store.connection, LATER)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE registry SET deleting_since = NULL, deleting_by = NULL",
        "UPDATE registry SET deleting_by = NULL",
        "INSERT INTO credential (registry_id, version, server, username, state, created_at, created_by,"
        " sealed) SELECT id, 9, server, username, 'current', created_at, 'eve', x'00' FROM registry",
    ],
)
def test_the_tables_take_no_deletion_back(store: Store, ghcr: Registry, statement: str) -> None:
    delete(store, ghcr, ["helsinki-1"])
    with pytest.raises(sqlite.IntegrityError), store.write() as tx:
        tx.execute(statement)
