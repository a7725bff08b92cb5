"""Holds what commands print with `--json` against what the program says of it: nothing less, nothing else."""

import json
from collections.abc import Iterator, Sequence
from copy import deepcopy
from functools import cache
from typing import Any

import click
from jsonschema import Draft202012Validator

from bahriya_tui.cli import bahriya
from bahriya_tui.cli.answers import ANSWERS, Lines, schema_of_all, schema_of_command


def commands(of: click.Command = bahriya, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    """Give every command that does something, with the words it is called by."""
    if not isinstance(of, click.Group):
        yield " ".join(path), of
        return
    context = click.Context(of)
    for name in of.list_commands(context):
        inner = of.get_command(context, name)
        assert inner is not None, name
        yield from commands(inner, (*path, name))


def held_against_schema(arguments: Sequence[str], out: str, err: str) -> str | None:
    """Give the command that was called when it answered in JSON; fails where that is not as declared."""
    if "--json" not in arguments or {"-h", "--help"} & set(arguments):
        return None
    name = _called(arguments)
    if name is None:
        return None
    for line in err.splitlines():
        if line.startswith("{"):
            _errors().validate(json.loads(line))
    if name == "schema" or ANSWERS[name] is None or not out:
        return None
    found = [json.loads(line) for line in out.splitlines()]
    if not isinstance(ANSWERS[name], Lines):
        assert len(found) == 1, (name, out)
    for one in found:
        _validator(name).validate(one)
    return name


def _called(arguments: Sequence[str]) -> str | None:
    """Give the words a command is called by, from what was typed."""
    for length in (2, 1):
        name = " ".join(arguments[:length])
        if name in ANSWERS:
            return name
    return None


def closed(schema: Any) -> Any:
    """Give a schema whose objects have no other fields than those it knows."""
    schema = deepcopy(schema)
    for one in schema["$defs"].values():
        assert "additionalProperties" not in one
        one["additionalProperties"] = False
    return schema


@cache
def _validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(closed(schema_of_command(name)))


@cache
def _errors() -> Draft202012Validator:
    whole = closed(schema_of_all())
    return Draft202012Validator({**whole["errors"], "$defs": whole["$defs"]})
