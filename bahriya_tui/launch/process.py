"""Runs one of our own short processes and takes its answer: bytes, or an error told as one JSON line."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence

from bahriya_tui.launch.environment import allowed
from bahriya_tui.model.errors import BadInput, BahriyaError, Failed, InUse, Locked, NotFound

_ERRORS = {error.exit_code: error for error in (Failed, BadInput, InUse, NotFound, Locked)}


class Cancelled(BahriyaError):
    """The operator pressed Ctrl-C; nothing was changed."""

    exit_code = 130


def answer_of(
    module: str,
    arguments: Sequence[str],
    *,
    stdin: int | None = subprocess.DEVNULL,
    environment: Mapping[str, str] | None = None,
    timeout: float | None = 30.0,
) -> bytes:
    """Run `module` in a fresh interpreter and give what it printed; raise the model error that it told.

    `stdin` None lets it inherit ours. Raises `Failed` when it crashed or needed more than `timeout` seconds.
    """
    command = [sys.executable, "-I", "-m", module, *arguments]
    try:
        done = subprocess.run(
            command,
            stdin=stdin,
            stdout=subprocess.PIPE,
            env=allowed(os.environ) if environment is None else dict(environment),
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Failed(f"{module} did not end within {timeout:g} s", "try again") from None
    if done.returncode == 0:
        return done.stdout
    raise _told(module, done.returncode, done.stdout)


def _told(module: str, code: int, answer: bytes) -> BahriyaError:
    if code in (Cancelled.exit_code, -signal.SIGINT):
        return Cancelled("cancelled", "nothing was changed")
    try:
        words = json.loads(answer)
        return _ERRORS[code](str(words["message"]), str(words["hint"]))
    except (ValueError, KeyError, TypeError):
        return Failed(f"{module} ended with {code}", "see its output above")
