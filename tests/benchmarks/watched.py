"""A program in a pseudo-terminal, seen from outside: what it writes, and what CPU and memory it takes for it.

Bytes are exact and repeat; CPU depends on the machine and what else it does, so the median of several counts.
"""

import os
import re
import select
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.processes import children
from tests.tui.terminal import BAHRIYA, Terminal

ROWS, COLUMNS = 36, 120
_QUIET_SECONDS = 0.2
"""So long without a byte, an answer is complete."""
_LONGEST_SECONDS = 60.0
_ASKED = re.compile(rb"\x1b\[\?2026\$p")
_CAN = b"\x1b[?2026;2$y"


@dataclass(frozen=True)
class Taken:
    """What a program did for one key: bytes, milliseconds of CPU, milliseconds until its first byte."""

    bytes: float
    cpu: float
    first: float


class Watched(Terminal):
    """A terminal that knows synchronised frames, keeps the time, and emulates a screen only when asked."""

    def __init__(self, environment: dict[str, str], command: Sequence[str] = BAHRIYA) -> None:
        self._asked = self._fed = 0
        self.last = time.perf_counter()
        """When the last byte came."""
        super().__init__({**environment, "COLORTERM": "truecolor"}, command)
        self.resize(ROWS, COLUMNS)

    def take(self, seconds: float = 0.0) -> None:
        """Take what is sent within `seconds`, and answer what a terminal is asked."""
        while select.select([self.ours], [], [], seconds)[0]:
            try:
                read = os.read(self.ours, 65536)
            except OSError:
                return
            self.sent += read
            self.last = time.perf_counter()
            for _ in _ASKED.finditer(self.sent, self._asked):
                os.write(self.ours, _CAN)
                self._asked = len(self.sent)
            seconds = 0.0

    @property
    def text(self) -> str:
        """What stands on the screen."""
        self.feed(self.sent[self._fed :])
        self._fed = len(self.sent)
        return super().text

    def settle(self, quiet: float = _QUIET_SECONDS) -> None:
        """Wait until nothing was sent for a while."""
        begun = time.perf_counter()
        while time.perf_counter() - max(self.last, begun) < quiet:
            self.take(0.02)
            assert time.perf_counter() - begun < _LONGEST_SECONDS, "it never stops writing"

    def key(self, keys: str) -> Taken:
        """Press a key and wait for the end of the answer."""
        sent, cpu, begun = len(self.sent), self.cpu(), time.perf_counter()
        self.press(keys)
        first = float("nan")
        while len(self.sent) == sent and time.perf_counter() - begun < 1:
            self.take(0.005)
        if len(self.sent) > sent:
            first = (time.perf_counter() - begun) * 1000
        self.settle()
        return Taken(len(self.sent) - sent, (self.cpu() - cpu) * 1000, first)

    def typical(self, keys: Sequence[str]) -> Taken:
        """Press these keys one after another and give the medians."""
        taken = [self.key(one) for one in keys]
        return Taken(
            *(statistics.median(getattr(one, name) for one in taken) for name in Taken.__match_args__)
        )

    def processes(self) -> list[int]:
        """Give the program's process and its child, if it has one."""
        return [self.process.pid, *children(self.process.pid)]

    def cpu(self) -> float:
        """Give the seconds of CPU that the program has used so far."""
        return sum(_each(self.processes(), _cpu))

    def memory(self) -> float:
        """Give the most memory that its largest process had, in MB."""
        return max(_each(self.processes(), _memory))


def _each(processes: Sequence[int], measure: Callable[[int], float]) -> list[float]:
    return [measure(one) for one in processes]


def _cpu(process: int) -> float:
    tasks = Path(f"/proc/{process}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9


def _memory(process: int) -> float:
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:"))
