"""The screens over a real pseudo-terminal of 120x36: bytes for a slow line, CPU, memory, and waiting time."""

import compileall
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import bahriya_tui
from tests.benchmarks.filled import Stream, fill
from tests.benchmarks.watched import Taken, Watched

MINIMAL = (sys.executable, "-m", "tests.benchmarks.minimal")
MOST_TIMES_MINIMAL = 1.25
MOST_MEGABYTES = 60.0
MOST_CURSOR_BYTES = 400.0
MOST_TIMES_FEW_ROWS = 1.5
"""For a cursor key among many rows; "the same time", as far as milliseconds of CPU repeat."""
MOST_PAGE_BYTES, MOST_PAGE_MS, MOST_FILTER_MS = 8 * 1024.0, 20.0, 100.0
MOST_DIALOG_BYTES, MOST_SCREEN_BYTES = 12 * 1024.0, 15 * 1024.0
MOST_STREAM_PERCENT, MOST_STREAM_BYTES, MOST_STREAM_MS = 25.0, 50 * 1024.0, 50.0
MOST_QUIT_SECONDS = 0.5
_STREAM_SECONDS = 6.0
_DATA = b"ghcr.io"
_DOWN, _PAGE_DOWN, _PAGE_UP, _ESCAPE = "\x1b[B", "\x1b[6~", "\x1b[5~", "\x1b"


@dataclass(frozen=True)
class Asked:
    """What is measured."""

    rows: tuple[int, ...] = (100, 10_000, 100_000)
    rounds: int = 5
    """Starts of ours and of the minimal application, in turns; the median counts."""


def report(asked: Asked) -> bool:
    """Measure, print each line of the table, and tell whether no bound was missed."""
    bench = Bench(asked)
    # As an installation does; from its sources the product would compile them at each start.
    compileall.compile_dir(Path(bahriya_tui.__file__).parent, quiet=1)
    with tempfile.TemporaryDirectory() as name:
        homes = {rows: Path(name) / str(rows) for rows in asked.rows}
        for rows, home in homes.items():
            fill(_database(home), rows)
        few = homes[asked.rows[0]]
        bench.starts(few)
        cursor = 0.0
        for rows, home in homes.items():
            print(f"\n{rows} rows", flush=True)
            cursor = bench.lists(home, cursor)
        print()
        bench.streams(few)
    for one in bench.missed:
        print(f"missed: {one}")
    return not bench.missed


