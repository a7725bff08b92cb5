from dataclasses import replace

import pytest

from bahriya_tui.model.errors import BadInput, InUse, NotFound
from bahriya_tui.model.registry import MAX_VERSIONS, Registry
from bahriya_tui.store import checks, containers, history, projects, registries
from bahriya_tui.store.database import Store
from bahriya_tui.store.driver import sqlite

from .world import LATER, NOW, add_container, add_registry, rotate


@pytest.fixture
def ghcr(store: Store) -> Registry:
    return registries.get(store.connection, "shop", "ghcr")


def reserve(store: Store, registry: Registry, sealed: bytes | None = b"sealed") -> int:
    with store.write() as tx:
        version = registries.reserve_version(
            tx, registry, server="quay.io", username="new", actor="ops", now=NOW
        )
        if sealed:
            registries.keep_sealed(tx, registry.id, version, sealed)
    return version


def accept(store: Store, registry: Registry, version: int) -> Registry:
    with store.write() as tx:
        return registries.accept_version(tx, registry.id, version, LATER)


def states(store: Store, registry: Registry) -> dict[int, str]:
    return {one.version: one.state for one in history.all(store.connection, registry.id)}


def test_an_unknown_registry_is_told_together_with_those_there_are(store: Store) -> None:
    with pytest.raises(NotFound, match='no registry "ghrc" in project "shop": there is ghcr'):
        registries.get(store.connection, "shop", "ghrc")


def test_a_handle_is_taken_once_in_a_project(store: Store) -> None:
    with pytest.raises(BadInput, match='registry "ghcr" exists already in project "shop"'):
        add_registry(store, "ghcr")


def test_the_same_handle_may_be_used_in_two_projects(store: Store, ghcr: Registry) -> None:
    with store.write() as tx:
        projects.insert(tx, "blog", "", NOW)
    assert add_registry(store, "ghcr", "blog").id != ghcr.id


def test_a_registry_of_an_unknown_project_is_refused(store: Store) -> None:
    with pytest.raises(NotFound, match='no project "blog"'):
        add_registry(store, "ghcr", "blog")


def test_nothing_changes_until_a_version_is_accepted(store: Store, ghcr: Registry) -> None:
    version = reserve(store, ghcr)
    assert registries.by_id(store.connection, ghcr.id) == ghcr
    assert states(store, ghcr) == {1: "current", version: "reserved"}


def test_an_accepted_version_brings_its_server_and_user_name(store: Store, ghcr: Registry) -> None:
    after = accept(store, ghcr, reserve(store, ghcr))
    assert (after.version, after.server, after.username) == (2, "quay.io", "new")
    assert after.updated_at == LATER
    assert states(store, ghcr) == {1: "previous", 2: "current"}


def test_a_rejected_version_leaves_the_current_one_untouched_and_loses_its_bytes(
    store: Store, ghcr: Registry
) -> None:
    version = reserve(store, ghcr)
    with store.write() as tx:
        registries.reject_version(tx, ghcr.id, version)
    assert registries.by_id(store.connection, ghcr.id) == ghcr
    assert states(store, ghcr) == {1: "current", version: "rejected"}
    with pytest.raises(NotFound):
        registries.sealed(store.connection, ghcr.id, version)


def test_a_rejected_version_can_not_be_accepted_any_more(store: Store, ghcr: Registry) -> None:
    version = reserve(store, ghcr)
    with store.write() as tx:
        registries.reject_version(tx, ghcr.id, version)
    with pytest.raises(NotFound, match="not waiting"):
        accept(store, ghcr, version)


def test_a_current_version_cannot_be_rejected(store: Store, ghcr: Registry) -> None:
    with store.write() as tx:
        registries.reject_version(tx, ghcr.id, 1)
    assert registries.sealed(store.connection, ghcr.id, 1) == b"sealed 1"


def test_a_version_without_sealed_bytes_cannot_be_accepted(store: Store, ghcr: Registry) -> None:
    version = reserve(store, ghcr, sealed=None)
    with pytest.raises(NotFound, match="not waiting"):
        accept(store, ghcr, version)


def test_sealed_bytes_are_written_once(store: Store, ghcr: Registry) -> None:
    version = reserve(store, ghcr, b"first")
    with pytest.raises(NotFound), store.write() as tx:
        registries.keep_sealed(tx, ghcr.id, version, b"second")
    with pytest.raises(NotFound), store.write() as tx:
        registries.keep_sealed(tx, ghcr.id, 1, b"into the current one")
    assert registries.sealed(store.connection, ghcr.id, version) == b"first"


