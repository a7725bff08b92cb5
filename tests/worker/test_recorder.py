"""What is written of a deployment when it begins and when it ends, and what has to be looked at for that."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bahriya_tui.model.container import AppliedSecret, Container, Placement
from bahriya_tui.model.deployment import Deployment
from bahriya_tui.store import containers, deployments, events, registries, secrets
from bahriya_tui.store.database import Store
from bahriya_tui.worker.recorder import Recorder
from bahriya_tui.worker.shared_store import SharedStore
from tests.steps import steps
from tests.store import world

FEW, MANY = 10, 200
SECRET = "bahriya-ghcr-v1"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with world.settled(tmp_path / "store" / "bahriya.db") as opened:
        yield opened


@pytest.fixture
def web(store: Store) -> Container:
    """A container whose registry has as many good versions as are kept, and one that was not taken."""
    ghcr = registries.get(store.connection, "shop", "ghcr")
    for _ in range(4):
        world.rotate(store, ghcr)
    with store.write() as tx:
        version = registries.reserve_version(
            tx, ghcr, server="ghcr.io", username="bot", actor="ops", now=world.NOW
        )
        registries.keep_sealed(tx, ghcr.id, version, b"wrong")
        registries.reject_version(tx, ghcr.id, version)
    return world.add_container(store, "web", ghcr)


def claimed(store: Store, container: Container) -> Deployment:
    world.queue(store, container)
    found = world.claim(store)
    assert found is not None
    return found


def brought(store: Store, container: Container) -> Recorder:
    """Bring a deployment to where it only has to be summed up."""
    of = claimed(store, container)
    recorder = Recorder(SharedStore(store), of)
    for region in world.REGIONS:
        for state in ("connecting", "workload", "rolling", "running"):
            recorder.region(region, state)
    return recorder


def finishing(store: Store, container: Container) -> int:
    """Count what SQLite does to sum a deployment up."""
    recorder = brought(store, container)
    return steps(store.connection, lambda _: recorder.finish())


def test_the_end_of_a_deployment_looks_at_nothing_of_other_containers(store: Store, web: Container) -> None:
    _fill(store, web, range(FEW))
    few = finishing(store, web)
    _fill(store, web, range(FEW, MANY))
    assert finishing(store, web) <= 2 * few


def test_the_end_of_a_deployment_looks_at_no_former_one_of_each_region(store: Store, web: Container) -> None:
    brought(store, web).finish()
    few = finishing(store, web)
    for _ in range(20):
        brought(store, web).finish()
    assert finishing(store, web) <= 2 * few


def test_a_worker_that_takes_over_counts_from_the_start_of_the_one_before(
    store: Store, web: Container
) -> None:
    recorder = Recorder(SharedStore(store), claimed(store, web))
    began = recorder.begin()
    recorder.region(world.REGIONS[0], "connecting")
    assert recorder.begin() == began
    told = events.since(store.connection, 0, deployment=1)
    assert [event.phase for event in told] == ["running", "connecting", "taken_over"]


def test_a_deployment_that_was_held_starts_anew(store: Store, web: Container) -> None:
    recorder = Recorder(SharedStore(store), claimed(store, web))
    recorder.begin()
    for region in world.REGIONS:
        recorder.region(region, "held", "enough for today")
    assert recorder.finish() == "held"
    with store.write() as tx:
        deployments.requeue_held(tx, 1)
    again = world.claim(store)
    assert again is not None
    Recorder(SharedStore(store), again).begin()
    assert len(events.of_phase(store.connection, 1, "taken_over")) == 0


def _fill(store: Store, like: Container, numbers: range) -> None:
    """Let others run that pull with the oldest version, each in all regions."""
    with store.write() as tx:
        for number in numbers:
            other = replace(like, id=f"{number:032x}", handle=f"other-{number}")
            containers.insert(tx, other)
            for where in other.regions:
                place = Placement("shop", other.handle, where, number, "nginx:1", SECRET, "r1", 1, "u1", None)
                containers.place(tx, place)
        for where in like.regions:
            secrets.note(tx, AppliedSecret("shop", where, SECRET, str(like.registry_id), "ghcr", 1, "u"))
