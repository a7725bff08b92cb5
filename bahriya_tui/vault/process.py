"""How a process of the vault ends: with one JSON line on standard output, and no way back."""

import json
import os
import sys
from collections.abc import Callable
from typing import Any, NoReturn

from bahriya_tui.model.errors import BahriyaError, Failed, Locked
from bahriya_tui.vault.undumpable import make_undumpable

_CANCELLED = 130


def run(work: Callable[[], dict[str, Any]]) -> NoReturn:
    """Do `work` closed to others, tell its answer or its error, and end the process: exit is the discard.

    What an unforeseen exception says could hold a key: only its name is told.
    """
    make_undumpable()
    try:
        answer, code = work(), 0
    except KeyboardInterrupt:
        os._exit(_CANCELLED)
    except BahriyaError as error:
        answer, code = {"message": error.message, "hint": error.hint}, error.exit_code
    except OSError as error:
        told = Locked(f"{error.filename or 'a key'} cannot be used ({error.strerror})", "look at its mode")
        answer, code = {"message": told.message, "hint": told.hint}, told.exit_code
    except Exception as error:
        answer = {"message": f"the vault's process failed: {type(error).__name__}", "hint": "try again"}
        code = Failed.exit_code
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()
    os._exit(code)
