"""What is left on the terminal after a fault in this program: where it was, never what it held."""

import traceback

from rich.text import Text


def report(error: BaseException | None) -> Text:
    """Name the kind of the error and the lines it passed through; no message, no arguments, no variables."""
    lines = [f"Bahriya stopped because of a fault of its own: {type(error).__name__}"]
    frames = traceback.extract_tb(error.__traceback__)[-6:] if error is not None else []
    lines += [f"  {_short(frame.filename)}:{frame.lineno} in {frame.name}" for frame in frames]
    lines.append("The store is as it was, and deployments go on in the background. Start bahriya again.")
    return Text("\n".join(lines))


def _short(path: str) -> str:
    return "/".join(path.split("/")[-3:])
