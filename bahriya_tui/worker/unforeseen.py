"""Errors nobody foresaw: where they came from goes to the log, their text nowhere: it may quote a region."""

import traceback

from bahriya_tui.worker.log import say


def report(error: Exception) -> str:
    """Print where `error` was raised, and give one line for the operator that names its type only."""
    name = type(error).__name__
    say(name, *traceback.format_tb(error.__traceback__))
    return f"internal error ({name}); see the worker's log"
