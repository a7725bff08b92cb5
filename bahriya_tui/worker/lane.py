"""One region, and the deployments that are on their way in it: what it needs once is done there once.

One connection, each pull secret once, one workload for each deployment and one watch for all. Each keeps its
own states and its own end: what goes wrong with one of them is no matter of the others.
"""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, TypeVar

from bahriya_tui.cluster.transport import Transport
from bahriya_tui.cluster.watch import Change, Watch
from bahriya_tui.model.container import AppliedSecret
from bahriya_tui.model.deployment import WAITING_FOR_UNLOCK, Pull
from bahriya_tui.model.errors import Failed, VaultLocked
from bahriya_tui.worker import access
from bahriya_tui.worker.credential import UNLOCK_SECONDS
from bahriya_tui.worker.going import Going
from bahriya_tui.worker.opener_batch import OpenerBatches
from bahriya_tui.worker.pods_look import PodsLook
from bahriya_tui.worker.pull_secret_step import apply_secret, waits_for_key
from bahriya_tui.worker.recorder import FenceLost
from bahriya_tui.worker.region import note_running, prepare_namespace, warn, write_end
from bahriya_tui.worker.rolling import Rolling, following
from bahriya_tui.worker.run import Cancelled, Halted, Run
from bahriya_tui.worker.terminate import terminate_region
from bahriya_tui.worker.workload_step import apply_workload

T = TypeVar("T")

_SLICE_SECONDS = 0.25
"""Between two looks whether a rollout is still wanted, while nothing is heard of it."""


class Lane:
    """Takes deployments through one region; `begin` leaves one `connecting`, or raises if it is to wait."""

    def __init__(self, region: str, runs: Iterable[Run], going: Going, begin: Callable[[Run], None]) -> None:
        self._region, self._runs, self._going, self._begin = region, list(runs), going, begin
        self._acting: Run | None = None

    def run(self, batches: OpenerBatches) -> None:
        """Take all of them to their ends, and write down how they ended."""
        try:
            self._runs = [run for run in self._runs if run in self._going]
            self._each(self._begin)
            if any(run.deployment.kind == "terminate" for run in self._runs):
                self._each(lambda run: terminate_region(run, self._region))
            elif self._runs:
                self._deploy(batches)
        except Exception as error:
            for run in list(self._runs):
                self._drop(run, error)
        finally:
            batches.leave(self._region)

    def _deploy(self, batches: OpenerBatches) -> None:
        resources = self._runs[0].resources
        region = resources.region(self._region)
        with access.transport(region, resources.places, self._before_change) as transport:
            transport.connect()
            self._each(Run.check)
            self._once(lambda run: prepare_namespace(run, self._region, transport))
            secrets = self._secrets(transport, batches)
            batches.leave(self._region)
            applied = self._each(lambda run: self._workload(run, transport, secrets))
            self._follow(transport, applied)

    def _before_change(self) -> None:
        if self._acting is not None:
            self._acting.before_change()

    def _secrets(self, transport: Transport, batches: OpenerBatches) -> list[AppliedSecret]:
        """Have the pull secrets of all applied; they are the same for each of them."""
        pulls = self._runs[0].deployment.spec.pulls if self._runs else ()
        applied = [self._secret(pull, transport, batches) for pull in pulls]
        return [one for one in applied if one is not None]

    def _secret(self, pull: Pull, transport: Transport, batches: OpenerBatches) -> AppliedSecret | None:
        """Have one of them apply a pull secret, once its key can be used; None when all ended before."""

        def apply(run: Run) -> AppliedSecret:
            run.check()
            return apply_secret(run, self._region, transport, batches.of(pull), pull)

        while self._runs:
            self._each(partial(self._tell, pull.secret), self._runs[1:])
            try:
                return self._once(apply)
            except VaultLocked:
                self._wait_for_unlock(pull)
        return None

    def _wait_for_unlock(self, pull: Pull) -> None:
        """Wait while the key is locked; nothing is opened meanwhile, and the operator may cancel."""
        told = False
        while self._runs and waits_for_key(self._runs[0], pull):
            if not told:
                self._each(partial(self._tell, WAITING_FOR_UNLOCK))
            told = True
            self._each(lambda run: run.wait(UNLOCK_SECONDS / len(self._runs)))

    def _tell(self, words: str, run: Run) -> None:
        run.recorder.region(self._region, "pull_secret", words)

    def _workload(self, run: Run, transport: Transport, secrets: list[AppliedSecret]) -> dict[str, Any]:
        run.check()
        applied = apply_workload(run, self._region, transport, secrets)
        warn(run, self._region, applied)
        if applied["kind"] != "Deployment":
            note_running(run, self._region, applied, None)
            self._runs.remove(run)
        return applied

    def _follow(self, transport: Transport, applied: dict[str, dict[str, Any]]) -> None:
        """Follow the rollouts to their ends; they begin as the region answered when they were applied."""
        rolling = {
            name: Rolling(run, self._region, transport, applied[name])
            for run in self._runs
            if (name := run.deployment.container) in applied
        }
        for name in rolling:
            self._see(rolling, ("ADDED", applied[name]))
        if not self._runs:
            return
        shown = [applied[run.deployment.container] for run in self._runs]
        with following(transport, self._runs, shown) as watch:
            while self._runs:
                self._each(Run.check)
                change = watch.next(_SLICE_SECONDS)
                if change is None:
                    self._look(transport, rolling, watch)
                else:
                    self._see(rolling, change)

    def _look(self, transport: Transport, rolling: dict[str, Rolling], watch: Watch) -> None:
        """Have those in which nothing moves look at their pods, all of them in one request."""
        if not self._runs:
            return
        project = self._runs[0].deployment.project
        look = PodsLook(transport, project, [run.deployment.id for run in self._runs])
        self._each(lambda run: rolling[run.deployment.container].look_if_quiet(watch, look))

    def _see(self, rolling: dict[str, Rolling], change: Change) -> None:
        """Take in what a region reports of one Deployment; without a name it is that all of them are gone."""
        name = change[1].get("metadata", {}).get("name")
        about = [run for run in self._runs if name in (None, run.deployment.container)]
        self._each(lambda run: self._see_one(run, rolling[run.deployment.container], change), about)

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

    def _each(self, step: Callable[[Run], T], runs: Iterable[Run] | None = None) -> dict[str, T]:
        """Take a step with each; give what came of it by container, without those that it ended."""
        taken: dict[str, T] = {}
        for run in list(self._runs if runs is None else runs):
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
        self._going.one(run, lambda run: write_end(run, self._region, error))
