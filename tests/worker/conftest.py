"""Three embedded regions with a private registry, and a store that knows them."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.cluster.embedded import World
from tests.worker.desk import Desk

REGIONS = ("falkenstein-1", "helsinki-1", "virginia-1")


@pytest.fixture
def world(canary: str) -> Iterator[World]:
    """The regions; their registry takes `canary` as the password."""
    made = World(REGIONS, canary)
    yield made
    made.close()


@pytest.fixture
def desk(tmp_path: Path, world: World) -> Iterator[Desk]:
    """The operator's home; a worker that the test started ends with it."""
    made = Desk(tmp_path / "home", world)
    yield made
    made.close()


@pytest.fixture
def slow_desk(tmp_path: Path, canary: str) -> Iterator[Desk]:
    """The same with regions whose rollouts take long enough to disturb them."""
    with closing(World(REGIONS, canary, pace=0.5)) as world, closing(Desk(tmp_path / "home", world)) as made:
        yield made
