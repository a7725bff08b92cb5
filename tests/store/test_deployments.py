import json

import pytest

from bahriya_tui.model.container import Container
from bahriya_tui.model.deployment import Deployment, Isolation, Spec
from bahriya_tui.model.errors import BadInput, InUse, NotFound
from bahriya_tui.store import containers, deployments
from bahriya_tui.store.database import Store
from bahriya_tui.store.driver import sqlite

from .world import LATER, MUCH_LATER, NOW, REGIONS, SOON, add_container, claim, queue


@pytest.fixture
def api(store: Store) -> Container:
    return add_container(store, "api")


def now_stored(store: Store, deployment: Deployment) -> Deployment:
    return deployments.get(store.connection, deployment.id)


def status(store: Store) -> str:
    return containers.get(store.connection, "shop", "api").status


def finish(store: Store, deployment: Deployment, state: str = "done") -> None:
    claimed = claim(store)
    assert claimed is not None
    with store.write() as tx:
        assert deployments.move(tx, claimed.id, claimed.fence, state, NOW)  # type: ignore[arg-type]


def hold(store: Store, api: Container) -> Deployment:
    """Bring a deployment to where its canary failed, and the other regions wait for an answer."""
    deployment = queue(store, api)
    claimed = claim(store)
    assert claimed is not None
    with store.write() as tx:
        for state in ("connecting", "failed"):
            deployments.move_region(tx, deployment.id, 1, REGIONS[0], state, NOW, message="refused")
        for region in REGIONS[1:]:
            words = "the canary failed; to go on: bahriya deployment resume 1"
            deployments.move_region(tx, deployment.id, 1, region, "held", NOW, message=words)
        deployments.move(tx, deployment.id, 1, "held", NOW)
    return now_stored(store, deployment)


def test_a_deployment_is_the_next_revision_of_its_container(store: Store, api: Container) -> None:
    first = queue(store, api)
    finish(store, first)
    second = queue(store, api)
    assert (first.revision, second.revision) == (1, 2)
    stored = containers.get(store.connection, "shop", "api")
    assert (stored.revision, stored.status) == (2, "provisioning")


def test_a_termination_says_so_at_its_container(store: Store, api: Container) -> None:
    with store.write() as tx:
        deployments.insert(
            tx,
            container=api,
            kind="terminate",
            spec=Spec("shop", "api", api.image, "http", 0, None, ()),
            waves=(REGIONS,),
            max_parallel=2,
            actor="ops",
            now=NOW,
        )
    assert status(store) == "terminating"


def test_a_deployment_comes_back_with_its_spec_waves_and_regions(store: Store, api: Container) -> None:
    deployment = queue(store, api)
    assert deployment.spec.env == api.env
    assert deployment.spec.image == api.image
    assert [(run.region, run.wave, run.state) for run in deployment.regions] == [
        ("falkenstein-1", 0, "queued"),
        ("helsinki-1", 1, "queued"),
        ("virginia-1", 1, "queued"),
    ]
    assert deployments.all(store.connection, "shop") == [deployment]


def test_deployments_are_listed_newest_first_and_narrowed(store: Store, api: Container) -> None:
    web = add_container(store, "web")
    first, second = queue(store, api), queue(store, web)
    assert deployments.all(store.connection, "shop") == [second, now_stored(store, first)]
    assert [one.id for one in deployments.all(store.connection, "shop", "api")] == [first.id]
    assert [one.id for one in deployments.all(store.connection, "shop", limit=1)] == [second.id]
    assert deployments.all(store.connection, "blog") == []


def test_an_unknown_deployment_is_told(store: Store) -> None:
    with pytest.raises(NotFound, match="no deployment 7"):
        deployments.get(store.connection, 7)


def test_a_second_deployment_of_a_container_waits_for_the_first(store: Store, api: Container) -> None:
    first = queue(store, api)
    with pytest.raises(InUse, match=r'container "api" has deployment 1 under way \(queued\)'):
        queue(store, api)
    claim(store)
    with pytest.raises(InUse, match="running"):
        queue(store, api)
    assert deployments.active(store.connection, api.id) == now_stored(store, first)


def test_the_store_itself_refuses_two_active_deployments_of_a_container(store: Store, api: Container) -> None:
    finish(store, queue(store, api))
    queue(store, api)
    with pytest.raises(sqlite.IntegrityError), store.write() as tx:
        tx.execute("UPDATE deployment SET state = 'queued'")


def test_a_deployment_of_a_deleted_container_is_refused(store: Store, api: Container) -> None:
    with store.write() as tx:
        containers.delete(tx, api.id)
    with pytest.raises(NotFound, match="deleted meanwhile"):
        queue(store, api)


def test_cancelling_a_queued_deployment_ends_it_and_leaves_the_container_as_it_was(
    store: Store, api: Container
) -> None:
    deployment = queue(store, api)
    with store.write() as tx:
        after = deployments.request_cancel(tx, deployment.id, LATER)
    assert (after.state, after.cancel_requested, after.finished_at) == ("cancelled", True, LATER)
    assert {run.state for run in after.regions} == {"cancelled"}
    assert status(store) == api.status
    assert claim(store) is None


