from dataclasses import replace

import pytest

from bahriya_tui.model.errors import BadInput, InUse, NotFound
from bahriya_tui.model.registry import Project
from bahriya_tui.store import containers, deployments, projects, registries, removals
from bahriya_tui.store.database import Store

from .test_containers import PLACED
from .world import LATER, NOW, add_container, queue


def delete(store: Store, handle: str) -> None:
    with store.write() as tx:
        projects.delete(tx, handle)


def test_projects_are_listed_by_handle(store: Store) -> None:
    with store.write() as tx:
        blog = projects.insert(tx, "blog", "The blog", LATER)
    assert blog == Project("blog", "The blog", LATER)
    assert projects.all(store.connection) == [blog, projects.get(store.connection, "shop")]


def test_an_unknown_project_is_told_together_with_those_there_are(store: Store) -> None:
    with pytest.raises(NotFound, match='no project "shpo": there is shop'):
        projects.get(store.connection, "shpo")


def test_a_handle_is_taken_once(store: Store) -> None:
    with pytest.raises(BadInput, match='project "shop" exists already'), store.write() as tx:
        projects.insert(tx, "shop", "", NOW)


def test_a_project_in_use_is_not_deleted_and_everything_in_it_is_named(store: Store) -> None:
    add_container(store, "api")
    with store.write() as tx:
        containers.place(tx, PLACED)
        removals.add(
            tx, project="shop", region="virginia-1", kind="Secret", name="old", uid=None, reason="", now=NOW
        )
    with pytest.raises(InUse) as told:
        delete(store, "shop")
    assert told.value.message == (
        'project "shop" is still used by registries ghcr; containers api; workloads api in helsinki-1;'
        " pending removals Secret old in virginia-1"
    )


def test_a_long_list_of_users_is_cut_short(store: Store) -> None:
    for number in range(13):
        add_container(store, f"c{number:02}")
    with pytest.raises(InUse, match=r"c00, c01, .* c09 and 3 more"):
        delete(store, "shop")


def test_an_empty_project_goes_with_its_history(store: Store) -> None:
    api = add_container(store, "api")
    deployment = queue(store, api)
    with store.write() as tx:
        deployments.request_cancel(tx, deployment.id, NOW)
        containers.delete(tx, api.id)
        registries.delete(tx, registries.get(tx.conn, "shop", "ghcr").id)
    delete(store, "shop")
    assert projects.all(store.connection) == []
    assert deployments.all(store.connection, "shop") == []


def test_a_container_of_an_unknown_project_is_refused(store: Store) -> None:
    api = add_container(store, "api")
    with pytest.raises(NotFound, match='no project "blog"'), store.write() as tx:
        containers.insert(tx, replace(api, id="f" * 32, project="blog"))
