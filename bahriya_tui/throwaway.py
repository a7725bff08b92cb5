"""How a throw-away process ends: with one JSON line on standard output, and no way back."""

import json
import os
import sys
from collections.abc import Callable
from typing import Any, NoReturn

from bahriya_tui.isolation.undumpable import make_undumpable
from bahriya_tui.model.errors import BahriyaError, Failed, Locked, told_by


def say(line: dict[str, Any]) -> None:
    """Tell one line."""
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def run(work: Callable[[], dict[str, Any]], named: str) -> NoReturn:
    """Do `work` closed to others, tell its answer or its error, and end the process: exit is the discard."""
    make_undumpable()
    try:
        answer, code = work(), 0
    except BaseException as error:
        known = as_told(error, named)
        answer, code = told_by(known), known.exit_code
    try:
        say(answer)
    finally:
        os._exit(code)


def as_told(error: BaseException, named: str) -> BahriyaError:
    """Give what may be told: of an unforeseen exception its name, as what it says could hold a secret."""
    if isinstance(error, BahriyaError):
        return error
    if isinstance(error, OSError):
        return Locked(f"{error.filename or 'a file'} cannot be used ({error.strerror})", "look at its mode")
    return Failed(f"the {named} failed: {type(error).__name__}", "try again")
