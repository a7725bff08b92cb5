"""Errors nobody foresaw: where they came from goes to the log, their text nowhere: it may quote a region."""

from bahriya_tui.worker import log


def report(error: Exception) -> str:
    """Log where `error` was raised, and give one line for the operator that names its type only."""
    log.error(f"internal error: {log.origin(error)}")
    return f"internal error ({type(error).__name__}); see the worker's log"
