"""How a process that held a secret ends: with one JSON line on standard output, and no way back."""

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


def run(work: Callable[[], dict[str, Any]], named: str = "vault's process") -> NoReturn:
    """Do `work` closed to others, tell its answer or its error, and end the process: exit is the discard.

    What an unforeseen exception says could hold a key: only its name is told.
    """
    make_undumpable()
    try:
        answer, code = work(), 0
    except BahriyaError as error:
        answer, code = told_by(error), error.exit_code
    except OSError as error:
        told = Locked(f"{error.filename or 'a key'} cannot be used ({error.strerror})", "look at its mode")
        answer, code = told_by(told), told.exit_code
    except BaseException as error:
        broke = Failed(f"the {named} failed: {type(error).__name__}", "try again")
        answer, code = told_by(broke), broke.exit_code
    say(answer)
    os._exit(code)
