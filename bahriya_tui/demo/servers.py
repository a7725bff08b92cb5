"""Starts and ends what the demo needs: the process with the regions and the registry, and a worker."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from bahriya_tui.model.errors import Failed
from bahriya_tui.places import Places

PACE = 0.25
"""Seconds a step of a rollout takes: long enough to watch, short enough not to wait."""


@dataclass(frozen=True, slots=True)
class Servers:
    """What runs, and where its doors are."""

    kubeconfig: Path
    registry: str
    """`127.0.0.1:PORT` of the embedded registry."""
    token_files: dict[str, Path]
    """Per user of the registry, the file that holds the user's token of today."""
    process: subprocess.Popen[bytes]
    answers: IO[bytes]

    def change_tokens(self) -> None:
        """Let the registry give every user a new token; the old ones are refused from then on."""
        self.process.send_signal(signal.SIGHUP)
        self.answers.readline()


@contextmanager
def running_servers(found: Places, pace: float = PACE) -> Iterator[Servers]:
    """Start the servers and a worker; end them on the way out, or when this process dies."""
    reading, writing = os.pipe()
    home = str(found.store.parent)
    try:
        keeper = _start(found, reading, "demo.keeper", home, "--pace", str(pace), answers=True)
        worker = _start(found, reading, "worker")
    finally:
        os.close(reading)
    try:
        if keeper.stdout is None or not (line := keeper.stdout.readline()):
            raise Failed("the embedded regions did not start", f"see {found.logs}")
        doors = json.loads(line)
        files = {user: Path(path) for user, path in doors["token_files"].items()}
        yield Servers(Path(doors["kubeconfig"]), doors["registry"], files, keeper, keeper.stdout)
    finally:
        os.close(writing)
        worker.wait()
        keeper.wait()
        if keeper.stdout is not None:
            keeper.stdout.close()


def _start(
    found: Places, lifeline: int, module: str, *arguments: str, answers: bool = False
) -> subprocess.Popen[bytes]:
    """Start one of our processes, apart from the terminal, with the reading end of the lifeline."""
    command = [sys.executable, "-I", "-m", f"bahriya_tui.{module}", *arguments, "--lifeline", str(lifeline)]
    with (found.logs / f"{module}.log").open("ab") as log:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if answers else subprocess.DEVNULL,
            stderr=log,
            pass_fds=[lifeline],
            start_new_session=True,
            # The worker of a demo stays until the lifeline closes: one started later would outlive a kill.
            env={**os.environ, "BAHRIYA_WORKER_IDLE": "86400"},
        )
