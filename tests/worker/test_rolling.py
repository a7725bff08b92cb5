"""When a rollout in which nothing moves is looked at."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, cast

import pytest

from bahriya_tui.cluster.transport import Transport
from bahriya_tui.cluster.watch import Watch
from bahriya_tui.model import clock
from bahriya_tui.store import deployments
from bahriya_tui.worker import rolling as rolling_module
from bahriya_tui.worker.pods_look import PodsLook
from bahriya_tui.worker.recorder import Recorder
from bahriya_tui.worker.rolling import QUIET_SECONDS, Rolling
from bahriya_tui.worker.run import Resources, Run
from bahriya_tui.worker.shared_store import SharedStore
from tests.cluster.conftest import region_transport
from tests.worker.conftest import REGIONS
from tests.worker.desk import PROJECT, Desk

REGION = REGIONS[0]
APPLIED: dict[str, Any] = {
    "metadata": {"name": "web", "generation": 1, "resourceVersion": "1"},
    "spec": {"replicas": 1},
    "status": {},
}


@dataclass
class Heard:
    """What a rollout asks of its watch."""

    opened_at: float | None = None
    opening_seconds: float = 0.0


class Clock:
    """Stands where it was put."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def run(desk: Desk) -> Run:
    """A deployment that this worker has."""
    desk.deploy(desk.container("web", image="nginx:1.27"))
    store = SharedStore(desk.store)
    with store.write() as tx:
        claimed = deployments.claim(tx, "test", clock.now(), clock.later(clock.now(), 60))
    assert claimed is not None
    return Run(Resources(desk.places, store), claimed, Recorder(store, claimed))


@pytest.fixture
def transport(desk: Desk) -> Iterator[Transport]:
    """A way into one region."""
    made = region_transport(desk.world, REGION)
    yield made
    made.close()


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock by which quiet is measured."""
    made = Clock()
    monkeypatch.setattr(rolling_module, "time", made)
    return made


@pytest.fixture
def looked(run: Run, transport: Transport, still: Clock) -> Callable[[float, Heard], bool]:
    """A rollout in which nothing moves: whether it looks at its pods so many seconds after it was applied."""
    begun = still.now
    rollout = Rolling(run, REGION, transport, APPLIED)
    rollout.see(APPLIED | {"status": {"observedGeneration": 0}})

    def after(seconds: float, heard: Heard) -> bool:
        still.now = begun + seconds
        look = PodsLook(transport, PROJECT, [run.deployment.id])
        rollout.look_if_quiet(cast("Watch", heard), look)
        return look.taken

    return after


def test_a_rollout_that_is_quiet_is_looked_at_and_again_after_as_long(
    looked: Callable[[float, Heard], bool], still: Clock
) -> None:
    heard = Heard(opened_at=still.now)
    assert not looked(QUIET_SECONDS - 0.1, heard)
    assert looked(QUIET_SECONDS + 0.1, heard)
    assert not looked(2 * QUIET_SECONDS, heard)
    assert looked(2 * QUIET_SECONDS + 0.2, heard)


def test_nothing_is_quiet_that_was_not_heard_because_the_watch_was_not_served_yet(
    looked: Callable[[float, Heard], bool], still: Clock
) -> None:
    heard = Heard()
    assert not looked(QUIET_SECONDS + 0.1, heard)
    heard.opened_at = still.now
    assert not looked(2 * QUIET_SECONDS, heard)
    assert looked(2 * QUIET_SECONDS + 0.2, heard)


def test_a_watch_that_is_never_served_keeps_nobody_from_looking(
    looked: Callable[[float, Heard], bool],
) -> None:
    assert looked(2 * QUIET_SECONDS + 0.1, Heard())


def test_a_region_that_is_slow_to_answer_is_given_longer_but_not_for_ever(
    looked: Callable[[float, Heard], bool], still: Clock
) -> None:
    slow, slowest = (
        Heard(opened_at=still.now, opening_seconds=1.0),
        Heard(opened_at=still.now, opening_seconds=60),
    )
    assert not looked(3.9, slow)
    assert looked(4.1, slow)
    assert not looked(4.1 + 5.9, slowest)
    assert looked(4.1 + 6.1, slowest)
