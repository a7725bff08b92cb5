"""Fixtures that every room may use."""

import compileall
import os
import secrets
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests import distribution
from tests.operator import Operator

_PRODUCT = Path(__file__).parents[1] / "bahriya_tui"

# How long an example takes says how busy the machine is.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


def pytest_configure(config: pytest.Config) -> None:
    """Compile the product once, as installing does, and not in each of the processes that tests start."""
    if not hasattr(config, "workerinput"):
        compileall.compile_dir(_PRODUCT, quiet=2)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long."""
    items.sort(key=lambda item: distribution.rank(item.nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int | None:
    """Say what `-n auto` means."""
    return distribution.processes()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Any:
    """Share the tests out."""
    return distribution.scheduling(config, log)


@pytest.fixture(autouse=True)
def own_umask() -> Iterator[None]:
    """Keep from the next test what the product sets in this process for a folder that a group shares."""
    before = os.umask(0)
    os.umask(before)
    yield
    os.umask(before)


@pytest.fixture
def canary() -> str:
    """A token that exists nowhere else: wherever it turns up, it leaked."""
    return f"canary-{secrets.token_hex(16)}"


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port of loopback that refuses connections, and that nobody else can take while the test runs."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


@pytest.fixture
def operator(tmp_path: Path) -> Iterator[Operator]:
    """An operator with an empty home; the worker that commands started ends with the test."""
    someone = Operator(tmp_path / "home")
    yield someone
    someone.stop_worker()
