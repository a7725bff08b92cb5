"""Commands that are another program altogether: that one takes the place of the process the operator started.

The command itself is locked in and only says which; its supervisor, which is not, turns into it.
"""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NoReturn

from bahriya_tui.launch.call import answer_of
from bahriya_tui.launch.channel import Line
from bahriya_tui.launch.verbs import Typed
from bahriya_tui.model.errors import BadInput
from bahriya_tui.places import Places


@dataclass(frozen=True, slots=True)
class Program:
    """One of them: the words that the operator types for it, and the module that it runs."""

    words: tuple[str, ...]
    module: str
    environment: Mapping[str, str] = field(default_factory=dict)
    """What is set where nothing is yet."""


PROGRAMS = {
    # Practically never ends for being idle.
    "worker": Program(("worker", "run"), "bahriya_tui.worker", {"BAHRIYA_WORKER_IDLE": "1e9"}),
    "regions": Program(("sim", "serve"), "bahriya_tui.sim.serve"),
    "demo": Program(("demo",), "bahriya_tui.demo"),
    "web": Program(("serve",), "bahriya_tui.web"),
}

_next: list[tuple[Program, list[str]]] = []


def become(places: Places, program: str, arguments: Sequence[str]) -> NoReturn:
    """End this command and run `program` in its place."""
    answer_of(places, "become", {"program": program, "arguments": list(arguments)})
    if not has_next():
        sys.exit(0)
    turn(places)


def perform_become(_places: Places, argument: Line, typed: Typed) -> Iterator[Line]:
    """Remember what to turn into when the command has ended.

    Nothing of the environment comes from the asker, which could have a library loaded that way.
    """
    program = PROGRAMS[argument["program"]]
    if typed is not None and tuple(typed[: len(program.words)]) != program.words:
        raise BadInput(f"{' '.join(program.words)} is not on the command line", "start the command anew")
    _next[:] = [(program, list(argument["arguments"]))]
    yield {}


def has_next() -> bool:
    """Tell whether this process is to turn into another program."""
    return bool(_next)


def turn(places: Places) -> NoReturn:
    """Turn into that program."""
    program, arguments = _next[0]
    command = [sys.executable, "-I", "-m", program.module, *arguments]
    environment = {**program.environment, **os.environ, **places.environment()}
    os.execve(sys.executable, command, environment)  # noqa: S606
