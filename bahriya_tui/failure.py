"""What is said when a command, the screens or a server end in an error: one line, the same everywhere.

Stands apart from the command line, as the screens start without what that imports.
"""

import sys

from bahriya_tui.model.errors import BahriyaError, Failed, Locked


def as_ours(error: BahriyaError | OSError) -> BahriyaError:
    """Give what an operator should hear about `error`, what may not be used told from the rest."""
    if isinstance(error, BahriyaError):
        return error
    if isinstance(error, PermissionError):
        return Locked(f"{error.filename or 'a file'} may not be used", "look at its owner and mode")
    return Failed(str(error), "see bahriya doctor")


def one_line(message: str, hint: str = "") -> str:
    """Give the line for people, in which nothing is obeyed by a terminal."""
    return f"bahriya: {literal(message)}" + (f"; {literal(hint)}" if hint else "")


def tell(error: BahriyaError | OSError) -> int:
    """Print the line for `error` on standard error, and give the exit code."""
    known = as_ours(error)
    print(one_line(known.message, known.hint), file=sys.stderr)  # noqa: T201
    return known.exit_code


def literal(text: object) -> str:
    """Give `text` with everything unprintable as an escape: control, invisible and direction marks."""
    shown = str(text)
    if shown.isprintable():
        return shown
    return "".join(char if char.isprintable() else _escape(char) for char in shown)


def _escape(char: str) -> str:
    return char.encode("unicode_escape", "backslashreplace").decode("ascii")
