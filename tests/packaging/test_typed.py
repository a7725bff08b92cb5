"""Whoever imports the installed package is told its types."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.packaging.conftest import Installed

_CONSUMER = """\
from pathlib import Path

from bahriya_tui.model.image import parse
from bahriya_tui.places import Places


def database(home: Path) -> {kind}:
    return Places(home, home, home).database


print(parse("nginx:1.27").tag)
"""


@pytest.mark.parametrize(("kind", "good"), [("Path", True), ("int", False)])
def test_mypy_sees_the_types(
    kind: str, good: bool, installed: Callable[[str], Installed], tmp_path: Path
) -> None:
    python = installed(sys.executable).programs / "python"
    (tmp_path / "consumer.py").write_text(_CONSUMER.format(kind=kind))
    command = [sys.executable, "-m", "mypy", "--strict", "--python-executable", str(python), "consumer.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert (done.returncode == 0) is good, done.stdout
    if not good:
        assert 'expected "int"' in done.stdout
