"""Starts an opener and listens to it; runs in the worker, which never sees what the opener opens."""

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

from bahriya_tui.launch.environment import scrubbed
from bahriya_tui.model.errors import Failed, Locked

_START_SECONDS = 10.0
_CHECK_SECONDS = 20.0


def open_and_apply(request: dict[str, Any], on_answer: Callable[[dict[str, Any]], None]) -> float:
    """Have one credential sent to the targets of `request`; give the milliseconds it was open.

    Calls back with each target's answer as it comes. Raises `Locked` when the private key is not usable,
    `Failed` when the opener ends without having closed.
    """
    seconds = _START_SECONDS + float(request["connect_timeout"]) + float(request["answer_timeout"])
    closed: dict[str, Any] | None = None
    for answer in _answers(request, seconds):
        if answer["result"] == "closed":
            closed = answer
        else:
            on_answer(answer)
    if closed is None:
        raise Failed("the opener ended before it was done", "deploy again; if it stays, see the worker's log")
    return float(closed["plaintext_ms"])


def check(request: dict[str, Any]) -> dict[str, Any]:
    """Have one credential tried at its registry; give the check's result as data."""
    for answer in _answers({**request, "targets": []}, _CHECK_SECONDS):
        if answer["result"] == "checked":
            return {name: value for name, value in answer.items() if name != "result"}
    raise Failed("the credential check ended without a result", "try again")


def _answers(request: dict[str, Any], seconds: float) -> "list[dict[str, Any]] | Any":
    """Run one opener and yield its answers; it is killed when it takes longer than `seconds`."""
    process = subprocess.Popen(
        [sys.executable, "-I", "-m", "bahriya_tui.opener"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=scrubbed(),
        cwd="/",
    )
    if process.stdin is None or process.stdout is None:
        raise AssertionError("an opener is always started with pipes")
    deadline = threading.Timer(seconds, process.kill)
    deadline.daemon = True
    deadline.start()
    try:
        try:
            process.stdin.write(json.dumps(request).encode() + b"\n")
            process.stdin.close()
        except BrokenPipeError:
            raise Failed("the opener ended before it began", "see the worker's log") from None
        for line in process.stdout:
            answer = json.loads(line)
            if answer["result"] == "locked":
                raise Locked(answer["message"], answer["hint"])
            if answer["result"] == "failed":
                raise Failed(answer["message"], answer["hint"])
            yield answer
    finally:
        deadline.cancel()
        process.kill()
        process.stdout.close()
        process.wait()
