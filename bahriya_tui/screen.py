"""Whether there is a terminal that can show screens."""

import os
import sys

from bahriya_tui.model.errors import BadInput


def require_screen() -> None:
    """Raise `BadInput` without a terminal on both sides, or with one that cannot place text."""
    if not sys.stdin.isatty() or not sys.stdout.isatty() or os.environ.get("TERM", "dumb") == "dumb":
        raise BadInput(
            "the screens need a terminal, with TERM set",
            "over SSH use `ssh -t`; for commands see `bahriya --help`",
        )
