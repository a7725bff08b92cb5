import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from bahriya_tui.model import clock
from bahriya_tui.model.deployment import (
    ACTIVE,
    MOVES,
    REGION_ENDED,
    REGION_MOVES,
    Deployment,
    RegionState,
    State,
)
from bahriya_tui.model.errors import BadInput
from bahriya_tui.store import containers, deployments, events
from bahriya_tui.store.database import Store, open_store
from bahriya_tui.store.driver import sqlite

from .world import LATER, MUCH_LATER, NOW, REGIONS, SOON, add_container, claim, queue, settled


@pytest.fixture
def deployment(store: Store) -> Deployment:
    return queue(store, add_container(store, "api"))


def region_states(store: Store) -> list[RegionState]:
    return [run.state for run in deployments.get(store.connection, 1).regions]


def rows(store: Store) -> list[tuple[object, ...]]:
    """Give all that the store knows of deployments."""
    tables = ("deployment", "deployment_region", "container")
    return [tuple(row) for table in tables for row in store.connection.execute(f"SELECT * FROM {table}")]


def test_a_queued_deployment_is_claimed_once(store: Store, other: Store, deployment: Deployment) -> None:
    mine = claim(store)
    assert mine is not None
    assert (mine.id, mine.state, mine.fence, mine.started_at) == (deployment.id, "running", 1, NOW)
    assert claim(other) is None


def test_the_oldest_deployment_is_claimed_first(store: Store) -> None:
    for handle in ("api", "web"):
        queue(store, add_container(store, handle))
    claimed = [one.container for one in (claim(store), claim(store)) if one]
    assert claimed == ["api", "web"]


def test_a_lease_that_ran_out_is_taken_over_with_a_higher_fence(
    store: Store, other: Store, deployment: Deployment
) -> None:
    claim(store, NOW, SOON)
    taken = claim(other, SOON, LATER)
    assert taken is not None
    assert (taken.id, taken.fence, taken.started_at) == (deployment.id, 2, NOW)


def test_an_extended_lease_is_not_taken_over(store: Store, other: Store, deployment: Deployment) -> None:
    claim(store, NOW, SOON)
    with store.write() as tx:
        assert deployments.extend(tx, deployment.id, 1, LATER)
    assert claim(other, SOON, LATER) is None


def test_what_a_worker_holds_it_does_not_take_over_from_itself(store: Store, other: Store) -> None:
    for handle in ("api", "web"):
        queue(store, add_container(store, handle))
    api = claim(store, NOW, SOON)
    assert api is not None
    with store.write() as tx:
        taken = [deployments.claim(tx, "worker", LATER, MUCH_LATER, {api.id}) for _ in range(2)]
    assert [one and one.container for one in taken] == ["web", None]
    again = claim(other, LATER, MUCH_LATER)
    assert again is not None
    assert (again.id, again.fence) == (api.id, 2)


@pytest.mark.parametrize("spec", ["{", "{}", "[]", '{"env": [1]}', '{"env": [], "later": 1}', "[" * 9999])
def test_a_deployment_that_cannot_be_read_fails_and_keeps_nobody_from_the_others(
    store: Store, spec: str
) -> None:
    broken, good = [queue(store, add_container(store, handle)) for handle in ("api", "web")]
    with store.write() as tx:
        tx.execute("UPDATE deployment SET spec = ? WHERE id = ?", [spec, broken.id])
    claimed = claim(store)
    assert claimed is not None
    assert claimed.id == good.id
    assert deployments.active(store.connection, broken.container_id) is None
    assert containers.get(store.connection, "shop", "api").status == "error"
    (told,) = events.since(store.connection, 0, deployment=broken.id)
    assert (told.phase, told.container) == ("failed", "api")
    assert "cannot be read" in told.message
    left = store.connection.execute(
        "SELECT state, message, finished_at FROM deployment_region WHERE deployment = ?", [broken.id]
    )
    assert {tuple(row) for row in left} == {("failed", told.message, NOW)}


def test_leases_that_are_ended_are_taken_over_at_once(store: Store, other: Store) -> None:
    for handle in ("api", "web", "job"):
        queue(store, add_container(store, handle))
    api, web = claim(store, NOW, LATER), claim(store, NOW, LATER)
    assert api is not None
    assert web is not None
    with store.write() as tx:
        deployments.request_cancel(tx, web.id, NOW)
        deployments.end_leases(tx, SOON, [api.id])
    taken = [claim(other, SOON, LATER) for _ in range(3)]
    assert [(one.container, one.fence) for one in taken if one] == [("web", 2), ("job", 1)]


