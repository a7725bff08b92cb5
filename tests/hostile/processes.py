"""Finds the processes of one installation through /proc alone, whoever started them and however."""

import os
from dataclasses import dataclass
from pathlib import Path

from tests.processes import children, pids, read, state_and_parent
from tests.worker.desk import until

OPENER = b"\0bahriya_tui.opener\0"
READER = b"\0bahriya_tui.reader."
HOLDER = b"\0bahriya_tui.custody.holder\0"
WORKER = b"\0bahriya_tui.worker\0"


@dataclass(frozen=True)
class Process:
    """One process as it was when it was looked at."""

    pid: int
    parent: int
    command: bytes

    @property
    def may_hold_tokens(self) -> bool:
        """Whether it is one of the processes that tokens, or the passphrase, are meant for."""
        return any(mark in self.command for mark in (OPENER, READER, HOLDER))


def of(home: Path) -> list[Process]:
    """List every process that was started with this home, and all that descend from one that was."""
    mark = b"BAHRIYA_HOME=" + os.fsencode(home) + b"\0"
    listed = {pid: found for pid in pids() if (found := _look(pid)) is not None}
    ours = {pid for pid in listed if mark in read(pid, "environ")}
    grown = True
    while grown:
        more = {pid for pid, one in listed.items() if one.parent in ours} - ours
        ours |= more
        grown = bool(more)
    return [listed[pid] for pid in sorted(ours)]


def of_kind(home: Path, mark: bytes) -> list[int]:
    """Give the processes of this home whose command holds `mark`."""
    return [one.pid for one in of(home) if mark in one.command]


def openers(home: Path) -> list[int]:
    """Give the openers of this home that have locked themselves in; one that stands by knows nothing yet.

    The reader of somebody else's pull secret does as they do.
    """
    return [pid for mark in (OPENER, READER) for pid in of_kind(home, mark) if _is_locked_in(pid)]


def locked_in(workers: list[int]) -> list[int]:
    """Give the children of workers that have locked themselves in; quick, as it looks nowhere else."""
    return [child for pid in workers for child in children(pid) if _is_locked_in(child)]


def worker(home: Path) -> int:
    """Give the worker of this home, once those that were started beside it have ended."""
    until(lambda: len(of_kind(home, WORKER)) == 1, say=lambda: of(home))
    (pid,) = of_kind(home, WORKER)
    return pid


def _look(pid: int) -> Process | None:
    """Give a process, None when it is gone or has ended already."""
    known = state_and_parent(pid)
    if known is None or known[0] in "ZX":
        return None
    return Process(pid, known[1], read(pid, "cmdline"))


def _is_locked_in(pid: int) -> bool:
    return b"\nSeccomp:\t2\n" in read(pid, "status")
