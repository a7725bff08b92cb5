"""Runs commands in this process, with a home of their own, standard input as a real file descriptor."""

import json
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bahriya_tui import cli
from bahriya_tui.launch.worker import stop_worker
from bahriya_tui.model.region import Region
from bahriya_tui.operations.session import open_session
from bahriya_tui.places import places
from bahriya_tui.store import regions
from tests.cli.outside import USER, Outside, outside
from tests.cli.schemas import held_against_schema
from tests.operator import Operator
from tests.rows import rows

REGIONS = ("falkenstein-1", "helsinki-1")


@dataclass(frozen=True)
class Answer:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def error(self) -> Any:
        """The error of a command with `--json`; fails unless it is the only line."""
        (line,) = self.err.splitlines()
        return json.loads(line)["error"]


class Commands:
    """Runs `bahriya` with arguments and an optional standard input."""

    def __init__(self, home: Path, capture: pytest.CaptureFixture[str]) -> None:
        self.home = home
        self._capture = capture

    def __call__(self, *arguments: str, stdin: bytes = b"") -> Answer:
        self._capture.readouterr()
        with _standard_input(self.home, stdin):
            code = cli.run(arguments)
        out, err = self._capture.readouterr()
        held_against_schema(arguments, out, err)
        return Answer(code, out, err)

    def good(self, *arguments: str, stdin: bytes = b"") -> Answer:
        """Run a command that must end with 0."""
        answer = self(*arguments, stdin=stdin)
        assert answer.code == 0, answer
        return answer

    def stored(self) -> dict[str, list[tuple[object, ...]]]:
        """Everything in the store but the numbers of versions, which are used up also in vain."""
        with open_session() as session:
            found = rows(session.connection)
        return {
            name: one for name, one in found.items() if name not in ("version_counter", "sqlite_sequence")
        }

    def written(self) -> bytes:
        """Every byte in any file of the home."""
        return b"".join(path.read_bytes() for path in sorted(self.home.rglob("*")) if path.is_file())


@pytest.fixture
def bahriya(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Commands]:
    """Commands on an empty home."""
    monkeypatch.setenv("BAHRIYA_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("BAHRIYA_WORKER_IDLE", "1")
    for name in ("BAHRIYA_PROJECT", "KUBECONFIG"):
        monkeypatch.delenv(name, raising=False)
    yield Commands(tmp_path / "home", capsys)
    stop_worker(places())


@pytest.fixture
def shop(bahriya: Commands) -> Commands:
    """Commands on project `shop` with two regions that lead nowhere."""
    bahriya.good("project", "add", "shop")
    with open_session() as session, session.store.write() as tx:
        for id_ in REGIONS:
            regions.insert(
                tx,
                Region(id_, "", "", "", id_, "/nowhere", "https://x", "", "active", "", None, "2026-01-01"),
            )
    return bahriya


@pytest.fixture
def team(shop: Commands, canary: str) -> Commands:
    """Project `shop` with registry `team`, whose token is the canary, unchecked."""
    server = ["--server", "registry.example", "--username", "bot"]
    shop.good("registry", "add", "team", *server, "--password-stdin", "--no-check", stdin=canary.encode())
    return shop


@pytest.fixture
def world(tmp_path: Path, canary: str) -> Iterator[Outside]:
    """Regions and a private registry, which takes the canary as its password."""
    with outside(tmp_path, canary) as started:
        yield started


@pytest.fixture
def online(operator: Operator, world: Outside) -> Operator:
    """An operator at a shell, with project `shop` in all three regions of `world`."""
    operator.run("project", "add", "shop")
    operator.run("region", "import", "--kubeconfig", str(world.kubeconfig), "--yes")
    return operator


@pytest.fixture
def deployed(online: Operator, world: Outside, canary: str) -> Operator:
    """The same with registry `team` and container `app`, which runs in every region with v1."""
    server = ["--server", world.registry.address, "--username", USER, "--password-stdin"]
    online.run("registry", "add", "team", *server, password=canary)
    image = f"{world.registry.address}/team/app:v1"
    online.run("container", "add", "app", "--image", image, "--registry", "team", *world.everywhere)
    online.run("deploy", "app")
    return online


@pytest.fixture
def kubeconfig(tmp_path: Path) -> Callable[..., str]:
    """Writes a kubeconfig with the named contexts and gives its path."""

    def write(*contexts: str) -> str:
        path = tmp_path / "kubeconfig"
        content = {
            "clusters": [
                {"name": name, "cluster": {"server": f"https://127.0.0.1:{6443 + number}"}}
                for number, name in enumerate(contexts)
            ],
            "users": [{"name": "u", "user": {"token": "not-shown-anywhere"}}],
            "contexts": [{"name": name, "context": {"cluster": name, "user": "u"}} for name in contexts],
        }
        path.write_text(json.dumps(content))
        return str(path)

    return write


@contextmanager
def _standard_input(home: Path, content: bytes) -> Iterator[None]:
    """Let descriptor 0, which a reader process inherits, hold `content`."""
    path = home.with_name("standard-input")
    path.write_bytes(content)
    before = os.dup(0)
    given = os.open(path, os.O_RDONLY)
    os.dup2(given, 0)
    os.close(given)
    path.unlink()
    try:
        yield
    finally:
        os.dup2(before, 0)
        os.close(before)


@pytest.fixture
def signals_count() -> Iterator[None]:
    """Have Ctrl-C count: of tests that run in the background it is ignored, which is inherited."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