def test_an_old_fence_writes_nothing(store: Store, other: Store, deployment: Deployment) -> None:
    claim(store, NOW, SOON)
    claim(other, SOON, LATER)
    before = rows(store)
    with store.write() as tx:
        assert not deployments.extend(tx, deployment.id, 1, MUCH_LATER)
        assert not deployments.move(tx, deployment.id, 1, "done", LATER)
        assert not deployments.move_region(tx, deployment.id, 1, REGIONS[0], "connecting", LATER)
    assert rows(store) == before
    with other.write() as tx:
        assert deployments.move_region(tx, deployment.id, 2, REGIONS[0], "connecting", LATER)


def test_after_a_takeover_only_regions_that_had_not_ended_begin_anew(
    store: Store, other: Store, deployment: Deployment
) -> None:
    claim(store, NOW, SOON)
    with store.write() as tx:
        for state in ("connecting", "pull_secret", "workload", "rolling", "running"):
            deployments.move_region(tx, deployment.id, 1, REGIONS[0], state, NOW)
        deployments.move_region(tx, deployment.id, 1, REGIONS[1], "connecting", NOW, message="dialling")
    taken = claim(other, SOON, LATER)
    assert taken is not None
    assert [(run.state, run.message) for run in taken.regions] == [
        ("running", ""),
        ("queued", ""),
        ("queued", ""),
    ]


def test_a_deployment_that_was_being_cancelled_is_taken_over_to_be_cancelled(
    store: Store, other: Store, deployment: Deployment
) -> None:
    claim(store, NOW, SOON)
    with store.write() as tx:
        deployments.request_cancel(tx, deployment.id, NOW)
    taken = claim(other, SOON, LATER)
    assert taken is not None
    assert (taken.state, taken.cancel_requested) == ("cancelling", True)


def test_an_ended_deployment_is_neither_extended_nor_claimed(store: Store, deployment: Deployment) -> None:
    claim(store, NOW, SOON)
    with store.write() as tx:
        assert deployments.move(tx, deployment.id, 1, "failed", SOON)
        assert not deployments.extend(tx, deployment.id, 1, LATER)
        assert not deployments.move_region(tx, deployment.id, 1, REGIONS[0], "connecting", LATER)
    ended = deployments.get(store.connection, deployment.id)
    assert (ended.state, ended.finished_at) == ("failed", SOON)
    assert claim(store, MUCH_LATER) is None


def test_progress_of_a_region_is_kept_until_it_is_told_anew(store: Store, deployment: Deployment) -> None:
    claim(store)
    with store.write() as tx:
        for state in ("connecting", "workload"):
            deployments.move_region(tx, deployment.id, 1, REGIONS[0], state, NOW)
        deployments.move_region(tx, deployment.id, 1, REGIONS[0], "rolling", SOON, updated=1, replicas=2)
        deployments.move_region(tx, deployment.id, 1, REGIONS[0], "failed", LATER, message="unauthorized")
    run = deployments.get(store.connection, 1).regions[0]
    assert (run.updated, run.replicas, run.message) == (1, 2, "unauthorized")
    assert (run.started_at, run.finished_at) == (NOW, LATER)


def test_an_illegal_move_is_a_mistake_in_the_program_and_writes_nothing(
    store: Store, deployment: Deployment
) -> None:
    claim(store)
    with pytest.raises(AssertionError, match="from queued to running"), store.write() as tx:
        deployments.move_region(tx, deployment.id, 1, REGIONS[0], "running", NOW)
    with pytest.raises(AssertionError, match="from running to queued"), store.write() as tx:
        deployments.move(tx, deployment.id, 1, "queued", NOW)
    assert region_states(store)[0] == "queued"
    assert deployments.get(store.connection, 1).state == "running"


def test_a_worker_without_a_lease_cannot_run_what_is_queued(store: Store, deployment: Deployment) -> None:
    with pytest.raises(sqlite.IntegrityError), store.write() as tx:
        deployments.move(tx, deployment.id, 0, "running", NOW)


