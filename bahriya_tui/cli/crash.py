"""Keeps the trace of a command that broke: where it broke, never the values it held."""

import os
import traceback

from bahriya_tui.model.clock import now
from bahriya_tui.places import places


def recorded() -> str:
    """Write the current exception's trace into the log folder, without its message; gives the hint for it."""
    import sys

    kind, _, trace = sys.exc_info()
    frames = "".join(traceback.format_tb(trace))
    try:
        found = places()
        found.prepare()
        path = found.logs / "errors.log"
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "a") as log:
            log.write(f"{now()} {kind.__name__ if kind else 'unknown'}\n{frames}\n")
    except OSError:
        return "its trace could not be written"
    return f"its trace is in {path}"
