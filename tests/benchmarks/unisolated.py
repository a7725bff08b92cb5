"""`python -m tests.benchmarks.unisolated`: a worker that opens credentials itself, to compare with.

Loads nothing that the worker does not load, for its start is measured too.
"""

import contextlib
import io
import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bahriya_tui.worker import openers as call
from bahriya_tui.worker.openers import Closed, Standby


@contextlib.contextmanager
def unisolated() -> Iterator[None]:
    """Let deployments of this process be opened in this process, as long as the block lasts."""
    from bahriya_tui.worker import opener_calls

    with (
        _instead(opener_calls, "open_and_apply", open_in_the_worker),
        _instead(Standby, "prepare", lambda _: None),
        _instead(Standby, "take", lambda _: None),
    ):
        yield


def open_in_the_worker(request: dict[str, Any], take: Callable[[Any], None], _opener: object) -> Closed:
    """Do what the opener does, in this process and unlocked."""
    from bahriya_tui.custody.holding import open_private
    from bahriya_tui.opener import main as opener
    from bahriya_tui.opener.protocol import Request, read

    asked = read(json.dumps(request).encode())
    assert isinstance(asked, Request)
    key = open_private(Path(asked.key_path))
    told = io.StringIO()
    with _instead(opener, "lock_in", lambda: "process only"), contextlib.redirect_stdout(told):
        opener._apply(asked, key)
    os.close(key)
    *answers, closed = (json.loads(line) for line in told.getvalue().splitlines())
    for answer in answers:
        take(answer)
    return Closed(closed["plaintext_ms"], closed["level"])


@contextlib.contextmanager
def _instead(where: object, name: str, other: object) -> Iterator[None]:
    former = getattr(where, name)
    setattr(where, name, other)
    try:
        yield
    finally:
        setattr(where, name, former)


if __name__ == "__main__":
    with unisolated():
        from bahriya_tui.worker.__main__ import main

        code = main()
    sys.stdout.flush()
    call.end_openers()
    os._exit(code)
