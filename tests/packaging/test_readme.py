"""What the README says can be typed is typed: its blocks run in order, but for a short table of changes.

The two blocks `sh run` and `sh test` are run by `.ci/run`. What needs systemd and other accounts, or a pod,
is tried by `tests/stories/test_shared.py`, `tests/cli/test_unit.py` and `tests/real/test_in_cluster.py`; here
its commands are only read.
"""

import json
import re
import secrets
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import pytest

from bahriya_tui.cli import bahriya
from bahriya_tui.cli.man import EXIT_STATUS
from bahriya_tui.keyboard import file as key_file
from bahriya_tui.notify import hooks as hook_file
from bahriya_tui.sim.oci_registry import OciRegistry
from tests.cli.outside import Outside, outside
from tests.packaging.conftest import ROOT, Built, Offline, clean
from tests.packaging.test_installing import program

README = (ROOT / "README.md").read_text()
USER, IMAGES = "acme-bot", {"acme/api": ["2.4.1", "2.5.0"]}
_BLOCK = re.compile(r"^```(?P<kind>[a-z ]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
ELSEWHERE = ("sh systemd", "sh cluster")
_INLINE = re.compile(r"`(bahriya [^`]+)`")


def blocks(kind: str) -> list[str]:
    """Give the text of every fenced block of a kind, in order."""
    return [found["text"] for found in _BLOCK.finditer(README) if found["kind"] == kind]


def commands() -> list[str]:
    """Give every line of the blocks that a reader types, without its comment."""
    lines = [line for block in blocks("sh") for line in block.splitlines()]
    return [line.partition(" #")[0].strip() for line in lines if line.strip()]


@dataclass
class Reader:
    """Somebody who follows the README, with an image of theirs in a registry that is not on the internet."""

    folder: Path
    world: Outside
    environment: dict[str, str]
    wheel: Path

    def __post_init__(self) -> None:
        self.tokens: list[str] = []
        self.said = ""

    def adapted(self, line: str) -> str:
        """Give a line as it is run here. Nothing but this differs from what a reader types."""
        changes = (
            ("install .", f"install --python {shlex.quote(sys.executable)} {self.wheel}"),
            ("ghcr.io", self.world.registry.address),
            # A minute of a test's life is long.
            ("--soak 5m", "--soak 1s"),
            # Nobody is there to type the name.
            ("delete my-ghcr --unlink", "delete my-ghcr --unlink --yes"),
        )
        for before, after in changes:
            line = line.replace(before, after)
        return line

    def prepare(self, line: str) -> None:
        """Do what happens elsewhere before a line is typed."""
        if line.endswith(("< token", "< new-token")):
            self.tokens.append(secrets.token_hex(16))
            (self.folder / line.rpartition(" ")[2]).write_text(self.tokens[-1])
            self.world.registry.users[USER] = self.tokens[-1]
        if "registry return my-ghcr v1" in line:
            self.world.registry.users[USER] = self.tokens[0]
        if found := re.search(r"deployment resume (\d+)", line):
            # A reader waits until the canary is through.
            while (
                state := json.loads(self.run(f"bahriya deployment show {found[1]} --json"))["state"]
            ) != "held":
                assert state in ("queued", "running")

    def type(self, line: str) -> None:
        """Run a line that must succeed."""
        self.prepare(line)
        self.said = self.run(self.adapted(line))

    def run(self, line: str) -> str:
        """Run a line in a shell and give its output."""
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", line],
            env=self.environment,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0, (line, done.stdout, done.stderr)
        assert not any(token in done.stdout + done.stderr for token in self.tokens)
        return done.stdout


@pytest.fixture
def reader(tmp_path: Path, built: Built, offline: Offline) -> Iterator[Reader]:
    program("pipx")
    registry = OciRegistry(users={USER: "none yet"}, private=dict(IMAGES), auth="token")
    with outside(tmp_path, "", registry) as world:
        (tmp_path / ".kube").mkdir()
        world.kubeconfig.rename(tmp_path / ".kube/config")
        environment = clean(tmp_path) | offline(sys.executable)
        environment |= {"PIPX_HOME": str(tmp_path / "pipx"), "PIPX_BIN_DIR": str(tmp_path / "bin")}
        # What pipx installs comes first; pipx itself and kubectl are beside this Python.
        path = f"{tmp_path / 'bin'}:{tmp_path / 'tools'}:{environment['PATH']}"
        (tmp_path / "tools").mkdir()
        for name in ("pipx", "kubectl"):
            (tmp_path / "tools" / name).symlink_to(program(name))
        someone = Reader(
            tmp_path, world, environment | {"PATH": path, "BAHRIYA_WORKER_IDLE": "2"}, built.wheel
        )
        try:
            yield someone
        finally:
            someone.run("! command -v bahriya || bahriya worker stop")


def test_every_command_works_in_the_order_in_which_it_stands(reader: Reader) -> None:
    seen: dict[str, str] = {}
    for line in commands():
        reader.type(line)
        seen[" ".join(line.split()[:3])] = reader.said
    assert "may be revoked" in seen["bahriya registry usage"]
    assert reader.world.pull_secrets() == {region: set() for region in reader.world.regions}


def test_every_block_is_run_or_read_by_a_test() -> None:
    kinds = {"sh", "sh run", "sh test", *ELSEWHERE, "toml", "dockerfile"}
    assert {found["kind"] for found in _BLOCK.finditer(README)} == kinds
    assert README.count("```") == 2 * len(list(_BLOCK.finditer(README)))
    ci = (ROOT / ".ci/run").read_text()
    for kind in ("sh run", "sh test"):
        assert len(blocks(kind)) == 1
        assert f"^```{kind}$" in ci


def only_read() -> set[str]:
    """Give the commands that stand in prose, and in blocks that are tried elsewhere."""
    lines = [line for kind in ELSEWHERE for block in blocks(kind) for line in block.splitlines()]
    typed = [line.replace("$there", "bahriya").partition(" #")[0] for line in lines]
    return {
        *(" ".join(found.split()) for found in _INLINE.findall(README)),
        *(line.strip() for line in typed if line.startswith("bahriya ")),
    }


@pytest.mark.parametrize("text", sorted(only_read()))
def test_a_command_that_is_only_read_exists_with_its_options(text: str) -> None:
    words = shlex.split(re.split(r" [<>|] ", text)[0])[1:]
    command: click.Command = bahriya
    context = click.Context(command)
    while words and isinstance(command, click.Group):
        found = command.get_command(context, words.pop(0))
        assert found is not None, text
        command = found
    options = {option for param in command.params for option in (*param.opts, *param.secondary_opts)}
    assert {word for word in words if word.startswith("-")} <= options | {"--help"}


@pytest.mark.parametrize("text", blocks("toml"))
def test_a_file_is_read_by_the_program(text: str, tmp_path: Path) -> None:
    path = tmp_path / "file.toml"
    path.write_text(text)
    path.chmod(0o600)
    if "[keys]" in text:
        found = key_file.load(path)
        assert (found.mistakes, found.lost) == ((), ())
    else:
        assert hook_file.load(path)


def test_the_exit_codes_are_those_of_the_manual_page() -> None:
    rows = re.findall(r"^\| (\d+) \| (.+) \|$", README, re.MULTILINE)
    assert tuple(rows) == EXIT_STATUS