class TwoWorkers(RuleBasedStateMachine):
    """Two workers and an operator do what they like; a plain model says what must come of it."""

    workers = st.integers(0, 1)

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.stores = [settled(self.folder / "a.db"), open_store(self.folder / "a.db")]
        for store in self.stores:
            store.connection.execute("PRAGMA synchronous = OFF")
        queue(self.stores[0], add_container(self.stores[0], "api"))
        self.now, self.lease = NOW, ""
        self.state: State = "queued"
        self.regions: dict[str, RegionState] = dict.fromkeys(REGIONS, "queued")
        self.fence = 0
        self.known = [-1, -1]

    def teardown(self) -> None:
        for store in self.stores:
            store.close()
        shutil.rmtree(self.folder)

    @rule(seconds=st.integers(1, 40))
    def time_passes(self, seconds: int) -> None:
        self.now = clock.later(self.now, seconds)

    @rule(worker=workers)
    def claims(self, worker: int) -> None:
        lost = self.state in ("running", "cancelling") and self.lease <= self.now
        claimed = claim(self.stores[worker], self.now, clock.later(self.now, 30))
        assert (claimed is not None) == (self.state == "queued" or lost)
        if claimed is None:
            return
        self.lease = clock.later(self.now, 30)
        self.state = "running" if self.state == "queued" else self.state
        self.fence += 1
        self.known[worker] = claimed.fence
        self.regions = {
            region: state if state in REGION_ENDED else "queued" for region, state in self.regions.items()
        }

    @rule(worker=workers, seconds=st.integers(1, 30))
    def extends(self, worker: int, seconds: int) -> None:
        until = clock.later(self.now, seconds)
        with self.stores[worker].write() as tx:
            written = deployments.extend(tx, 1, self.known[worker], until)
        assert written == (self.owns(worker) and self.state in ("running", "cancelling"))
        self.lease = until if written else self.lease

    @rule(worker=workers, state=st.sampled_from(sorted(MOVES)))
    def moves(self, worker: int, state: State) -> None:
        if self.state == "queued":
            return  # claiming is the only way out for a worker
        store = self.stores[worker]
        if self.owns(worker) and state not in MOVES[self.state]:
            with pytest.raises(AssertionError, match="illegal move"), store.write() as tx:
                deployments.move(tx, 1, self.known[worker], state, self.now)
            return
        with store.write() as tx:
            assert deployments.move(tx, 1, self.known[worker], state, self.now) == self.owns(worker)
        self.state = state if self.owns(worker) else self.state

    @rule(worker=workers, region=st.sampled_from(REGIONS), state=st.sampled_from(sorted(REGION_MOVES)))
    def moves_a_region(self, worker: int, region: str, state: RegionState) -> None:
        store, may = self.stores[worker], self.owns(worker) and self.state in ("running", "cancelling")
        if may and state not in REGION_MOVES[self.regions[region]]:
            with pytest.raises(AssertionError, match="illegal move"), store.write() as tx:
                deployments.move_region(tx, 1, self.known[worker], region, state, self.now)
            return
        with store.write() as tx:
            assert deployments.move_region(tx, 1, self.known[worker], region, state, self.now) == may
        self.regions[region] = state if may else self.regions[region]

    @rule()
    def operator_cancels(self) -> None:
        if not MOVES[self.state]:
            with pytest.raises(BadInput), self.stores[0].write() as tx:
                deployments.request_cancel(tx, 1, self.now)
            return
        with self.stores[0].write() as tx:
            deployments.request_cancel(tx, 1, self.now)
        if self.state == "queued":
            self.regions = {
                region: "cancelled" if state == "queued" else state for region, state in self.regions.items()
            }
        self.state = "cancelling" if self.state in ("running", "cancelling") else "cancelled"

    @rule()
    def operator_resumes(self) -> None:
        if self.state != "held":
            with pytest.raises(BadInput), self.stores[0].write() as tx:
                deployments.requeue_held(tx, 1)
            return
        with self.stores[0].write() as tx:
            deployments.requeue_held(tx, 1)
        self.state, self.fence = "queued", self.fence + 1
        self.regions = {
            region: "queued" if state == "held" else state for region, state in self.regions.items()
        }

    @invariant()
    def the_store_holds_what_the_model_says(self) -> None:
        stored = deployments.get(self.stores[1].connection, 1)
        assert (stored.state, stored.fence) == (self.state, self.fence)
        assert {run.region: run.state for run in stored.regions} == self.regions
        assert (deployments.active(self.stores[0].connection, stored.container_id) is not None) == (
            self.state in ACTIVE
        )
        assert (stored.finished_at is not None) == (not MOVES[self.state])

    def owns(self, worker: int) -> bool:
        return self.known[worker] == self.fence


TestTwoWorkers = TwoWorkers.TestCase
TestTwoWorkers.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
