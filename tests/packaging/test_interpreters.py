"""The wheel works with every interpreter that is named in its classifiers and found on this machine."""

import os
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from bahriya_tui import __version__
from tests.packaging.conftest import ROOT, Installed

_CLASSIFIER = "Programming Language :: Python :: "
_WHICH = "import sys; print(*sys.version_info[:2], sep='.')"


def classified() -> list[str]:
    """Give the versions that the product says it works with, as `3.11`."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return [
        one.removeprefix(_CLASSIFIER) for one in project["classifiers"] if one.startswith(f"{_CLASSIFIER}3.")
    ]


def found() -> dict[str, str]:
    """Find an interpreter for each version: this one, those on the path, those that pyenv made."""
    interpreters = {}
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for version in classified():
        made = map(str, sorted(pyenv.glob(f"{version}.*/bin/python")))
        for candidate in (sys.executable, f"python{version}", *made):
            try:
                said = subprocess.run([candidate, "-c", _WHICH], capture_output=True, text=True, timeout=60)
            except OSError:
                continue
            if said.stdout.strip() == version:
                interpreters[version] = candidate
                break
    return interpreters


def test_the_oldest_version_that_is_asked_for_is_the_first_one_named() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["requires-python"] == f">={classified()[0]}"


# One that is not on this machine has nothing to try; the one that runs the tests always is.
@pytest.mark.parametrize("version", sorted(found()))
def test_the_wheel_works_with_it(version: str, installed: Callable[[str], Installed]) -> None:
    product = installed(found()[version])
    assert product.run("--version") == f"bahriya {__version__}\n"
    walked = product.run("demo", "--headless")
    assert "registry" in walked
