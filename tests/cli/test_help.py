"""Every help text fits into 80 columns, explains each option, and ends with examples that are right."""

import re
import shlex
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from bahriya_tui.cli import COMMANDS, bahriya
from bahriya_tui.cli.examples import EXAMPLES
from tests.cli.schemas import commands

README = Path(__file__).parents[2] / "README.md"
LEAVES = dict(commands())
NAMES = ["", *LEAVES, *(noun for noun in COMMANDS if noun not in LEAVES)]


def calls(text: str) -> Iterator[list[str]]:
    """Give the arguments of every call of ours in lines for a shell."""
    for line in text.replace("\\\n", " ").splitlines():
        lexer = shlex.shlex(line, posix=True, punctuation_chars="|<>()")
        lexer.whitespace_split = True
        words = list(lexer)
        for number, word in enumerate(words):
            if word.startswith("$("):
                yield from calls(word[2:-1])
            begins = number == 0 or words[number - 1][0] in "|(" or "=" in words[number - 1]
            if word == "bahriya" and begins:
                yield list(takewhile(lambda one: one[0] not in "|<>()", words[number + 1 :]))


def parsed(arguments: list[str]) -> None:
    """Parse a call without making it; raises what click raises for an option or command that is not there."""
    command: click.Command = bahriya
    context = click.Context(bahriya, info_name="bahriya")
    while isinstance(command, click.Group) and arguments:
        name, *arguments = arguments
        inner = command.get_command(context, name)
        assert inner is not None, f"there is no command {name}"
        command = inner
    command.make_context(command.name, list(arguments), parent=context)


@pytest.mark.parametrize("name", NAMES)
def test_help_is_readable_and_shows_how(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    shown = CliRunner().invoke(bahriya, [*name.split(), "--help"])
    assert shown.exit_code == 0, shown.output
    assert [line for line in shown.output.splitlines() if len(line) > 80] == []
    _, _, examples = shown.output.rpartition("Examples:\n")
    found = list(calls(examples))
    assert any(call[: len(name.split())] == name.split() for call in found), shown.output
    for call in found:
        parsed(call)


@pytest.mark.parametrize("name", LEAVES)
def test_every_option_is_explained(name: str) -> None:
    options = [one for one in LEAVES[name].params if isinstance(one, click.Option)]
    assert [one.opts for one in options if not one.help] == []


def test_there_is_an_example_for_what_there_is() -> None:
    assert set(EXAMPLES) == set(NAMES)


def test_the_readme_calls_what_is_there() -> None:
    blocks = re.findall(r"```(?:sh|ini)[^\n]*\n(.*?)```", README.read_text(), re.DOTALL)
    found = [call for block in blocks for call in calls(block)]
    assert len(found) > 10
    for call in found:
        parsed(call)


def test_an_example_that_is_wrong_is_seen() -> None:
    for wrong in ("bahriya registry rotate ghcr --gone", "bahriya registy list", "bahriya deployment show"):
        (call,) = calls(wrong)
        with pytest.raises((click.UsageError, AssertionError)):
            parsed(call)
