"""A deployment to many regions: ours, bare aiohttp doing the same requests, and scripts with kubectl.

All in one run against the same embedded regions, so that ratios can be compared. Each runs once beforehand,
to make namespaces and fill caches. Ours is a worker started for it, opener included.
"""

import base64
import json
import os
import select
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from bahriya_tui.launch.worker import worker_environment
from bahriya_tui.model.clock import parse
from bahriya_tui.model.deployment import Spec
from bahriya_tui.model.handle import namespace
from bahriya_tui.model.manifests import pull_secret, workload
from bahriya_tui.model.server import auth_key
from bahriya_tui.opener.send import docker_config
from bahriya_tui.sim.fleet import region_names
from tests.benchmarks.kubectl import Script, program
from tests.benchmarks.served import PASSWORD, USER, Served, served
from tests.benchmarks.timed import Cost, timed
from tests.worker.desk import PROJECT, Desk

OURS, BARE, BEST = "ours", "bare aiohttp", "best script"
MOST_TIMES_BARE = 2.0
LEAST_TIMES_FASTER = 10.0
MOST_MEGABYTES = 130.0
BOUND_REGIONS = 200
"""From so many regions on the bounds count."""
_LOOK_SECONDS = 0.05
"""Between two looks at the store, which says itself when each region ran."""
_SERIAL_REGIONS = 10
"""More are not waited for one after another: their time is told from so many."""


@dataclass(frozen=True)
class Asked:
    """What is measured: every combination of these."""

    regions: tuple[int, ...] = (1, 10, 50, 200)
    containers: tuple[int, ...] = (1, 5)
    latencies: tuple[int, ...] = (0, 50)
    """Milliseconds before each answer."""
    rounds: int = 3
    """Of ours and of bare aiohttp, in turns; the median counts. Scripts run once."""
    kubectl: bool = True


def report(asked: Asked) -> bool:
    """Measure, print a table for each combination, and tell whether no bound was missed."""
    kubectl = program() if asked.kubectl else None
    if asked.kubectl and kubectl is None:
        print("kubectl is not installed: its scripts are left out")
    missed: list[str] = []
    for regions in asked.regions:
        with tempfile.TemporaryDirectory() as name, served(Path(name), region_names(regions)) as world:
            for count in asked.containers:
                bench = Bench(Path(name) / str(count), world, count, kubectl)
                for latency in asked.latencies:
                    print(
                        f"\n{regions} regions, containers: {count}, {latency} ms before each answer",
                        flush=True,
                    )
                    world.wait(latency / 1000)
                    missed += _judged(bench.measured(asked.rounds), regions)
                    world.wait(0)
                bench.close()
    for one in missed:
        print(f"missed: {one}")
    return not missed


class Bench:
    """One installation, and the same containers for the others; warmed up."""

    def __init__(self, folder: Path, world: Served, count: int, kubectl: str | None) -> None:
        folder.mkdir()
        self._folder, self._world, self._bare_runs = folder, world, 0
        self._desk = Desk(folder / "home", world)  # type: ignore[arg-type]
        team = self._desk.registry(f"team{count}", PASSWORD)
        self._containers = [
            self._desk.container(f"app{count}-{place}", registry=team) for place in range(count)
        ]
        self._specs: list[Spec] = []
        self._ours()
        self._bare()
        self._script = Script(folder / "kubectl", world, kubectl) if kubectl else None
        if self._script is not None:
            self._script.prepare(self._manifests(1))

    def measured(self, rounds: int) -> dict[str, Cost]:
        """Measure all of them, and print each as it comes."""
        pairs = [(self._ours(), self._bare()) for _ in range(rounds)]
        ours, bare = (_median(costs) for costs in zip(*pairs, strict=True))
        _print(OURS, ours)
        _print(BARE, bare)
        found = {OURS: ours, BARE: bare}
        if self._script is not None:
            scripts = [self._serial(self._script), *(self._parallel(self._script, many) for many in (16, 50))]
            found[BEST] = min(scripts, key=lambda cost: cost.wall)
        return found

    def close(self) -> None:
        """Close the store."""
        self._desk.close()

    def _ours(self) -> Cost:
        numbers = [self._desk.deploy(container) for container in self._containers]
        environment = worker_environment(self._desk.places)
        command = [sys.executable, "-I", "-m", "bahriya_tui.worker"]
        return self._counted(lambda: timed(command, partial(self._ended, numbers), environment, stop=True))

    def _ended(self, numbers: list[int], worker: "subprocess.Popen[bytes]") -> float:
        """Wait for the end of the deployments; give the instant at which the last region ran."""
        active = "SELECT count(*) FROM deployment WHERE state IN ('queued', 'running', 'cancelling')"
        watched = os.pidfd_open(worker.pid)
        while self._desk.store.connection.execute(active).fetchone()[0]:
            gone, _, _ = select.select([watched], [], [], _LOOK_SECONDS)
            assert not gone, "the worker ended before its deployments did"
        os.close(watched)
        ended = [self._desk.deployment(number) for number in numbers]
        self._specs = [one.spec for one in ended]
        for one in ended:
            assert one.state == "done", self._desk.told(one.id)
        return max(parse(run.finished_at or "").timestamp() for one in ended for run in one.regions)

    def _bare(self) -> Cost:
        self._bare_runs += 1
        first = 1_000_000 * self._bare_runs
        job = {
            "kubeconfig": str(self._world.kubeconfig),
            "namespace": namespace(PROJECT),
            "secret": _secret(self._specs[0]),
            "deployments": self._manifests(first),
            "ids": [first + place for place in range(len(self._specs))],
        }
        file = self._folder / "bare.json"
        file.write_text(json.dumps(job))
        return self._counted(lambda: timed([sys.executable, "-m", "tests.benchmarks.bare", str(file)], _said))

    def _serial(self, script: Script) -> Cost:
        regions = self._world.regions[:_SERIAL_REGIONS]
        cost = self._counted(lambda: script.run(self._manifests(1), regions, 1))
        times = len(self._world.regions) / len(regions)
        cost = replace(cost, wall=cost.wall * times, cpu=cost.cpu * times)
        _print("kubectl, one by one", cost, f"told from {len(regions)} regions" if times > 1 else "")
        return cost

    def _parallel(self, script: Script, at_once: int) -> Cost:
        cost = self._counted(lambda: script.run(self._manifests(1), self._world.regions, at_once))
        _print(f"kubectl, xargs -P{at_once}", cost)
        return cost

    def _manifests(self, first: int) -> list[dict[str, Any]]:
        return [workload.manifests(spec, first + place)[-1] for place, spec in enumerate(self._specs)]

    def _counted(self, run: Callable[[], Cost]) -> Cost:
        self._world.requests()
        cost = run()
        asked = sorted(count for count in self._world.requests() if count)
        return replace(cost, requests="-".join(str(count) for count in dict.fromkeys((asked[0], asked[-1]))))


