"""A process on a pseudo-terminal of its own, and the keys that are pressed there."""

import fcntl
import os
import select
import subprocess
import sys
import termios
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.processes import writable_memory

DEADLINE = 120.0


class Terminal:
    """The outer end of the pseudo-terminal; remembers all that was shown."""

    def __init__(self, descriptor: int, process: "subprocess.Popen[bytes]") -> None:
        self.descriptor = descriptor
        self.process = process
        self.shown = b""

    def wait_for(self, text: bytes, since: int = 0) -> int:
        """Read until `text` was shown; give the position behind it."""
        until = time.monotonic() + DEADLINE
        while text not in self.shown[since:]:
            ready, _, _ = select.select([self.descriptor], [], [], max(0.0, until - time.monotonic()))
            assert ready, f"{text!r} was never shown, but {self.shown!r}"
            self.shown += os.read(self.descriptor, 4096)
        return self.shown.index(text, since) + len(text)

    def press(self, keys: bytes) -> None:
        """Type or paste."""
        while keys:
            keys = keys[os.write(self.descriptor, keys[:512]) :]
            self._take()

    def memory(self) -> bytes:
        """Everything in the process's writable memory."""
        return writable_memory(self.process.pid)

    def echoes(self) -> bool:
        """Tell whether keys are shown now."""
        return bool(termios.tcgetattr(self.descriptor)[3] & termios.ECHO)

    def _take(self) -> None:
        # Reading fails where the process has shown its last word and ended.
        with suppress(OSError):
            while select.select([self.descriptor], [], [], 0)[0]:
                self.shown += os.read(self.descriptor, 4096)


@contextmanager
def on_terminal(program: str, arguments: Sequence[str], home: Path) -> Iterator[Terminal]:
    """Run Python code in the foreground of a new pseudo-terminal; it ends with the block."""
    outer, inner = os.openpty()
    process = subprocess.Popen(
        [sys.executable, "-I", "-c", program, *arguments],
        stdin=inner,
        stdout=inner,
        stderr=inner,
        cwd=home,
        env={**os.environ, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"},
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    )
    os.close(inner)
    try:
        yield Terminal(outer, process)
    finally:
        process.kill()
        process.wait()
        os.close(outer)
