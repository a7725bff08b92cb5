"""What isolation costs a deployment: the same deployment with the opener, and with the worker opening itself.

Both send the same pull secret to the same three regions, in turns, in one run. Measured is the time from the
first connection until the last region has its secret. As in an idle worker, an opener stands by.
"""

import contextlib
import io
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

from bahriya_tui.custody.holding import open_private
from bahriya_tui.model import clock
from bahriya_tui.model.container import Container
from bahriya_tui.opener import main as opener
from bahriya_tui.opener.call import Closed, Standby, end_openers
from bahriya_tui.opener.protocol import Request, read
from bahriya_tui.store import deployments, events
from bahriya_tui.worker import opener_calls
from bahriya_tui.worker.deploy import run_deployment
from bahriya_tui.worker.recorder import Recorder
from bahriya_tui.worker.run import Resources, Run
from bahriya_tui.worker.shared_store import SharedStore
from tests.worker.desk import Desk

REGIONS = ["falkenstein-1", "helsinki-1", "virginia-1"]
MOST_MS = 50.0


@dataclass(frozen=True)
class Served:
    """Embedded regions and their registry in a process of their own; as much of a world as a desk needs."""

    kubeconfig: Path
    address: str
    password: str
    regions: tuple[str, ...]

    @property
    def fleet(self) -> "Served":
        return self

    @property
    def registry(self) -> "Served":
        return self

    def write_kubeconfig(self, path: Path) -> None:
        path.write_text(self.kubeconfig.read_text())


def open_in_the_worker(request: dict[str, Any], take: Callable[[Any], None], _opener: object) -> Closed:
    """Do what the opener does, in this process and unlocked."""
    asked = read(json.dumps(request).encode())
    assert isinstance(asked, Request)
    key = open_private(Path(asked.key_path))
    told = io.StringIO()
    with patch.object(opener, "lock_in", lambda: "process only"), contextlib.redirect_stdout(told):
        opener._apply(asked, key)
    os.close(key)
    *answers, closed = (json.loads(line) for line in told.getvalue().splitlines())
    for answer in answers:
        take(answer)
    return Closed(closed["plaintext_ms"], closed["level"])


def report(rounds: int) -> bool:
    """Measure, print the medians and their difference, and tell whether it is within its bound."""
    with tempfile.TemporaryDirectory() as folder, _served(Path(folder)) as served:
        desk = Desk(Path(folder) / "home", served)  # type: ignore[arg-type]
        app = desk.container("app", registry=desk.registry("team", served.password), replicas=0)
        without, isolated, standby = [], [], Standby()
        for number in range(rounds + 1):
            # It has loaded by the time the deployment without it is done.
            standby.prepare()
            with (
                patch.object(opener_calls, "open_and_apply", open_in_the_worker),
                patch.object(Standby, "take", lambda _: None),
            ):
                plain = _deploy(desk, app, standby)
            guarded = _deploy(desk, app, standby)
            if number > 0:
                without.append(plain)
                isolated.append(guarded)
        end_openers()
        desk.close()
    costs = statistics.median(guarded - plain for guarded, plain in zip(isolated, without, strict=True))
    print(f"{rounds} deployments each, to {len(REGIONS)} regions, until every region has the pull secret")
    print(f"  opened by the worker    median {statistics.median(without):6.1f} ms")
    print(f"  opened by an opener     median {statistics.median(isolated):6.1f} ms")
    print(f"  isolation costs         median {costs:6.1f} ms, at most {MOST_MS:.0f} ms")
    return costs <= MOST_MS


def _deploy(desk: Desk, app: Container, standby: Standby) -> float:
    """Run one deployment in this process; give the milliseconds until the last secret was in its region."""
    number = desk.deploy(app)
    shared = SharedStore(desk.store)
    with shared.write() as tx:
        now = clock.now()
        claimed = deployments.claim(tx, "benchmark", now, clock.later(now, 60))
    assert claimed is not None
    run_deployment(Run(Resources(desk.places, shared, standby=standby), claimed, Recorder(shared, claimed)))
    assert deployments.get(desk.store.connection, number).state == "done", desk.told(number)
    told = [one for one in events.since(desk.store.connection, 0, deployment=number) if one.region]
    begun = min(datetime.fromisoformat(one.at) for one in told if one.phase == "connecting")
    there = max(datetime.fromisoformat(one.at) for one in told if one.phase == "workload")
    return (there - begun).total_seconds() * 1000


@contextlib.contextmanager
def _served(folder: Path) -> Iterator[Served]:
    asked = {"regions": REGIONS, "kubeconfig": str(folder / "regions"), "registry": True, "pace": 0.01}
    command = [sys.executable, "-m", "bahriya_tui.sim.serve", json.dumps(asked)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        registry = json.loads(process.stdout.readline())["registry"]
        try:
            yield Served(folder / "regions", registry["server"], registry["password"], tuple(REGIONS))
        finally:
            process.terminate()
