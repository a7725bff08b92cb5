"""Deployments that share a pull secret and were queued together: what a region needs once is done there once.

One connection, one pull secret, one workload for each and one watch for all. Each deployment keeps its own
states and its own end: what goes wrong with one of them is no matter of the others.
"""

import queue
import threading
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, TypeVar

from bahriya_tui.cluster.objects import DEPLOYMENT_ID, path
from bahriya_tui.cluster.rollout import assess
from bahriya_tui.cluster.transport import Transport
from bahriya_tui.cluster.watch import Change, watching
from bahriya_tui.cluster.workload import kind_of
from bahriya_tui.model.container import AppliedSecret
from bahriya_tui.model.deployment import REGION_ENDED, WAITING_FOR_UNLOCK, Deployment, Pull
from bahriya_tui.model.errors import Failed, StoreUnwritable
from bahriya_tui.model.handle import namespace
from bahriya_tui.worker import access
from bahriya_tui.worker.credential import UNLOCK_SECONDS, waits_for_unlock
from bahriya_tui.worker.deploy import MOST_THREADS, run_deployment, write_end
from bahriya_tui.worker.opener_batch import OpenerBatches
from bahriya_tui.worker.opener_calls import sender
from bahriya_tui.worker.pull_secret_step import apply_secret
from bahriya_tui.worker.recorder import FenceLost
from bahriya_tui.worker.region import note_running, prepare_namespace, warn
from bahriya_tui.worker.rolling import Rolling
from bahriya_tui.worker.run import Cancelled, Halted, Run
from bahriya_tui.worker.workload_step import apply_workload

T = TypeVar("T")

_SLICE_SECONDS = 0.25


def groups(runs: Iterable[Run]) -> list[list[Run]]:
    """Sort runs into those that go together: to all regions at once, in one project, with one pull secret."""
    found: dict[Any, list[Run]] = {}
    for run in runs:
        key = _key(run.deployment) if not run.cancel.is_set() else None
        found.setdefault(key or run.deployment.id, []).append(run)
    return list(found.values())


def run_together(runs: list[Run]) -> None:
    """Bring every region of these deployments to an end, and sum each of them up."""
    if len(runs) == 1:
        run_deployment(runs[0])
        return
    stopped: dict[int, Exception] = {}
    for run in runs:
        _unless_stopped(stopped, run, run.recorder.begin)
    lanes: dict[str, list[Run]] = {}
    for run in runs:
        for region in _left(run.deployment) if run.deployment.id not in stopped else ():
            lanes.setdefault(region, []).append(run)
    _run_regions(lanes, stopped)
    for run in runs:
        _unless_stopped(stopped, run, run.recorder.finish)
    for error in stopped.values():
        if isinstance(error, StoreUnwritable):
            raise error


def _run_regions(lanes: dict[str, list[Run]], stopped: dict[int, Exception]) -> None:
    threads = min(len(lanes), MOST_THREADS)
    waiting: queue.SimpleQueue[str] = queue.SimpleQueue()
    for region in lanes:
        waiting.put(region)
    first = next(iter(lanes.values()), [None])[0]
    batches = None if first is None else OpenerBatches(threads, partial(sender, first))

    def work() -> None:
        while batches is not None:
            try:
                region = waiting.get_nowait()
            except queue.Empty:
                return
            _Lane(region, lanes[region], stopped).run(batches)

    started = [threading.Thread(target=work, name="region", daemon=True) for _ in range(threads)]
    for thread in started:
        thread.start()
    for thread in started:
        thread.join()


