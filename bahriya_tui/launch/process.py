"""Runs one of our own short processes and takes what it says: JSON lines, the last one perhaps an error."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress

from bahriya_tui.launch.channel import Line
from bahriya_tui.launch.environment import allowed
from bahriya_tui.model.errors import BahriyaError, Cancelled, Failed, error_in

_END_SECONDS = 2.0
_running: "set[subprocess.Popen[bytes]]" = set()


def run_process(
    module: str,
    arguments: Sequence[str],
    *,
    stdin: int | None = subprocess.DEVNULL,
    environment: Mapping[str, str] | None = None,
    timeout: float | None = 30.0,
) -> Iterator[Line]:
    """Run `module` in a fresh interpreter and give its lines as they come; raise the model error it told.

    `stdin` None lets it inherit ours. Raises `Failed` when it crashed or needed more than `timeout` seconds.
    Who stops listening before the end ends the process.
    """
    last: Line = {}
    with ExitStack() as afterwards:
        with ctrl_c_held_back():
            process = subprocess.Popen(
                [sys.executable, "-I", "-m", module, *arguments],
                stdin=stdin,
                stdout=subprocess.PIPE,
                env=allowed(os.environ) if environment is None else dict(environment),
            )
            afterwards.enter_context(_ended_afterwards(process))
        late = afterwards.enter_context(_killed_after(timeout, process))
        assert process.stdout is not None  # noqa: S101
        for text in process.stdout:
            last = _line(text)
            # An error is for the exit code to raise.
            if last and error_in(last) is None:
                yield last
        code = process.wait()
    if late.is_set():
        raise Failed(f"{module} did not end within {timeout:g} s", "try again")
    if code != 0:
        raise _error(module, code, last)


@contextmanager
def ctrl_c_held_back() -> Iterator[None]:
    """Have the children that are started in the block inherit SIGINT blocked.

    An interpreter that is interrupted at start-up prints a traceback. The process that asked still gets
    Ctrl-C, and ends the child; children that run other people's programs unblock it themselves.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def ends_with_us(process: "subprocess.Popen[bytes]") -> None:
    """Have `end_processes` end one too that was not started here."""
    _running.add(process)


def end_processes() -> None:
    """End every process that still runs here, so that each can put back what it changed of the terminal."""
    for process in list(_running):
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(_END_SECONDS)


@contextmanager
def lifeline() -> Iterator[int]:
    """Give the end of a pipe that closes with this process: a reader that nobody waits for must not stay."""
    theirs, ours = os.pipe()
    try:
        yield theirs
    finally:
        os.close(theirs)
        os.close(ours)


@contextmanager
def _ended_afterwards(process: "subprocess.Popen[bytes]") -> Iterator[None]:
    _running.add(process)
    try:
        with process:
            try:
                yield
            finally:
                if process.poll() is None:
                    process.terminate()
    finally:
        _running.discard(process)


@contextmanager
def _killed_after(seconds: float | None, process: "subprocess.Popen[bytes]") -> Iterator[threading.Event]:
    """Kill the process when its time is over, which sets the event."""
    late = threading.Event()
    if seconds is None:
        yield late
        return

    def end() -> None:
        late.set()
        process.kill()

    deadline = threading.Timer(seconds, end)
    deadline.daemon = True
    deadline.start()
    try:
        yield late
    finally:
        deadline.cancel()


def _line(text: bytes) -> Line:
    try:
        line = json.loads(text)
    except ValueError:
        return {}
    return line if isinstance(line, dict) else {}


def _error(module: str, code: int, last: Line) -> BahriyaError:
    """Give the error that a process ended with."""
    if code in (Cancelled.exit_code, -signal.SIGINT, -signal.SIGTERM):
        return Cancelled("cancelled", "nothing was changed")
    return error_in(last) or Failed(f"{module} ended with {code}", "see its output above")