def test_cancelling_a_running_deployment_is_left_to_its_worker(store: Store, api: Container) -> None:
    deployment = queue(store, api)
    claim(store)
    with store.write() as tx:
        deployments.request_cancel(tx, deployment.id, LATER)
        again = deployments.request_cancel(tx, deployment.id, LATER)
    assert (again.state, again.cancel_requested, again.finished_at) == ("cancelling", True, None)
    with store.write() as tx:
        assert deployments.move(tx, deployment.id, 1, "cancelled", LATER)
    assert now_stored(store, deployment).finished_at == LATER


def test_an_ended_deployment_cannot_be_cancelled(store: Store, api: Container) -> None:
    deployment = queue(store, api)
    finish(store, deployment)
    with pytest.raises(BadInput, match="deployment 1 has ended already: done"), store.write() as tx:
        deployments.request_cancel(tx, deployment.id, LATER)


def test_a_held_deployment_goes_on_where_it_was_held(store: Store, api: Container) -> None:
    held = hold(store, api)
    assert held.finished_at is None
    assert claim(store, MUCH_LATER) is None
    with store.write() as tx:
        deployments.requeue_held(tx, held.id)
    resumed = claim(store, LATER, MUCH_LATER)
    assert resumed is not None
    assert [run.state for run in resumed.regions] == ["failed", "queued", "queued"]
    assert resumed.regions[0].message == "refused"


def test_who_held_a_deployment_writes_nothing_after_it_was_resumed(store: Store, api: Container) -> None:
    held = hold(store, api)
    with store.write() as tx:
        deployments.requeue_held(tx, held.id)
        assert not deployments.move(tx, held.id, held.fence, "cancelled", LATER)
        assert not deployments.move_region(tx, held.id, held.fence, REGIONS[1], "connecting", LATER)


def test_a_held_deployment_can_be_given_up(store: Store, api: Container) -> None:
    held = hold(store, api)
    with store.write() as tx:
        assert deployments.request_cancel(tx, held.id, LATER).state == "cancelled"
    assert now_stored(store, held).finished_at == LATER


def test_regions_of_a_deployment_that_is_given_up_do_not_ask_to_be_resumed(
    store: Store, api: Container
) -> None:
    held = hold(store, api)
    with store.write() as tx:
        deployments.request_cancel(tx, held.id, LATER)
    canary, *others = now_stored(store, held).regions
    assert (canary.state, canary.message) == ("failed", "refused")
    for one in others:
        assert (one.state, one.finished_at) == ("cancelled", LATER)
        assert one.message == "cancelled before the workload was touched"


def test_a_region_held_while_others_still_go_on_is_given_up_with_them(store: Store, api: Container) -> None:
    deployment = queue(store, api)
    claim(store)
    with store.write() as tx:
        deployments.move_region(tx, deployment.id, 1, REGIONS[0], "connecting", NOW)
        deployments.move_region(tx, deployment.id, 1, REGIONS[2], "held", NOW, message="1 region failed")
        deployments.request_cancel(tx, deployment.id, LATER)
    states = [run.state for run in now_stored(store, deployment).regions]
    assert states == ["connecting", "queued", "cancelled"]


def test_only_a_held_deployment_can_be_resumed(store: Store, api: Container) -> None:
    deployment = queue(store, api)
    with pytest.raises(BadInput, match="deployment 1 is not held but queued"), store.write() as tx:
        deployments.requeue_held(tx, deployment.id)


def test_a_held_deployment_does_not_undo_a_newer_one(store: Store, api: Container) -> None:
    held = hold(store, api)
    newer = queue(store, api)
    with pytest.raises(InUse, match="deployment 2 under way"), store.write() as tx:
        deployments.requeue_held(tx, held.id)
    finish(store, newer)
    with pytest.raises(InUse, match="newer deployment than 1"), store.write() as tx:
        deployments.requeue_held(tx, held.id)


def test_the_time_a_credential_was_open_adds_up(store: Store, api: Container) -> None:
    deployment = queue(store, api)
    assert deployment.plaintext_ms is None
    with store.write() as tx:
        deployments.add_opening(tx, deployment.id, 80.5, "full")
        deployments.add_opening(tx, deployment.id, 10, "partial")
    assert now_stored(store, deployment).plaintext_ms == 90.5


def test_of_several_openers_the_weakest_isolation_is_kept(store: Store, api: Container) -> None:
    deployment = queue(store, api)
    assert deployment.isolation is None
    levels: tuple[Isolation, ...] = ("full", "process only", "partial")
    for level in levels:
        with store.write() as tx:
            deployments.add_opening(tx, deployment.id, 1, level)
    assert now_stored(store, deployment).isolation == "process only"


def test_numbers_of_deployments_are_never_used_twice(store: Store, api: Container) -> None:
    deployment = queue(store, api)
    with store.write() as tx:
        tx.execute("DELETE FROM deployment_region")
        tx.execute("DELETE FROM deployment")
        tx.execute("UPDATE container SET revision = 5")
    assert queue(store, api).id > deployment.id


def test_the_spec_is_kept_as_json_that_other_programs_can_read(store: Store, api: Container) -> None:
    queue(store, api)
    text = store.connection.execute("SELECT spec FROM deployment").fetchone()[0]
    assert json.loads(text)["image"] == api.image
    assert SOON not in text
