"""Running a process and finding out what it cost, with all that it started and waited for."""

import os
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Cost:
    """What one run took: seconds until it was done, seconds of CPU, most memory in MB, and requests."""

    wall: float
    cpu: float
    memory: float = 0.0
    requests: str = ""
    """Requests per region; with several, how few and how many."""
    note: str = ""


def timed(
    command: Sequence[str],
    ended: Callable[["subprocess.Popen[bytes]"], float] = lambda process: _end(process),
    environment: Mapping[str, str] | None = None,
    *,
    stop: bool = False,
) -> Cost:
    """Run a command to its end; `ended` waits until it is done with what counts, and gives the instant.

    One that does not end by itself is told to then (`stop`).
    """
    begun = time.time()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment)
    assert process.stdout is not None
    with process.stdout:
        done = ended(process)
        memory = _memory(process.pid)
        if stop:
            process.terminate()
        _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, f"{command[0]} ended with {process.returncode}"
    return Cost(done - begun, used.ru_utime + used.ru_stime, memory or used.ru_maxrss / 1024)


def _end(process: "subprocess.Popen[bytes]") -> float:
    """Wait for the end, without taking note of it: what the process used has to be asked for then."""
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    return time.time()


def _memory(pid: int) -> float:
    """Give the most memory a living process had, in MB; 0 for one that has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:")), 0.0)
