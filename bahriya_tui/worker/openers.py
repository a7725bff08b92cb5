"""Runs an opener and takes its answers; this side never holds anything but ciphertext."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, fields
from typing import Any

from bahriya_tui.model.check import CheckResult
from bahriya_tui.model.deployment import Isolation
from bahriya_tui.model.errors import Failed, error_in
from bahriya_tui.vault.record import RecordUnreadable
from bahriya_tui.worker import log

_ENVIRONMENT = ("LANG", "LC_ALL", "SSL_CERT_DIR", "SSL_CERT_FILE", "TZ")
"""All that an opener may know of its surroundings."""
_START_SECONDS = 20.0
"""For starting an interpreter on a machine that is busy."""
_CHECK_SECONDS = 20.0
_RESEAL_SECONDS = 30.0
_RESULT = tuple(field.name for field in fields(CheckResult))
_running: "set[subprocess.Popen[bytes]]" = set()

Line = dict[str, Any]


class NoAnswer(Failed):
    """The opener ended without a word: it was killed, or broke."""


@dataclass(frozen=True, slots=True)
class Closed:
    """What an opener says of itself at its end."""

    plaintext_ms: float
    """How long the credential was open; 0 when no region was there to open it for."""
    isolation: Isolation


class Opener:
    """An opener, or a reader of pull secrets, that knows nothing yet; it answers one request.

    It ends with the thread that made it, which therefore has to stay until it has answered.
    """

    def __init__(self, module: str = "bahriya_tui.opener", called: str = "opener") -> None:
        self._called = called
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-m", module, str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
            cwd="/",
        )
        _running.add(self._process)

    @contextmanager
    def asked(self, request: Line, seconds: float) -> Iterator[Iterator[Line]]:
        """Ask it, and give what it says; it ends with the block, at the latest after so many seconds.

        The answers raise the error that it tells, and `NoAnswer` where one more is wanted than it gave.
        """
        deadline = threading.Timer(seconds, self._process.kill)
        deadline.daemon = True
        deadline.start()
        try:
            yield _answers(self._process, request, self._called)
        finally:
            deadline.cancel()
            self.end()

    @property
    def alive(self) -> bool:
        """Whether it can still be asked."""
        return self._process.poll() is None

    def end(self) -> None:
        """End it, whether it was asked or not."""
        self._process.kill()
        with suppress(BrokenPipeError):
            self._process.__exit__(None, None, None)
        _running.discard(self._process)


class Standby:
    """Keeps one opener loaded, since loading takes longer than all else that an opener does."""

    def __init__(self) -> None:
        self._next: Opener | None = None
        self._guard = threading.Lock()

    def prepare(self) -> None:
        """Start the next opener unless one stands by. The calling thread has to stay."""
        with self._guard:
            self._next = self._ready() or Opener()

    def take(self) -> Opener:
        """Give the one that stands by, or a fresh one."""
        with self._guard:
            ready, self._next = self._ready(), None
        return ready or Opener()

    def _ready(self) -> Opener | None:
        """Give the one that stands by; one that was killed meanwhile is let go of."""
        if self._next is not None and not self._next.alive:
            self._next.end()
            return None
        return self._next


def open_and_apply(request: Line, on_answer: Callable[[Line], None], opener: Opener | None = None) -> Closed:
    """Have a credential opened and sent; give how long its plaintext lived, and how well it was isolated.

    `on_answer` is called with each region's answer as it comes; `opener` is one that was started before.
    Raises `Failed` or `Locked` with the opener's reason, and `NoAnswer` when it ends without one.
    """
    seconds = _START_SECONDS + request["connect_timeout"] + request["answer_timeout"]
    with (opener or Opener()).asked(request, seconds) as lines:
        while (line := next(lines))["result"] != "closed":
            on_answer(line)
        return Closed(float(line["plaintext_ms"]), line["level"])


def check(request: Line) -> Line:
    """Have a credential tried at its registry; give the `CheckResult` as a dictionary."""
    with Opener().asked(request, _START_SECONDS + _CHECK_SECONDS) as lines:
        line = next(lines)
        return {name: line[name] for name in _RESULT}


def reseal(request: Line) -> Iterator[Line]:
    """Have stored credentials sealed again; give what became of each row as it comes."""
    with Opener().asked(request, _START_SECONDS + _RESEAL_SECONDS) as lines:
        while (line := next(lines))["result"] != "closed":
            yield line


def adopt(request: Line) -> Line:
    """Have somebody else's pull secret read in its region; give what it says, or one of its logins sealed."""
    seconds = _START_SECONDS + request["connect_timeout"] + request["answer_timeout"]
    with Opener("bahriya_tui.reader.pull_secret", "reader").asked(request, seconds) as lines:
        return next(lines)


def end_openers() -> None:
    """End every opener of this process, at once; whoever waits for one gets `Failed`."""
    for process in list(_running):
        process.kill()


def _answers(process: "subprocess.Popen[bytes]", request: Line, called: str) -> Iterator[Line]:
    assert process.stdin is not None and process.stdout is not None  # noqa: S101, PT018
    with suppress(BrokenPipeError):
        process.stdin.write(json.dumps(request).encode())
        process.stdin.close()
    for text in process.stdout:
        if not text.endswith(b"\n"):
            # It was killed while it spoke.
            break
        line: Line = json.loads(text)
        told = line.get("result") or line.get("kind") or "what it read"
        log.debug(f"{called} says {told}", region=line.get("region"), pid=process.pid)
        if error := error_in(line):
            raise RecordUnreadable(line["why"]) if line.get("why") else error
        yield line
    raise NoAnswer(f"the {called} ended without an answer", "see the worker's log")