class _Lane:
    """One region, and the deployments that are still on their way in it."""

    def __init__(self, region: str, runs: list[Run], stopped: dict[int, Exception]) -> None:
        self._region, self._runs, self._stopped = region, list(runs), stopped
        self._acting: Run | None = None

    def run(self, batches: OpenerBatches) -> None:
        """Take all of them to their ends."""
        try:
            self._each(lambda run: run.recorder.region(self._region, "connecting"))
            if self._runs:
                self._in_region(batches)
        except Exception as error:
            for run in list(self._runs):
                self._drop(run, error)
        finally:
            batches.leave(self._region)

    def _in_region(self, batches: OpenerBatches) -> None:
        resources = self._runs[0].resources
        region = resources.region(self._region)
        with access.transport(region, resources.places, self._before_change) as transport:
            transport.connect()
            self._each(Run.check)
            self._once(lambda run: prepare_namespace(run, self._region, transport))
            secrets = self._secrets(transport, batches)
            batches.leave(self._region)
            applied = self._each(lambda run: self._workload(run, transport, secrets))
            if applied:
                self._roll(transport, applied)

    def _before_change(self) -> None:
        if self._acting is not None:
            self._acting.before_change()

    def _secrets(self, transport: Transport, batches: OpenerBatches) -> list[AppliedSecret]:
        """Have the pull secrets of all applied by one of them; the others may be cancelled while it waits."""
        applied: list[AppliedSecret] = []
        for pull in self._runs[0].deployment.spec.pulls if self._runs else ():
            self._wait_for_unlock(pull)
            self._each(partial(self._begin_secret, pull))
            one = self._once(partial(self._apply_secret, pull, transport, batches))
            if one is not None:
                applied.append(one)
        return applied

    def _begin_secret(self, pull: Pull, run: Run) -> None:
        run.recorder.region(self._region, "pull_secret", pull.secret)

    def _apply_secret(
        self, pull: Pull, transport: Transport, batches: OpenerBatches, run: Run
    ) -> AppliedSecret:
        return apply_secret(run, self._region, transport, batches.of(pull), pull)

    def _wait_for_unlock(self, pull: Pull) -> None:
        told = False
        while self._runs and waits_for_unlock(self._runs[0].resources, pull.registry_id, pull.version):
            if not told:
                self._each(lambda run: run.recorder.region(self._region, "pull_secret", WAITING_FOR_UNLOCK))
            told = True
            self._each(lambda run: run.wait(UNLOCK_SECONDS / len(self._runs)))

    def _workload(self, run: Run, transport: Transport, secrets: list[AppliedSecret]) -> dict[str, Any]:
        run.check()
        applied = apply_workload(run, self._region, transport, secrets)
        warn(run, self._region, applied)
        return applied

    def _roll(self, transport: Transport, applied: dict[str, dict[str, Any]]) -> None:
        """Follow all rollouts in one watch, from the oldest of the versions that the region answered with."""
        runs = {run.deployment.container: run for run in self._runs}
        rolling = {
            name: Rolling(runs[name], self._region, transport, told=assess(shown).message)
            for name, shown in applied.items()
        }
        ids = ",".join(str(run.deployment.id) for run in self._runs)
        version = min((str(shown["metadata"]["resourceVersion"]) for shown in applied.values()), key=_age)
        collection = path("Deployment", namespace(self._runs[0].deployment.project))
        for shown in applied.values():
            self._see(rolling, ("ADDED", shown))
        with watching(transport, collection, f"{DEPLOYMENT_ID} in ({ids})", version) as watch:
            while self._runs:
                self._each(Run.check)
                change = watch.next(_SLICE_SECONDS)
                if change is None:
                    self._each(lambda run: rolling[run.deployment.container].look_if_quiet())
                else:
                    self._see(rolling, change)

    def _see(self, rolling: dict[str, Rolling], change: Change) -> None:
        """Take in what a region reports of one Deployment; without a name it is that all of them are gone."""
        name = change[1].get("metadata", {}).get("name")
        for run in [one for one in self._runs if name in (None, one.deployment.container)]:
            try:
                self._see_one(run, rolling[run.deployment.container], change)
            except Exception as error:
                self._drop(run, error)

    def _see_one(self, run: Run, rolling: Rolling, change: Change) -> None:
        if change[0] == "DELETED":
            raise Failed(
                "the Deployment was deleted in the region, or another deployment of it took over",
                "deploy again",
            )
        done = rolling.see(change[1])
        if done is not None:
            note_running(run, self._region, change[1], done)
            self._runs.remove(run)

    def _each(self, step: Callable[[Run], T]) -> dict[str, T]:
        """Take a step with each; give what came of it by container, without those that it ended."""
        taken: dict[str, T] = {}
        for run in list(self._runs):
            self._acting = run
            try:
                taken[run.deployment.container] = step(run)
            except Exception as error:
                self._drop(run, error)
        return taken

    def _once(self, step: Callable[[Run], T]) -> T | None:
        """Have the first take a step for all; where that one is to stop, the next takes it."""
        while self._runs:
            run = self._acting = self._runs[0]
            try:
                return step(run)
            except (Cancelled, FenceLost, Halted) as stop:
                self._drop(run, stop)
        return None

    def _drop(self, run: Run, error: Exception) -> None:
        self._runs.remove(run)
        _unless_stopped(self._stopped, run, lambda: self._end(run, error))

    def _end(self, run: Run, error: Exception) -> None:
        if isinstance(error, FenceLost | Halted | StoreUnwritable):
            raise error
        write_end(run, self._region, error)


def _unless_stopped(stopped: dict[int, Exception], run: Run, write: Callable[[], object]) -> None:
    """Write of a run, unless that failed before: it is left to whoever takes the lease."""
    if run.deployment.id in stopped:
        return
    try:
        write()
    except Exception as error:
        stopped[run.deployment.id] = error


def _age(version: str) -> tuple[int, str]:
    """Give what sorts resourceVersions of one resource from old to new: they are numbers of any length."""
    return len(version), version


def _left(deployment: Deployment) -> list[str]:
    return [one.region for one in deployment.regions if one.state not in REGION_ENDED]


def _key(deployment: Deployment) -> tuple[object, ...] | None:
    """Say with what others a deployment may go; None for one that goes alone."""
    spec, waves = deployment.spec, {one.wave for one in deployment.regions}
    limited = len(waves) > 1 or deployment.max_parallel < len(deployment.regions)
    careful = deployment.canary is not None or deployment.max_failures is not None
    if deployment.kind != "deploy" or kind_of(spec) != "Deployment" or limited or careful:
        return None
    return (spec.project, spec.pulls)
