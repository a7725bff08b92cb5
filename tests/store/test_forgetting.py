"""A region that is gone for good: with it goes all that was known to be in it, and nothing else."""

from dataclasses import replace

import pytest

from bahriya_tui.model.container import AppliedSecret, Container
from bahriya_tui.model.errors import InUse, NotFound
from bahriya_tui.store import (
    containers,
    deletions,
    deployments,
    forgetting,
    regions,
    registries,
    removals,
    secret_writes,
    secrets,
)
from bahriya_tui.store.database import Store

from .test_containers import PLACED
from .world import LATER, NOW, REGIONS, add_container, add_registry, claim, queue

LOST = PLACED.region
OTHERS = tuple(one for one in REGIONS if one != LOST)


@pytest.fixture
def api(store: Store) -> Container:
    """Container `api` for all regions, of which one does not answer and has something of everything in it."""
    one = add_container(store, "api")
    registry = add_registry(store, "leaving")
    with store.write() as tx:
        for region in REGIONS:
            containers.place(tx, replace(PLACED, region=region))
            secret = AppliedSecret("shop", region, "bahriya-leaving-v1", registry.id, "leaving", 1, "uid")
            secrets.note(tx, secret)
        secret_writes.ask(
            tx,
            project="shop",
            region=LOST,
            name="bahriya-leaving-v1",
            registry_id=registry.id,
            version=1,
            reason="",
            actor="ops",
            now=NOW,
        )
        regions.note_namespace(tx, LOST, "shop")
        regions.seen(tx, LOST, NOW, "no route to host")
    return one


def forget(store: Store) -> forgetting.GivenUp:
    with store.write() as tx:
        return forgetting.forget(tx, LOST, LATER)


def remove(store: Store, region: str, registry_id: str | None = None) -> int:
    with store.write() as tx:
        return removals.add(
            tx,
            project="shop",
            region=region,
            kind="Secret",
            name="bahriya-leaving-v1",
            uid="uid",
            reason="",
            now=NOW,
            registry_id=registry_id,
        )


def test_all_that_is_known_of_it_goes_and_what_is_elsewhere_stays(store: Store, api: Container) -> None:
    asked = [remove(store, region) for region in REGIONS]

    gone = forget(store)

    assert ([one.region for one in gone.workloads], [one.region for one in gone.secrets]) == ([LOST], [LOST])
    with pytest.raises(NotFound):
        regions.get(store.connection, LOST)
    assert containers.get(store.connection, "shop", "api").regions == OTHERS
    assert [one.region for one in containers.placements(store.connection)] == list(OTHERS)
    assert [one.region for one in secrets.applied(store.connection)] == list(OTHERS)
    assert [one.region for one in removals.pending(store.connection)] == list(OTHERS)
    over = removals.get(store.connection, asked[REGIONS.index(LOST)])
    assert (over.state, over.last_error) == ("done", f"region {LOST} was given up")
    assert secret_writes.pending(store.connection) == []


def test_a_registry_whose_deletion_waited_for_it_is_gone(store: Store, api: Container) -> None:
    registry = registries.get(store.connection, "shop", "leaving")
    with store.write() as tx:
        deletions.begin(tx, registry.id, "ops", NOW)
    remove(store, LOST, registry.id)

    forget(store)

    assert registries.by_id(store.connection, registry.id) is None


def test_a_region_that_answers_is_not_given_up(store: Store, api: Container) -> None:
    with store.write() as tx:
        regions.seen(tx, LOST, LATER)
    with pytest.raises(InUse, match=f"region {LOST} answered"):
        forget(store)
    assert regions.get(store.connection, LOST).status == "active"


def test_what_would_be_left_without_a_region_is_named(store: Store, api: Container) -> None:
    with store.write() as tx:
        containers.update(tx, replace(api, regions=(LOST,)))
    with pytest.raises(InUse, match="containers without another region shop/api"):
        forget(store)
    assert len(containers.placements(store.connection)) == len(REGIONS)


def test_a_deployment_that_would_still_go_there_is_named(store: Store, api: Container) -> None:
    run = queue(store, api)
    with pytest.raises(InUse, match="deployments under way or held 1"):
        forget(store)
    claim(store)
    with store.write() as tx:
        deployments.move_region(tx, run.id, 1, LOST, "held", NOW)
        deployments.move(tx, run.id, 1, "held", NOW)
    with pytest.raises(InUse, match="deployments under way or held 1"):
        forget(store)
    with store.write() as tx:
        deployments.request_cancel(tx, run.id, LATER)
    forget(store)
