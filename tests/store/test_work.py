from bahriya_tui.model import clock
from bahriya_tui.store import checks, deployments, observations, registries, removals, secret_writes, work
from bahriya_tui.store.database import Store

from .world import LATER, MUCH_LATER, NOW, SOON, add_container, claim, queue

BEFORE = "2026-11-23T21:59:00.000Z"
LEASED = "2026-11-23T22:00:15.000Z"
HOURS_LATER = "2026-11-24T03:00:00.000Z"


def test_a_quiet_store_has_nothing_to_do_ever(store: Store) -> None:
    assert not work.anything(store.connection, LATER)
    assert work.next_due(store.connection) is None


def test_a_queued_deployment_is_work_until_it_is_claimed_and_again_when_its_lease_runs_out(
    store: Store,
) -> None:
    deployment = queue(store, add_container(store, "api"))
    assert work.anything(store.connection, NOW)
    claim(store, NOW, LEASED)
    assert not work.anything(store.connection, NOW)
    assert work.next_due(store.connection) == LEASED
    assert work.anything(store.connection, LEASED)
    with store.write() as tx:
        deployments.move(tx, deployment.id, 1, "done", NOW)
    assert work.next_due(store.connection) is None


def test_what_is_said_to_be_work_can_be_claimed(store: Store) -> None:
    queue(store, add_container(store, "api"))
    claim(store, NOW, LEASED)
    assert not work.anything(store.connection, NOW)
    assert claim(store, NOW) is None
    assert work.anything(store.connection, LEASED)
    assert claim(store, LEASED) is not None


def test_a_queued_check_is_work_until_it_is_claimed(store: Store) -> None:
    registry = registries.get(store.connection, "shop", "ghcr")
    with store.write() as tx:
        checks.request(tx, registry.id, 1, [], NOW)
    assert work.anything(store.connection, NOW)
    with store.write() as tx:
        checks.claim(tx)
    assert not work.anything(store.connection, LATER)


def test_a_removal_is_work_when_its_next_try_is_due(store: Store) -> None:
    with store.write() as tx:
        number = removals.add(
            tx, project="shop", region="helsinki-1", kind="Secret", name="s", uid=None, reason="", now=BEFORE
        )
        removals.failed(tx, number, "connection refused", SOON)
    assert not work.anything(store.connection, NOW)
    assert work.next_due(store.connection) == SOON
    assert work.anything(store.connection, LATER)


def test_the_earliest_of_all_work_counts(store: Store) -> None:
    queue(store, add_container(store, "api"))
    claim(store, NOW, LATER)
    with store.write() as tx:
        number = removals.add(
            tx, project="shop", region="helsinki-1", kind="Secret", name="s", uid=None, reason="", now=NOW
        )
        removals.failed(tx, number, "", SOON)
    assert work.next_due(store.connection) == SOON


def test_nothing_waits_for_hours_because_the_clock_was_put_back(store: Store) -> None:
    registry = registries.get(store.connection, "shop", "ghcr")
    with store.write() as tx:
        check = checks.request(tx, registry.id, 1, [], HOURS_LATER)
    assert work.anything(store.connection, NOW)
    with store.write() as tx:
        checks.claim(tx)
        checks.finish(tx, check, {}, NOW)
    assert not work.anything(store.connection, NOW)

    queue(store, add_container(store, "api"), HOURS_LATER)
    assert work.anything(store.connection, NOW)
    claimed = claim(store, HOURS_LATER, clock.later(HOURS_LATER, 15))
    assert claimed is not None
    assert work.anything(store.connection, NOW)
    again = claim(store, NOW, LEASED)
    assert again is not None
    assert (again.id, again.fence) == (claimed.id, 2)
    assert not work.anything(store.connection, NOW)
    with store.write() as tx:
        deployments.move(tx, claimed.id, 2, "done", NOW)

    with store.write() as tx:
        number = removals.add(
            tx, project="shop", region="helsinki-1", kind="Secret", name="s", uid=None, reason="", now=NOW
        )
        removals.failed(tx, number, "", HOURS_LATER)
    assert work.anything(store.connection, NOW)
    assert [one.id for one in removals.due(store.connection, NOW)] == [number]
    with store.write() as tx:
        removals.done(tx, number)
    assert not work.anything(store.connection, NOW)

    with store.write() as tx:
        number = secret_writes.ask(
            tx, project="shop", region="helsinki-1", name="s", registry_id=registry.id, version=1, reason="",
            actor="ops", now=NOW,
        )  # fmt: skip
        secret_writes.failed(tx, number, "", HOURS_LATER)
    assert work.anything(store.connection, NOW)
    assert [one.id for one in secret_writes.due(store.connection, NOW)] == [number]
    with store.write() as tx:
        secret_writes.done(tx, number, 1)
    assert not work.anything(store.connection, NOW)

    with store.write() as tx:
        observations.request(tx, "shop", "helsinki-1", HOURS_LATER)
    assert work.anything(store.connection, NOW)
    (asked,) = observations.requested(store.connection)
    with store.write() as tx:
        observations.failed(tx, asked, "")
    assert not work.anything(store.connection, NOW)


def test_a_deployment_whose_lease_has_been_over_for_a_minute_was_left_alone(store: Store) -> None:
    for handle in ("api", "web"):
        queue(store, add_container(store, handle))
    claim(store, NOW, SOON)
    assert not work.left_alone(store.connection, LATER)
    assert work.left_alone(store.connection, MUCH_LATER)
    # The other one is still without a lease: it waits.
    assert claim(store, MUCH_LATER, clock.later(MUCH_LATER, 15)) is not None
    assert not work.left_alone(store.connection, MUCH_LATER)


def test_what_nobody_began_for_a_minute_was_left_alone(store: Store) -> None:
    assert not work.left_alone(store.connection, MUCH_LATER)
    queue(store, add_container(store, "api"))
    assert not work.left_alone(store.connection, LATER)
    assert work.left_alone(store.connection, MUCH_LATER)