def _said(process: "subprocess.Popen[bytes]") -> float:
    """Give the instant that a process says it was done at."""
    assert process.stdout is not None
    done: float = json.loads(process.stdout.readline())["done"]
    return done


def _secret(spec: Spec) -> dict[str, Any]:
    config = docker_config(auth_key(spec.server or ""), USER, PASSWORD)
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "type": "kubernetes.io/dockerconfigjson",
        "metadata": {
            "name": spec.secret,
            "namespace": namespace(spec.project),
            "labels": pull_secret.labels(spec.project, spec.registry or ""),
            "annotations": pull_secret.annotations(spec.version or 0),
        },
        "data": {".dockerconfigjson": base64.b64encode(config).decode()},
    }


def _median(costs: Sequence[Cost]) -> Cost:
    return Cost(
        statistics.median(cost.wall for cost in costs),
        statistics.median(cost.cpu for cost in costs),
        max(cost.memory for cost in costs),
        "/".join(dict.fromkeys(cost.requests for cost in costs)),
    )


def _heading(regions: int, containers: int, latency: int) -> None:
    print(f"\nregions: {regions}, containers: {containers}, answers wait {latency} ms", flush=True)
    print(f"  {'':<26}{'wall':>9}{'CPU':>9}{'memory':>9}  requests per region")


def _print(name: str, cost: Cost, note: str = "") -> None:
    numbers = f"{cost.wall:7.2f} s{cost.cpu:7.2f} s{cost.memory:6.0f} MB  {cost.requests:<8}{note}"
    print(f"  {name:<26}{numbers}".rstrip(), flush=True)


def _judged(found: dict[str, Cost], regions: int) -> list[str]:
    """Print how ours compares, and give the bounds that it missed."""
    ours, bare = found[OURS], found[BARE]
    wall, cpu = ours.wall / bare.wall, ours.cpu / bare.cpu
    print(
        f"  ours: {wall:.2f} times the wall time and {cpu:.2f} times the CPU time of bare aiohttp",
        end="",
    )
    bounds = [
        (f"{wall:.2f} times the wall time of bare aiohttp", wall <= MOST_TIMES_BARE),
        (f"{cpu:.2f} times the CPU time of bare aiohttp", cpu <= MOST_TIMES_BARE),
        (f"{ours.memory:.0f} MB", ours.memory <= MOST_MEGABYTES),
    ]
    if BEST in found:
        faster = found[BEST].wall / ours.wall
        print(f", {faster:.1f} times as fast as the best script", end="")
        bounds.append((f"{faster:.1f} times as fast as the best script", faster >= LEAST_TIMES_FASTER))
    print()
    return [
        f"{words} at {regions} regions" for words, kept in bounds if not kept and regions >= BOUND_REGIONS
    ]
