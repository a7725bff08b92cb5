from dataclasses import replace

import pytest

from bahriya_tui.model.container import PlacedSecret, Placement
from bahriya_tui.model.errors import BadInput, InUse, NotFound
from bahriya_tui.store import containers, projects, regions, registries
from bahriya_tui.store.database import Store
from bahriya_tui.store.driver import sqlite

from .world import LATER, NOW, REGIONS, add_container, add_registry, container, queue

PLACED = Placement("shop", "api", "helsinki-1", 1, "ghcr.io/acme/api:1", None, None, None, None, None)


def test_a_container_comes_back_as_it_was_put(store: Store) -> None:
    registry = registries.get(store.connection, "shop", "ghcr")
    api = add_container(store, "api", registry)
    web = add_container(store, "web")
    assert containers.get(store.connection, "shop", "api") == api
    assert containers.all(store.connection, "shop") == [api, web]
    assert containers.linked_to(store.connection, registry.id) == [api]


def test_the_order_of_regions_is_kept(store: Store) -> None:
    backwards = replace(container("api"), regions=tuple(reversed(REGIONS)))
    with store.write() as tx:
        containers.insert(tx, backwards)
    assert containers.get(store.connection, "shop", "api") == backwards


def test_an_update_replaces_everything_regions_too(store: Store) -> None:
    api = add_container(store, "api", registries.get(store.connection, "shop", "ghcr"))
    changed = replace(
        api,
        image="nginx:1.27",
        registry=None,
        registry_id=None,
        env=(),
        regions=("virginia-1",),
        updated_at=LATER,
    )
    with store.write() as tx:
        containers.update(tx, changed)
    assert containers.all(store.connection, "shop") == [changed]


def test_an_update_of_a_deleted_container_is_refused(store: Store) -> None:
    api = add_container(store, "api")
    with store.write() as tx:
        containers.delete(tx, api.id)
    with pytest.raises(NotFound, match="deleted meanwhile"), store.write() as tx:
        containers.update(tx, api)
    assert containers.all(store.connection, "shop") == []


def test_an_unknown_container_is_told_together_with_those_there_are(store: Store) -> None:
    with pytest.raises(NotFound, match="there is none yet; add one with `bahriya container add`"):
        containers.get(store.connection, "shop", "api")
    add_container(store, "web")
    with pytest.raises(NotFound, match="there is web"):
        containers.get(store.connection, "shop", "api")


def test_a_handle_is_taken_once_in_a_project(store: Store) -> None:
    add_container(store, "api")
    with pytest.raises(BadInput, match='container "api" exists already'):
        add_container(store, "api")


def test_a_container_cannot_name_a_registry_of_another_project(store: Store) -> None:
    with store.write() as tx:
        projects.insert(tx, "blog", "", NOW)
    foreign = add_registry(store, "quay", "blog")
    with pytest.raises(BadInput, match='registry "quay" does not belong to project "shop"'):
        add_container(store, "api", foreign)
    api = add_container(store, "api")
    with pytest.raises(BadInput), store.write() as tx:
        containers.update(tx, replace(api, registry="quay", registry_id=foreign.id))
    with pytest.raises(sqlite.IntegrityError), store.write() as tx:
        tx.execute("UPDATE container SET registry = 'quay', registry_id = ?", [foreign.id])


def test_a_container_cannot_name_a_region_that_does_not_exist(store: Store) -> None:
    with pytest.raises(NotFound, match='no region "moon-1": there is falkenstein-1'), store.write() as tx:
        containers.insert(tx, replace(container("api"), regions=("moon-1",)))
    assert containers.all(store.connection, "shop") == []


def test_a_container_without_regions_is_refused(store: Store) -> None:
    with pytest.raises(BadInput, match="has no region"), store.write() as tx:
        containers.insert(tx, replace(container("api"), regions=()))


def test_the_status_of_an_old_revision_does_not_count_any_more(store: Store) -> None:
    api = add_container(store, "api")
    queue(store, api)
    with store.write() as tx:
        containers.set_status(tx, api.id, "error", revision=0)
    assert containers.get(store.connection, "shop", "api").status == "provisioning"
    with store.write() as tx:
        containers.set_status(tx, api.id, "running", revision=1)
    assert containers.get(store.connection, "shop", "api").status == "running"
    with store.write() as tx:
        containers.set_status(tx, api.id, "error")
    assert containers.get(store.connection, "shop", "api").status == "error"


def test_a_container_is_not_deleted_in_the_midst_of_a_deployment(store: Store) -> None:
    api = add_container(store, "api")
    queue(store, api)
    with pytest.raises(InUse, match='container "api" has deployment 1 under way'), store.write() as tx:
        containers.delete(tx, api.id)


def test_placements_are_replaced_found_and_forgotten(store: Store) -> None:
    elsewhere = replace(PLACED, region="virginia-1")
    with store.write() as tx:
        containers.place(tx, PLACED)
        containers.place(tx, elsewhere)
        containers.place(tx, replace(PLACED, deployment=2, workload_uid="u1"))
    newer = replace(PLACED, deployment=2, workload_uid="u1")
    assert containers.placements(store.connection) == [newer, elsewhere]
    assert containers.placements(store.connection, region="virginia-1") == [elsewhere]
    assert containers.placements(store.connection, container="web") == []
    assert containers.placements(store.connection, project="blog") == []
    with store.write() as tx:
        containers.unplace(tx, "shop", "api", "helsinki-1")
    assert containers.placements(store.connection) == [elsewhere]


def test_placements_come_in_order_each_with_the_pull_secrets_of_its_init_jobs(store: Store) -> None:
    jobs = tuple(PlacedSecret(f"bahriya-{one}-v2", one, 2) for one in ("base", "jobs"))
    both = replace(PLACED, more=jobs)
    one = replace(PLACED, region="virginia-1", more=jobs[1:])
    none = replace(PLACED, container="web")
    with store.write() as tx:
        for placement in (none, one, replace(both, more=jobs[::-1])):
            containers.place(tx, placement)
    assert containers.placements(store.connection) == [both, one, none]
    assert containers.placements(store.connection, "shop", "api", "virginia-1") == [one]


def test_a_placement_outlives_its_container(store: Store) -> None:
    api = add_container(store, "api")
    with store.write() as tx:
        containers.place(tx, PLACED)
        containers.delete(tx, api.id)
    assert containers.placements(store.connection, container="api") == [PLACED]


def test_a_region_with_containers_is_named_in_the_refusal(store: Store) -> None:
    add_container(store, "api")
    with (
        pytest.raises(InUse, match='region "helsinki-1" is still used by containers shop/api'),
        store.write() as tx,
    ):
        regions.delete(tx, "helsinki-1")
