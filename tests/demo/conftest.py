"""An operator whose demos can be found, and told from their real store."""

import os
from pathlib import Path

import pytest


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """An operator with a real store of their own; the demo's folders go to a place that can be looked at."""
    folders = {"TMPDIR": tmp_path / "tmp", "BAHRIYA_HOME": tmp_path / "real"}
    for folder in folders.values():
        folder.mkdir()
    return {**os.environ, **{name: str(folder) for name, folder in folders.items()}}
