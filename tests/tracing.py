"""Writes down which steps from line to line a process takes, at once and to a file that was opened before.

So a process that is killed, locked in or left by `os._exit` has told everything, and runs as it always does.
Loaded by every interpreter of the environment that `tests.coverage` makes; must import nothing of ours.
"""

import os
import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

Trace = Callable[[FrameType, str, Any], Any]


def start(record: str, folders: tuple[str, ...]) -> None:
    """Append lines `file from to` to `record` for the code below `folders`, in all threads.

    As in coverage.py's arcs, a code object is entered from, and left to, its first line with a minus sign.
    """
    out = os.open(record, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
    seen: set[tuple[str, int, int]] = set()

    def enter(frame: FrameType, _event: str, _argument: object) -> Trace | None:
        return _Steps(frame, step).trace if frame.f_code.co_filename.startswith(folders) else None

    def step(file: str, before: int, after: int) -> None:
        if (file, before, after) not in seen:
            seen.add((file, before, after))
            os.write(out, f"{file} {before} {after}\n".encode())

    threading.settrace(enter)
    sys.settrace(enter)


class _Steps:
    """Follows one call; a generator's is followed from each time it goes on."""

    def __init__(self, frame: FrameType, step: Callable[[str, int, int], None]) -> None:
        self._step = step
        self._file = frame.f_code.co_filename
        self._outside = -frame.f_code.co_firstlineno
        starts = frame.f_lineno <= frame.f_code.co_firstlineno
        self._line = self._outside if starts else frame.f_lineno
        self._thrown = False

    def trace(self, frame: FrameType, event: str, argument: Any) -> Trace:
        # Where an exception leads is no step that the line before it chose.
        if event == "line":
            self._step(self._file, frame.f_lineno if self._thrown else self._line, frame.f_lineno)
            self._line, self._thrown = frame.f_lineno, False
        elif event == "return" and not self._thrown:
            self._step(self._file, self._line, self._outside)
        elif event == "exception":
            # This one only ends a loop.
            self._thrown = not issubclass(argument[0], StopIteration)
        return self.trace
