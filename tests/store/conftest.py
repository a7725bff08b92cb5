from collections.abc import Iterator
from pathlib import Path

import pytest

from bahriya_tui.store.database import Store, open_store

from .world import settled


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store" / "bahriya.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with settled(path) as opened:
        yield opened


@pytest.fixture
def other(store: Store, path: Path) -> Iterator[Store]:
    """The same store, as another process has it open."""
    with open_store(path) as opened:
        yield opened
