"""Starts and ends what the demo needs: the process with the regions and the registry, and a worker."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
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
    words: IO[bytes]
    answers: IO[bytes]
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def set_fault(self, fault: str) -> None:
        """Let `fault` go wrong in the outside world, instead of what does now; returns when it does."""
        with self._turn:
            self.words.write(f"{fault}\n".encode())
            self.words.flush()
            self.answers.readline()

    def make_one_more_token(self) -> None:
        """Let the registry give its first user another token, beside the one in use, for a rotation."""
        self.set_fault("one more")

    def change_tokens(self) -> None:
        """Let the registry give every user a new token; the old ones are refused from then on."""
        self.set_fault("tokens")


@contextmanager
def running_servers(found: Places, pace: float = PACE) -> Iterator[Servers]:
    """Start the servers and a worker; end them on the way out, or when this process dies."""
    reading, writing = os.pipe()
    home = str(found.store.parent)
    try:
        keeper = _start(found, reading, "demo.keeper", home, "--pace", str(pace), talks=True)
        worker = _start(found, reading, "worker")
    finally:
        os.close(reading)
    try:
        words, answers = keeper.stdin, keeper.stdout
        if words is None or answers is None or not (line := answers.readline()):
            raise Failed("the embedded regions did not start", f"see {found.logs}")
        doors = json.loads(line)
        files = {user: Path(path) for user, path in doors["token_files"].items()}
        yield Servers(Path(doors["kubeconfig"]), doors["registry"], files, words, answers)
    finally:
        os.close(writing)
        worker.wait()
        keeper.wait()
        for pipe in (keeper.stdin, keeper.stdout):
            if pipe is not None:
                pipe.close()


def _start(
    found: Places, lifeline: int, module: str, *arguments: str, talks: bool = False
) -> subprocess.Popen[bytes]:
    """Start one of our processes, apart from the terminal, with the reading end of the lifeline."""
    command = [sys.executable, "-I", "-m", f"bahriya_tui.{module}", *arguments, "--lifeline", str(lifeline)]
    with (found.logs / f"{module}.log").open("ab") as log:
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE if talks else subprocess.DEVNULL,
            stdout=subprocess.PIPE if talks else subprocess.DEVNULL,
            stderr=log,
            pass_fds=[lifeline],
            start_new_session=True,
            # The worker of a demo stays until the lifeline closes: one started later would outlive a kill.
            env={**os.environ, "BAHRIYA_WORKER_IDLE": "86400"},
        )
