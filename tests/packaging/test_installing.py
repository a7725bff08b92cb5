"""The ways in which an operator installs the product give a program that works."""

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bahriya_tui import __version__
from tests.packaging.conftest import Built, Installed, Offline, clean, do, venv

Way = Callable[[Path, Built, dict[str, str]], Path]


def pip_from_sdist(folder: Path, built: Built, environment: dict[str, str]) -> Path:
    programs = venv(sys.executable, folder / "venv")
    do(programs / "python", "-m", "pip", "install", "--quiet", built.sdist, environment=environment)
    return programs


def pipx(folder: Path, built: Built, environment: dict[str, str]) -> Path:
    places = {"PIPX_HOME": str(folder / "pipx"), "PIPX_BIN_DIR": str(folder / "bin")}
    places |= {"PIPX_MAN_DIR": str(folder / "man")}
    do(program("pipx"), "install", "--python", sys.executable, built.wheel, environment=environment | places)
    return folder / "bin"


def uv(folder: Path, built: Built, environment: dict[str, str]) -> Path:
    places = {"UV_TOOL_DIR": str(folder / "uv"), "UV_TOOL_BIN_DIR": str(folder / "bin")}
    places |= {"UV_CACHE_DIR": str(folder / "cache")}
    do(
        program("uv"),
        "tool",
        "install",
        "--python",
        sys.executable,
        built.wheel,
        environment=environment | places,
    )
    return folder / "bin"


def program(name: str) -> str:
    """Find a program beside this Python, or on the path."""
    beside = Path(sys.executable).with_name(name)
    found = str(beside) if beside.exists() else shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed (pip install {name})")
    return found


def works(found: Installed) -> None:
    """Check that the program runs, knows its commands and measures itself."""
    assert found.run("--version") == f"bahriya {__version__}\n"
    assert "registry" in found.run("--help")
    assert not (found.home / "bahriya").exists()
    # The machine may have something to complain of, which is exit code 1.
    findings = json.loads(found.run("doctor", "--json", code=None))
    assert "opener lock" in {one["subject"] for one in findings}


def test_the_wheel_with_pip(installed: Callable[[str], Installed]) -> None:
    works(installed(sys.executable))


@pytest.mark.parametrize("way", [pip_from_sdist, pipx, uv], ids=lambda way: way.__name__)
def test_other_ways(way: Way, built: Built, offline: Offline, tmp_path: Path) -> None:
    environment = clean(tmp_path) | offline(sys.executable)
    works(Installed(way(tmp_path, built, environment), tmp_path))
