"""The worker's log, which is its standard error: a line for what no event can tell."""

import sys
from contextlib import suppress


def say(*lines: str) -> None:
    """Write to the log; one that cannot be written, on a full disk say, must not stop the work."""
    with suppress(OSError):
        print(*lines, file=sys.stderr, flush=True)  # noqa: T201
