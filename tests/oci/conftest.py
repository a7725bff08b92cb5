"""Real registries, and a real containerd, for the tests that want them."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.oci import opinions
from tests.oci.opinions import Containerd
from tests.oci.world import World


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with ExitStack() as stack:
        yield World(tmp_path_factory.mktemp("world"), stack)


@pytest.fixture(scope="module")
def containerd() -> Iterator[Containerd]:
    with opinions.containerd() as served:
        yield served
