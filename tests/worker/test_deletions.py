"""A registry goes last: the worker deletes it when every region has answered, however often it is killed."""

import pytest

from bahriya_tui.model import clock
from bahriya_tui.model.audit import Actor
from bahriya_tui.model.container import AppliedSecret
from bahriya_tui.model.registry import Registry
from bahriya_tui.operations.delete import delete_registry
from bahriya_tui.store import audit, deletions, registries, removals, secrets
from bahriya_tui.worker.removals import run_removals
from bahriya_tui.worker.run import Resources
from bahriya_tui.worker.shared_store import SharedStore
from tests.operations.conftest import Quiet
from tests.worker.conftest import REGIONS
from tests.worker.desk import PROJECT, Desk, until

NAMESPACE = "bahriya-shop"
DOWN = "helsinki-1"
OTHERS = [region for region in REGIONS if region != DOWN]


@pytest.fixture
def team(desk: Desk, canary: str) -> Registry:
    """A registry whose pull secret is in every region; the worker that brought it there runs."""
    team = desk.registry("team", canary)
    number = desk.deploy(desk.container("app", registry=team))
    desk.start()
    assert desk.ended(number).state == "done", desk.told(number)
    return team


def delete(desk: Desk) -> list[int]:
    return delete_registry(Quiet(desk.store, desk.places, Actor("mira")), PROJECT, "team", unlink=True)


def there(desk: Desk, team: Registry) -> bool:
    return registries.by_id(desk.store.connection, team.id) is not None


def confirmed(desk: Desk, team: Registry) -> list[str]:
    return sorted(deletions.progress(desk.store.connection, team.id).confirmed)


def pull_secrets(desk: Desk) -> list[str]:
    return [region for region in REGIONS if desk.world.objects(region, "secrets", NAMESPACE)]


def test_the_registry_goes_when_every_region_has_confirmed(desk: Desk, team: Registry) -> None:
    delete(desk)
    until(lambda: not there(desk, team))
    assert pull_secrets(desk) == []
    phases = [phase for _, phase, _ in desk.told()]
    assert phases[-5:] == ["registry.deleting", *["removal.done"] * 3, "registry.deleted"]
    (entry,) = audit.latest(desk.store.connection, 1)
    assert (entry.action, entry.user, entry.outcome) == ("registry.deleted", "mira", "done")


def test_it_stays_while_a_region_has_not_answered_and_goes_when_that_cannot_be_reached(
    desk: Desk, team: Registry
) -> None:
    desk.world.freeze(DOWN)
    asked = delete(desk)
    until(lambda: confirmed(desk, team) == OTHERS)
    assert there(desk, team)
    assert pull_secrets(desk) == [DOWN]

    until(lambda: not there(desk, team))

    (left,) = removals.pending(desk.store.connection)
    assert (left.region, left.id in asked) == (DOWN, True)
    assert "cannot be reached" in left.last_error
    (entry,) = audit.latest(desk.store.connection, 1)
    assert (entry.action, entry.outcome, entry.regions) == ("registry.deleted", "partial", DOWN)
    desk.world.freeze(DOWN, False)
    until(lambda: removals.pending(desk.store.connection) == [], seconds=30)
    assert pull_secrets(desk) == []
    assert [phase for _, phase, _ in desk.told()].count("registry.deleted") == 1


def test_a_worker_that_is_killed_in_between_leaves_the_rest_to_the_next_one(
    desk: Desk, team: Registry
) -> None:
    desk.world.freeze(DOWN)
    delete(desk)
    until(lambda: confirmed(desk, team) == OTHERS)
    assert desk.worker is not None
    desk.worker.kill()
    assert there(desk, team)

    desk.world.freeze(DOWN, False)
    desk.start()

    until(lambda: not there(desk, team))
    assert pull_secrets(desk) == []
    assert removals.pending(desk.store.connection) == []


def test_a_command_that_is_killed_after_its_transaction_leaves_all_to_the_worker(
    desk: Desk, team: Registry
) -> None:
    assert desk.worker is not None
    desk.worker.kill()
    delete(desk)
    assert confirmed(desk, team) == []
    desk.start()
    until(lambda: not there(desk, team))
    assert pull_secrets(desk) == []


def test_a_worker_deletes_a_registry_for_which_nothing_is_pending_any_more(
    desk: Desk, team: Registry
) -> None:
    assert desk.worker is not None
    desk.worker.kill()
    asked = delete(desk)
    with desk.store.write() as tx:
        for number in asked:
            removals.done(tx, number)
    desk.start()
    until(lambda: not there(desk, team))


def test_a_region_that_refuses_has_answered_and_its_secret_stays_listed(desk: Desk, team: Registry) -> None:
    desk.world.regions[DOWN].forbidden.add(("delete", "secrets"))
    delete(desk)
    until(lambda: not there(desk, team))
    (left,) = removals.pending(desk.store.connection)
    assert left.region == DOWN
    assert left.last_error.startswith("secret bahriya-team-v1: not permitted there")


@pytest.mark.parametrize("reachable", [True, False])
def test_the_registry_goes_together_with_the_last_answer(desk: Desk, team: Registry, reachable: bool) -> None:
    assert desk.worker is not None
    desk.worker.kill()
    if not reachable:
        desk.world.stop(DOWN)
    resources = Resources(desk.places, SharedStore(desk.store))
    delete(desk)
    for region in (*OTHERS, DOWN):
        assert there(desk, team)
        run_removals(resources, region, removals.pending(desk.store.connection, region=region))
    assert not there(desk, team)
    assert bool(removals.pending(desk.store.connection)) is not reachable


def test_a_secret_that_may_still_arrive_keeps_the_registry(desk: Desk, canary: str) -> None:
    team = desk.registry("team", canary)
    unconfirmed = AppliedSecret(PROJECT, DOWN, "bahriya-team-v1", team.id, "team", 1, None)
    with desk.store.write() as tx:
        secrets.note(tx, unconfirmed)
    resources = Resources(desk.places, SharedStore(desk.store))
    (number,) = delete(desk)

    run_removals(resources, DOWN, [removals.get(desk.store.connection, number)])

    assert there(desk, team)
    with desk.store.write() as tx:
        tx.execute("UPDATE removal SET created_at = ?", [clock.later(clock.now(), -60)])
    run_removals(resources, DOWN, [removals.get(desk.store.connection, number)])
    assert not there(desk, team)


def test_no_name_of_a_secret_is_used_twice_although_one_could_not_be_removed(
    desk: Desk, team: Registry, canary: str
) -> None:
    desk.world.stop(DOWN)
    delete(desk)
    until(lambda: not there(desk, team))
    again = desk.registry("team", canary)
    assert again.version == 2
    number = desk.deploy(desk.container("other", registry=again, places=OTHERS))
    assert desk.ended(number).state == "done", desk.told(number)
    desk.world.start(DOWN)
    until(lambda: removals.pending(desk.store.connection) == [], seconds=30)
    names = {one["metadata"]["name"] for r in OTHERS for one in desk.world.objects(r, "secrets", NAMESPACE)}
    assert names == {"bahriya-team-v2"}
    assert pull_secrets(desk) == OTHERS
    assert there(desk, again)
