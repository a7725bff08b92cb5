"""Fixtures that every room may use."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.operator import Operator


@pytest.fixture
def canary() -> str:
    """A token that exists nowhere else: wherever it turns up, it leaked."""
    return f"canary-{secrets.token_hex(16)}"


@pytest.fixture
def operator(tmp_path: Path) -> Iterator[Operator]:
    """An operator with an empty home; the worker that commands started ends with the test."""
    someone = Operator(tmp_path / "home")
    yield someone
    someone.stop_worker()
