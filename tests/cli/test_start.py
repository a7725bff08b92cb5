"""Starting up: what a command imports and costs, and what happens without a terminal."""

import json
import math
import os
import resource
import subprocess
import sys

import pytest

from tests.cli.conftest import Commands
from tests.operator import Operator

HEAVY = {"kubernetes", "textual", "aiohttp", "cryptography", "pydantic", "keyring", "urllib3", "yaml"}
BARE = """
import click
@click.group()
def main():
    "A program."
@main.command()
def one():
    "A command."
main(["--help"])
"""
MODULES = """
import json, sys
from bahriya_tui.cli import run
code = run(sys.argv[1:])
print(json.dumps([code, sorted(sys.modules)]), file=sys.stderr)
"""


def modules_of(*arguments: str, stdin: bytes = b"") -> set[str]:
    """Run a command in a fresh process; give the modules it has imported at its end."""
    done = subprocess.run(
        [sys.executable, "-c", MODULES, *arguments], input=stdin, capture_output=True, timeout=120
    )
    code, modules = json.loads(done.stderr.splitlines()[-1])
    assert code == 0, done
    return set(modules)


def test_help_imports_nothing_of_ours_but_the_list_of_commands_and_examples() -> None:
    ours = {name for name in modules_of("--help") if name.startswith("bahriya_tui")}

    assert ours == {"bahriya_tui", "bahriya_tui.cli", "bahriya_tui.cli.examples"}


@pytest.mark.parametrize(
    "arguments",
    [("registry", "list"), ("container", "list"), ("deployment", "list"), ("registry", "show", "team")],
)
def test_reading_imports_nothing_heavy(team: Commands, arguments: tuple[str, ...]) -> None:
    loaded = {name.partition(".")[0] for name in modules_of(*arguments)}

    assert not loaded & (HEAVY | {"sqlite_utils"})


def test_the_process_that_adds_a_registry_can_neither_seal_nor_reach_a_cluster(shop: Commands) -> None:
    arguments = ("registry", "add", "ghcr", "--server", "ghcr.io", "--username", "bot", "--no-check")

    loaded = modules_of(*arguments, "--password-stdin", stdin=b"token")

    assert not {name.partition(".")[0] for name in loaded} & HEAVY
    rooms = {".".join(name.split(".")[:2]) for name in loaded}
    assert not rooms & {"bahriya_tui.worker", "bahriya_tui.opener", "bahriya_tui.cluster", "bahriya_tui.tui"}
    assert "bahriya_tui.vault.open" not in loaded


def test_help_costs_at_most_twice_a_bare_click_program() -> None:
    bare, ours = math.inf, math.inf
    for _ in range(50):
        # A busy machine only adds to a run: the least of more runs is nearer to what the program costs.
        bare = min(bare, cpu("-c", BARE))
        ours = min(ours, cpu("-m", "bahriya_tui", "--help"))
        if ours <= 2 * bare:
            break

    assert ours <= 2 * bare


def cpu(*arguments: str) -> float:
    """Give the processor time of a run, in seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *arguments], stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def test_without_a_terminal_the_screens_say_so_in_one_line(operator: Operator) -> None:
    result = operator.run(code=2)

    assert result.out == ""
    (line,) = result.err.splitlines()
    assert "ssh -t" in line


def test_a_reader_that_goes_away_is_no_crash(operator: Operator) -> None:
    operator.run("project", "add", "shop")
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "bahriya_tui", "project", "list"],
            stdout=writing,
            stderr=subprocess.PIPE,
            env=operator.environment,
            timeout=60,
        )
    finally:
        os.close(writing)

    assert done.stderr == b""


def test_names_of_any_kind_can_be_printed_in_any_locale(operator: Operator) -> None:
    operator.run("project", "add", "shop", "--name", "Магазин")
    plain = Operator(operator.home, PYTHONIOENCODING="ascii")

    assert plain.run("project", "list", "--json").json[0]["name"] == "Магазин"
    assert "\\u041c" in plain.run("project", "list").out
