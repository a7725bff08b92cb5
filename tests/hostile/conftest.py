"""What the hostile tests share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bahriya_tui.model.container import Container
from tests.hostile.regions import HeldWorld
from tests.hostile.scene import Scene
from tests.opener.conftest import ask, vault
from tests.worker.desk import Desk

__all__ = ["ask", "vault"]


@pytest.fixture
def held_world(canary: str) -> Iterator[HeldWorld]:
    """Regions that hold secrets when told; their registry takes the canary as the password."""
    made = HeldWorld(canary)
    yield made
    made.close()


@pytest.fixture
def scene(tmp_path: Path, canary: str) -> Iterator[Scene]:
    """An operator whose every process and file is looked into."""
    made = Scene(tmp_path, canary)
    yield made
    made.close()


@pytest.fixture
def desk(scene: Scene, held_world: HeldWorld) -> Iterator[Desk]:
    """The operator's home: project `shop` with all regions."""
    made = Desk(scene.home, held_world)
    yield made
    made.close()


@pytest.fixture
def app(desk: Desk, canary: str) -> Container:
    """Container `app` of a private image, with registry `team`, whose token is the canary."""
    return desk.container("app", registry=desk.registry("team", canary))
