"""Commands that are another program altogether: that one takes the place of the process the operator started.

The command itself is locked in and only says which; its supervisor, which is not, turns into it.
"""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import NoReturn

from bahriya_tui.launch.call import answer_of
from bahriya_tui.launch.channel import Line
from bahriya_tui.launch.verbs import Typed
from bahriya_tui.places import Places

PROGRAMS = {
    "worker": "bahriya_tui.worker",
    "regions": "bahriya_tui.sim.serve",
    "demo": "bahriya_tui.demo",
}
"""The module that each of them runs."""

_next: list[tuple[list[str], dict[str, str]]] = []


def become(places: Places, program: str, arguments: Sequence[str], **environment: str) -> NoReturn:
    """End this command and run `program` in its place, with more in its environment where nothing is yet."""
    answer_of(
        places, "become", {"program": program, "arguments": list(arguments), "environment": environment}
    )
    if not has_next():
        sys.exit(0)
    turn(places)


def perform_become(_places: Places, argument: Line, _typed: Typed) -> Iterator[Line]:
    """Remember what to turn into when the command has ended."""
    environment: Mapping[str, str] = argument["environment"]
    module = PROGRAMS[argument["program"]]
    _next[:] = [([sys.executable, "-I", "-m", module, *argument["arguments"]], dict(environment))]
    yield {}


def has_next() -> bool:
    """Tell whether this process is to turn into another program."""
    return bool(_next)


def turn(places: Places) -> NoReturn:
    """Turn into that program."""
    command, more = _next[0]
    os.execve(sys.executable, command, {**more, **os.environ, **places.environment()})  # noqa: S606
