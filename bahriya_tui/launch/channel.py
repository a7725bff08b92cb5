"""The door between the locked process and its supervisor: one socket, over which each request sends its own.

A request is one JSON document on its socket, to the end; the answer is JSON objects, one a line, and a list
that says how it ended. So several threads may ask at once, and no answer can be taken for another's.
"""

import json
import socket
import threading
from collections.abc import Iterator
from typing import Any

from bahriya_tui.model.errors import BahriyaError, Failed, error_in, told_by

Line = dict[str, Any]
"""One JSON object; all that processes tell each other here."""


class Door:
    """The locked side of the channel."""

    def __init__(self, to_supervisor: socket.socket) -> None:
        self._to_supervisor = to_supervisor
        self._one_at_a_time = threading.Lock()

    def ask(self, verb: str, argument: Line) -> Iterator[Line]:
        """Give the lines of the answer as they come; raises the error it ends with."""
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                try:
                    with self._one_at_a_time:
                        socket.send_fds(self._to_supervisor, [b"?"], [theirs.fileno()])
                except OSError:
                    raise _gone(verb) from None
            ours.sendall(json.dumps([verb, argument]).encode())
            ours.shutdown(socket.SHUT_WR)
            with ours.makefile("rb") as lines:
                for text in lines:
                    line = json.loads(text)
                    if isinstance(line, list):
                        if line:
                            raise error_in(line[0]) or _gone(verb)
                        return
                    yield line
        raise _gone(verb)


def ended(error: BahriyaError | None) -> list[Line]:
    """Give the line that ends an answer: a list, which no other line is; empty where all went well."""
    return [] if error is None else [told_by(error)]


def open_door(to_supervisor: socket.socket) -> None:
    """Let everything in this process ask the supervisor from now on."""
    global _door
    _door = Door(to_supervisor)


def door() -> Door | None:
    """Give the door, or None in a process without a supervisor."""
    return _door


_door: Door | None = None


def _gone(verb: str) -> Failed:
    return Failed(f"the process that does this ended ({verb})", "start bahriya again")
