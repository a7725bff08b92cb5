"""The product as it is handed out: built once, with all it depends on in a folder that needs no index."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Built:
    """What a release consists of."""

    wheel: Path
    sdist: Path


@dataclass(frozen=True)
class Installed:
    """A folder of programs, and an operator with an empty home who runs them."""

    programs: Path
    home: Path

    def run(self, *arguments: str, code: int | None = 0) -> str:
        """Run `bahriya` and give what it prints; any exit code is fine where `code` is None."""
        environment = {**clean(self.home), "BAHRIYA_HOME": str(self.home / "bahriya")}
        command = [str(self.programs / "bahriya"), *arguments]
        done = subprocess.run(
            command, env=environment, cwd=self.home, capture_output=True, text=True, timeout=300
        )
        assert code is None or done.returncode == code, done
        return done.stdout


def clean(home: Path) -> dict[str, str]:
    """Give an environment in which nothing of this checkout is found, and no index is asked."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "TMPDIR") if name in os.environ}
    return {**kept, "HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"}


def do(*command: str | Path, environment: dict[str, str] | None = None) -> None:
    """Run a program that must succeed, away from the sources."""
    done = subprocess.run(
        [str(part) for part in command],
        env=environment,
        cwd="/",
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, (command, done.stdout, done.stderr)


def venv(python: str | Path, folder: Path) -> Path:
    """Make an environment of an interpreter and give its folder of programs."""
    do(python, "-m", "venv", folder)
    return folder / "bin"


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Build the source distribution and the wheel."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=300)
    (wheel,), (sdist,) = folder.glob("*.whl"), folder.glob("*.tar.gz")
    return Built(wheel, sdist)


Offline = Callable[[str | Path], dict[str, str]]


@pytest.fixture(scope="session")
def offline(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Offline:
    """Give the settings of pip, pipx and uv with which an interpreter finds all that is needed in a folder.

    It is fetched once for each interpreter, as this machine's pip is set up to, with what builds the sdist.
    """
    known: dict[str, dict[str, str]] = {}

    def settings(python: str | Path) -> dict[str, str]:
        if str(python) not in known:
            folder = tmp_path_factory.mktemp("wheels")
            programs = venv(python, folder / "venv")
            fetch = ("-m", "pip", "wheel", "--quiet", "--wheel-dir", folder)
            needed = (built.wheel, "hatchling", "pip")
            do(programs / "python", *fetch, *needed, environment=dict(os.environ))
            known[str(python)] = {
                "PIP_NO_INDEX": "1",
                "PIP_FIND_LINKS": str(folder),
                "PIP_CONFIG_FILE": os.devnull,
                "UV_OFFLINE": "1",
                "UV_NO_INDEX": "1",
                "UV_FIND_LINKS": str(folder),
                "UV_NO_CONFIG": "1",
            }
        return known[str(python)]

    return settings


@pytest.fixture(scope="session")
def installed(
    built: Built, offline: Offline, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str | Path], Installed]:
    """Install the wheel with pip into a fresh environment of an interpreter, once for each of them."""
    known: dict[str, Installed] = {}

    def install(python: str | Path) -> Installed:
        if str(python) not in known:
            folder = tmp_path_factory.mktemp("installed")
            programs = venv(python, folder / "venv")
            environment = clean(folder) | offline(python)
            command = ["-m", "pip", "install", "--quiet", "--no-compile", str(built.wheel)]
            do(programs / "python", *command, environment=environment)
            known[str(python)] = Installed(programs, folder)
        return known[str(python)]

    return install
