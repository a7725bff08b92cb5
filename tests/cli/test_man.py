"""The manual page says what the commands say, and every formatter prints it as it is meant."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from bahriya_tui.cli import bahriya
from bahriya_tui.cli.man import EXIT_STATUS
from bahriya_tui.cli.roff import Page
from bahriya_tui.model.errors import BahriyaError
from bahriya_tui.places import places
from tests.cli.conftest import Commands

_ODD = '.dot \'quote \\back\\slash --dash `tick ^hat ~tilde "double" …'
_PLAIN = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "MANWIDTH": "100", "MANROFFOPT": "-c"}


def leaves(command: click.Command = bahriya, path: str = "bahriya") -> Iterator[tuple[str, click.Command]]:
    """Give every command that does something."""
    if not isinstance(command, click.Group):
        yield path, command
        return
    context = click.Context(command)
    for name in command.list_commands(context):
        inner = command.get_command(context, name)
        assert inner is not None
        yield from leaves(inner, f"{path} {name}")


def formatted(page: str, program: str) -> str:
    """Print a page as a terminal shows it; skips where there is no `program`."""
    if shutil.which(program) is None:
        pytest.skip(f"needs {program} (apt-get install {'mandoc' if program == 'mandoc' else 'man-db'})")
    command = {"mandoc": ["mandoc", "-T", "utf8"], "man": ["man", "-l", "-"]}[program]
    done = subprocess.run(command, input=page, capture_output=True, text=True, env=_PLAIN, timeout=60)
    assert done.returncode == 0, done.stderr
    return re.sub(r".\x08|\x1b\[[0-9;]*m", "", done.stdout)


def test_every_command_and_option_is_in_it(bahriya: Commands) -> None:
    page = bahriya.good("man").out.replace("\\-", "-")
    for path, command in leaves():
        assert page.count(f".SS {path} [") == 1, path
        part = page.partition(f".SS {path} [")[2].partition(".S")[0]
        for param in command.params:
            if param.name not in ("project", "as_json", "yes", "no_input") and isinstance(
                param, click.Option
            ):
                assert all(f"{option}" in part for option in param.opts), (path, param.opts)
        assert "Examples:" in part
        assert re.search(rf"^([A-Z_]+=\S+ )?{path}", part, re.MULTILINE), path
    sections = re.findall(r"^\.SH (.+)$", page, re.MULTILINE)
    expected = [
        "NAME",
        "SYNOPSIS",
        "DESCRIPTION",
        "COMMANDS",
        "ENVIRONMENT",
        "FILES",
        "EXIT STATUS",
        "SEE ALSO",
    ]
    assert sections == expected


def test_files_are_where_they_are_said_to_be(bahriya: Commands, monkeypatch: pytest.MonkeyPatch) -> None:
    page = bahriya.good("man").out
    for name in ("BAHRIYA_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    found = places()
    folders = (found.public_keys, found.private_keys, found.logs)
    for path in (found.database, found.keymap_file, found.hook_file, *folders):
        assert f".B \\(ti/{path.relative_to(Path.home())}\n" in page


def test_environment_and_exit_codes_are_those_of_the_program(bahriya: Commands) -> None:
    page = bahriya.good("man").out
    sources = "".join(path.read_text() for path in Path("bahriya_tui").rglob("*.py"))
    for name in set(re.findall(r"[\"$](BAHRIYA_[A-Z_]+[A-Z])\b", sources)):
        assert f".B {name}\n" in page
    codes = {error.exit_code for error in BahriyaError.__subclasses__()}
    assert {int(code) for code, _ in EXIT_STATUS} == codes | {0}


@pytest.mark.parametrize("program", ["mandoc", "man"])
def test_a_formatter_prints_what_was_written(program: str) -> None:
    page = Page("bahriya", "1", "2027-01-31")
    page.section("NAME")
    page.paragraph("bahriya - x")
    page.paragraph(f"{'x' * 69} {_ODD}")
    page.as_typed(_ODD)
    page.terms([(_ODD, ".begins with a dot")])
    shown = formatted(str(page), program)
    assert shown.count(" ".join(_ODD.split())) >= 2
    assert "\n       .dot 'quote" in shown
    assert ".begins with a dot" in shown


@pytest.mark.parametrize("program", ["mandoc", "man"])
def test_the_page_is_shown(program: str, bahriya: Commands) -> None:
    shown = formatted(bahriya.good("man").out, program)
    assert "bahriya registry rotate ghcr --password-stdin --deploy" in shown


def test_mandoc_has_nothing_to_say_against_it(bahriya: Commands) -> None:
    if shutil.which("mandoc") is None:
        pytest.skip("needs mandoc (apt-get install mandoc)")
    page = bahriya.good("man").out
    command = ["mandoc", "-T", "lint", "-W", "style"]
    done = subprocess.run(command, input=page, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (0, "")