def test_of_two_rotations_the_older_one_cannot_replace_the_newer(store: Store, ghcr: Registry) -> None:
    older, newer = reserve(store, ghcr), reserve(store, ghcr)
    accept(store, ghcr, newer)
    with pytest.raises(InUse, match="rotated to version 3 meanwhile"):
        accept(store, ghcr, older)
    assert registries.get(store.connection, "shop", "ghcr").version == newer


def test_the_token_of_a_rotation_that_was_killed_goes_with_the_next_one(store: Store, ghcr: Registry) -> None:
    killed = reserve(store, ghcr)
    assert registries.sealed(store.connection, ghcr.id, killed) == b"sealed"
    newer = rotate(store, ghcr).version
    assert states(store, ghcr) == {1: "previous", newer: "current"}
    begun = reserve(store, ghcr, sealed=None)
    with store.write() as tx:
        registries.edit(tx, ghcr.id, name="GitHub", now=LATER)
    assert states(store, ghcr) == {1: "previous", newer: "current", begun: "reserved"}


def test_a_token_that_comes_after_a_newer_one_was_taken_is_told_so(store: Store, ghcr: Registry) -> None:
    late = reserve(store, ghcr, sealed=None)
    rotate(store, ghcr)
    with pytest.raises(InUse, match="rotated to version 3 meanwhile"), store.write() as tx:
        registries.keep_sealed(tx, ghcr.id, late, b"late")


def test_only_the_newest_versions_are_kept(store: Store, ghcr: Registry) -> None:
    for _ in range(7):
        rotate(store, ghcr)
    kept = states(store, ghcr)
    assert list(kept) == [4, 5, 6, 7, 8]
    assert len(kept) == MAX_VERSIONS
    assert registries.sealed(store.connection, ghcr.id, 4) == b"sealed 4"
    with pytest.raises(NotFound, match="version 3 of these credentials is no longer kept"):
        registries.sealed(store.connection, ghcr.id, 3)


def test_version_numbers_go_on_after_the_registry_was_deleted_and_made_anew(
    store: Store, ghcr: Registry
) -> None:
    rotate(store, ghcr)
    with store.write() as tx:
        registries.delete(tx, ghcr.id)
    again = add_registry(store, "ghcr")
    assert again.id != ghcr.id
    assert again.version == 3


def test_version_numbers_go_on_after_the_whole_project_was_deleted(store: Store, ghcr: Registry) -> None:
    with store.write() as tx:
        registries.delete(tx, ghcr.id)
        projects.delete(tx, "shop")
        projects.insert(tx, "shop", "", NOW)
    assert add_registry(store, "ghcr").version == 2


def test_editing_changes_only_what_is_given(store: Store, ghcr: Registry) -> None:
    with store.write() as tx:
        named = registries.edit(tx, ghcr.id, name="GitHub", now=LATER)
        dated = registries.edit(tx, ghcr.id, expires="2027-01-31", now=LATER)
        undated = registries.edit(tx, ghcr.id, expires=None, now=LATER)
    assert named == replace(ghcr, name="GitHub", updated_at=LATER)
    assert dated == replace(named, expires="2027-01-31")
    assert undated == named


def test_a_linked_registry_cannot_be_deleted(store: Store, ghcr: Registry) -> None:
    add_container(store, "api", ghcr)
    add_container(store, "web", ghcr)
    with (
        pytest.raises(InUse, match='registry "ghcr" is still used by containers api, web'),
        store.write() as tx,
    ):
        registries.delete(tx, ghcr.id)
    with pytest.raises(sqlite.IntegrityError), store.write() as tx:
        tx.executescript("DELETE FROM credential; DELETE FROM registry;")
    assert registries.sealed(store.connection, ghcr.id, 1) == b"sealed 1"


def test_an_unlinked_registry_goes_with_its_credentials_and_checks(store: Store, ghcr: Registry) -> None:
    api = add_container(store, "api", ghcr)
    with store.write() as tx:
        check = checks.request(tx, ghcr.id, 1, [], NOW)
        containers.update(tx, replace(api, registry_id=None, secret="bahriya-ghcr-v1"))
        registries.delete(tx, ghcr.id)
    assert registries.by_id(store.connection, ghcr.id) is None
    assert history.all(store.connection, ghcr.id) == []
    with pytest.raises(NotFound):
        checks.get(store.connection, check)


def test_a_registry_that_was_deleted_meanwhile_is_not_rotated(store: Store, ghcr: Registry) -> None:
    with store.write() as tx:
        registries.delete(tx, ghcr.id)
    with pytest.raises(NotFound, match="deleted meanwhile"):
        reserve(store, ghcr)
