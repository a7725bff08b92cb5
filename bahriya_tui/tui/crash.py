"""What is left on the terminal: after a fault in this program where it was, never what it held."""

import traceback

from rich.text import Text
from textual.app import App

from bahriya_tui.tui.present.text import literal


class PlainEnd(App[None]):
    """An application that ends with a few lines; the stock report prints the variables of every frame."""

    def _fatal_error(self) -> None:
        self._exit_renderables.append(report(self._exception))
        self._close_messages_no_wait()

    def _handle_exception(self, error: Exception) -> None:
        self._return_code = 1
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
        self._fatal_error()


def report(error: BaseException | None) -> Text:
    """Name the kind of the error and the lines it passed through; no message, no arguments, no variables."""
    lines = [f"Bahriya stopped because of a fault of its own: {type(error).__name__}"]
    frames = traceback.extract_tb(error.__traceback__)[-6:] if error is not None else []
    lines += [f"  {_short(frame.filename)}:{frame.lineno} in {frame.name}" for frame in frames]
    lines.append("The store is as it was, and deployments go on in the background. Start bahriya again.")
    return Text("\n".join(lines))


def parting(doing: str) -> Text | None:
    """Say what becomes of what was being done when the operator left; None where nothing was."""
    told = f"Left while {literal(doing)}: what the worker was asked for goes on, the rest is taken back."
    return Text(told) if doing else None


def _short(path: str) -> str:
    return "/".join(path.split("/")[-3:])