class Bench:
    """Takes the measurements, prints them, and keeps what was missed."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._where = ""
        self.missed: list[str] = []

    def starts(self, home: Path) -> None:
        """Measure the CPU from exec to the first frame with data, and until the whole of it is drawn."""
        ours, whole, least, memory = [], [], [], []
        for _ in range(self._asked.rounds):
            with _bahriya(home) as started:
                started.wait(lambda: _DATA in started.sent, "data")
                ours.append(started.cpu())
                started.settle()
                whole.append(started.cpu())
                memory.append(started.memory())
            with _watched({**os.environ}, MINIMAL) as started:
                started.wait(lambda: _DATA in started.sent, "a word")
                least.append(started.cpu())
        mine, others = statistics.median(ours), statistics.median(least)
        print(f"  CPU to the first frame: {mine * 1000:.0f} ms, a minimal application {others * 1000:.0f} ms")
        print(f"  until all is drawn and keys are answered: {statistics.median(whole) * 1000:.0f} ms")
        self._check(
            "CPU to the first frame", mine / others, MOST_TIMES_MINIMAL, "times a minimal application", 2
        )
        self._check("memory", max(memory), MOST_MEGABYTES, "MB")

    def lists(self, home: Path, few: float) -> float:
        """Measure keys in a list; give the CPU of a cursor key, to compare with among more rows (`few`)."""
        self._where = f" at {home.name} rows"
        with _bahriya(home) as screens:
            screens.until("Registries", "ghcr.io")
            screens.settle()
            self._bytes("first switch to a screen", screens.typical(["2", "3", "4"]), MOST_SCREEN_BYTES)
            screens.key("2")
            self._bytes("switch to a screen", screens.typical(["3", "2", "4", "2"]), MOST_SCREEN_BYTES)
            self._bytes("open the help", _opened(screens, "?"), MOST_DIALOG_BYTES)
            self._bytes("open a form", _opened(screens, "n"), MOST_DIALOG_BYTES)
            self._bytes("close it", screens.key(_ESCAPE), MOST_DIALOG_BYTES)
            cursor = screens.typical([_DOWN] * 20)
            self._bytes("cursor key", cursor, MOST_CURSOR_BYTES)
            if few:
                self._check("cursor key", cursor.cpu / few, MOST_TIMES_FEW_ROWS, "times that of few rows", 2)
            page = screens.typical([_PAGE_DOWN, _PAGE_UP] * 10)
            self._bytes("page down", page, MOST_PAGE_BYTES, MOST_PAGE_MS)
            screens.key("/")
            filtering = screens.typical("app-0000")
            self._bytes("filter", filtering, MOST_PAGE_BYTES, MOST_FILTER_MS)
        return cursor.cpu

    def streams(self, home: Path) -> None:
        """Measure a deployment being watched, keys meanwhile, and leaving."""
        self._where = ""
        with Stream(_database(home)), _bahriya(home) as screens:
            screens.until("ghcr.io")
            screens.press("4")
            screens.until("everywhere")
            screens.press("\r")
            screens.until("region-01", "replicas updated")
            sent, cpu, begun = len(screens.sent), screens.cpu(), time.perf_counter()
            while time.perf_counter() - begun < _STREAM_SECONDS:
                screens.take(0.05)
            seconds = time.perf_counter() - begun
            self._check(
                "50 regions streaming",
                (screens.cpu() - cpu) / seconds * 100,
                MOST_STREAM_PERCENT,
                "% of a core",
            )
            self._check(
                "50 regions streaming",
                (len(screens.sent) - sent) / seconds,
                MOST_STREAM_BYTES,
                "bytes a second",
            )
            waits = [_answered(screens, line) for line in range(2, 12)]
            self._check("a key meanwhile", statistics.median(waits), MOST_STREAM_MS, "ms")
            begun = time.perf_counter()
            screens.press("q")
            assert screens.ended() == 0
            self._check("quit", time.perf_counter() - begun, MOST_QUIT_SECONDS, "s", 2)

    def _bytes(self, what: str, taken: Taken, most: float, ms: float | None = None) -> None:
        numbers = f"{taken.bytes:8.0f} bytes{taken.cpu:8.1f} ms CPU{taken.first:8.1f} ms to answer"
        print(f"  {what:<24}{numbers}", flush=True)
        self._judge(what, taken.bytes, most, "bytes")
        if ms is not None:
            self._judge(what, taken.cpu, ms, "ms of CPU", 1)

    def _check(self, what: str, found: float, most: float, unit: str, digits: int = 0) -> None:
        print(f"  {what:<24}{found:8.{digits}f} {unit} (at most {most:g})", flush=True)
        self._judge(what, found, most, unit, digits)

    def _judge(self, what: str, found: float, most: float, unit: str, digits: int = 0) -> None:
        if found > most:
            self.missed.append(f"{what}{self._where}: {found:.{digits}f} {unit}, at most {most:g}")


def _database(home: Path) -> Path:
    database = home / "store" / "bahriya.db"
    database.parent.mkdir(parents=True, exist_ok=True)
    return database


@contextmanager
def _watched(environment: dict[str, str], command: Sequence[str] | None = None) -> Iterator[Watched]:
    terminal = Watched(environment, command) if command else Watched(environment)
    try:
        yield terminal
    finally:
        terminal.close()


def _bahriya(home: Path) -> AbstractContextManager[Watched]:
    return _watched({**os.environ, "BAHRIYA_HOME": str(home)})


def _opened(screens: Watched, key: str) -> Taken:
    """Press a key that opens a dialog, and leave that one again unless it is measured further."""
    taken = screens.key(key)
    if key == "?":
        screens.key(_ESCAPE)
    return taken


def _answered(screens: Watched, line: int) -> float:
    """Give the milliseconds until the cursor stands on `line` after a key, whatever else is written."""
    begun = time.perf_counter()
    screens.press(_DOWN)
    screens.wait(lambda: any(f"▌ region-{line:02}" in one for one in screens.text.split("\n")), "the cursor")
    return (screens.last - begun) * 1000
