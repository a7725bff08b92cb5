"""Keeps the trace of a command that broke: where it broke, never the values it held."""

import traceback

from bahriya_tui.logfile import LogFile
from bahriya_tui.model.clock import now
from bahriya_tui.places import places
from bahriya_tui.sharing import file_mode

_UNWRITTEN = "its trace could not be written"


def recorded() -> str:
    """Write the current exception's trace into the log folder, without its message; gives the hint for it."""
    import sys

    kind, _, trace = sys.exc_info()
    frames = "".join(traceback.format_tb(trace))
    try:
        found = places()
        found.prepare()
    except OSError:
        return _UNWRITTEN
    path = found.logs / "errors.log"
    entry = f"{now()} {kind.__name__ if kind else 'unknown'}\n{frames}\n"
    written = LogFile(path, mode=file_mode(found.logs), older=1).write(
        entry.encode("utf-8", "backslashreplace")
    )
    return f"its trace is in {path}" if written else _UNWRITTEN
