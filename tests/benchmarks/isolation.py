"""What isolation costs a deployment: the same deployment with the opener, and with the worker opening itself.

Both send the same pull secret to the same three regions, in turns, in one run. Measured is the time until the
last region has its secret: in an idle worker from the first connection, and in a worker that was just started
for the deployment from its start.
"""

import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from bahriya_tui.model import clock
from bahriya_tui.model.container import Container
from bahriya_tui.store import deployments, events
from bahriya_tui.worker.deploy import run_deployments
from bahriya_tui.worker.openers import Standby, end_openers
from bahriya_tui.worker.recorder import Recorder
from bahriya_tui.worker.run import Resources, Run
from bahriya_tui.worker.shared_store import SharedStore
from tests.benchmarks.served import served
from tests.benchmarks.unisolated import unisolated
from tests.worker.desk import Desk

REGIONS = ["falkenstein-1", "helsinki-1", "virginia-1"]
MOST_MS = 50.0


def report(rounds: int) -> bool:
    """Measure, print the medians and their difference, and tell whether it is within its bound."""
    with tempfile.TemporaryDirectory() as folder, served(Path(folder), REGIONS) as world:
        desk = Desk(Path(folder) / "home", world)  # type: ignore[arg-type]
        app = desk.container("app", registry=desk.registry("team", world.password), replicas=0)
        print(f"{rounds} deployments each, to {len(REGIONS)} regions, until every region has the pull secret")
        standby = Standby()
        idle = _cost("an idle worker", rounds, lambda isolated: _by_idle_worker(desk, app, standby, isolated))
        end_openers()
        new = _cost("a worker just started", rounds, lambda isolated: _by_new_worker(desk, app, isolated))
        desk.close()
    return max(idle, new) <= MOST_MS


def _cost(worker: str, rounds: int, deploy: Callable[[bool], float]) -> float:
    """Give the median of what isolation costs `worker`, in milliseconds."""
    pairs = [(deploy(False), deploy(True)) for _ in range(rounds + 1)][1:]
    without, isolated = zip(*pairs, strict=True)
    costs = statistics.median(guarded - plain for plain, guarded in pairs)
    print(f"{worker}:")
    print(f"  opened by the worker    median {statistics.median(without):6.1f} ms")
    print(f"  opened by an opener     median {statistics.median(isolated):6.1f} ms")
    print(f"  isolation costs         median {costs:6.1f} ms, at most {MOST_MS:.0f} ms")
    return costs


def _by_idle_worker(desk: Desk, app: Container, standby: Standby, isolated: bool) -> float:
    # It has loaded by the time the deployment without it is done.
    standby.prepare()
    number = desk.deploy(app)
    shared = SharedStore(desk.store)
    with shared.write() as tx:
        now = clock.now()
        claimed = deployments.claim(tx, "benchmark", now, clock.later(now, 60))
    assert claimed is not None
    run = Run(Resources(desk.places, shared, standby=standby), claimed, Recorder(shared, claimed))
    with contextlib.nullcontext() if isolated else unisolated():
        run_deployments([run])
    return _milliseconds(desk, number)


def _by_new_worker(desk: Desk, app: Container, isolated: bool) -> float:
    number = desk.deploy(app)
    module = "bahriya_tui.worker" if isolated else "tests.benchmarks.unisolated"
    environment = {**os.environ, "BAHRIYA_HOME": str(desk.places.store.parent), "BAHRIYA_WORKER_IDLE": "0"}
    begun = datetime.now(UTC)
    subprocess.run([sys.executable, "-m", module], env=environment, check=True)
    return _milliseconds(desk, number, begun)


def _milliseconds(desk: Desk, number: int, begun: datetime | None = None) -> float:
    """Give the time from `begun`, or else the first connection, until the last secret was in its region."""
    assert deployments.get(desk.store.connection, number).state == "done", desk.told(number)
    told = [one for one in events.since(desk.store.connection, 0, deployment=number) if one.region]
    begun = begun or min(datetime.fromisoformat(one.at) for one in told if one.phase == "connecting")
    there = max(datetime.fromisoformat(one.at) for one in told if one.phase == "workload")
    return (there - begun).total_seconds() * 1000
