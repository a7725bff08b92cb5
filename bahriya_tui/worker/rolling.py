"""Following rollouts in one region to their ends, and finding out why when nothing moves."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from bahriya_tui.cluster.errors import Unreachable
from bahriya_tui.cluster.objects import path
from bahriya_tui.cluster.pull_judge import PullJudge
from bahriya_tui.cluster.pull_words import explain
from bahriya_tui.cluster.rollout import PAUSED, Rollout, assess
from bahriya_tui.cluster.transport import Transport
from bahriya_tui.cluster.watch import Watch, watching
from bahriya_tui.cluster.words import no_replica
from bahriya_tui.model.deployment import InitRun, Spec
from bahriya_tui.model.errors import Failed
from bahriya_tui.model.handle import namespace
from bahriya_tui.model.manifests.marks import DEPLOYMENT_ID
from bahriya_tui.worker.pods_look import Item, PodsLook, events_of
from bahriya_tui.worker.run import Run

QUIET_SECONDS = 1.5
"""Without progress for this long, the pods are asked why; and again after as long."""
_SLOW_TIMES, _LONGEST_QUIET_SECONDS = 4, 6.0
"""A watch that opened slowly is given _SLOW_TIMES its opening time, at most _LONGEST_QUIET_SECONDS."""
_SILENT_LOOKS = 3
"""So many in a row may stay unanswered: with the pauses in between, as long as an API server's restart."""
_GRACE_SECONDS = 60
"""Beyond the region's own deadline, after which its controllers count as dead."""


@contextmanager
def following(
    transport: Transport, runs: Sequence[Run], applied: Iterable[dict[str, Any]]
) -> Iterator[Watch]:
    """Watch the Deployments of these runs, from the oldest of the versions in which they were `applied`.

    So no state is missed and no list is needed.
    """
    collection = path("Deployment", namespace(runs[0].deployment.project))
    selector = f"{DEPLOYMENT_ID} in ({','.join(str(run.deployment.id) for run in runs)})"
    version = min((str(shown["metadata"]["resourceVersion"]) for shown in applied), key=_age)
    with watching(transport, collection, selector, version) as watch:
        yield watch


def _age(version: str) -> tuple[int, str]:
    """Give what sorts resourceVersions of one resource from old to new: they are numbers of any length."""
    return len(version), version


class Rolling:
    """How far it is, since when nothing moved, and what the pods said."""

    def __init__(self, run: Run, region: str, transport: Transport, applied: dict[str, Any]) -> None:
        self._run = run
        self._region = region
        self._transport = transport
        self._judge = PullJudge(lambda cause, job: explain(cause, run.deployment.spec, job).message)
        self._rollout = Rollout("waiting", 0, 0, "")
        self._told = assess(applied).message
        self._old_serve = False
        self._blocked_looks = 0
        self._silent_looks = 0
        self._unseen = ""
        self._patience = 0.0
        self._moved = self._looked = time.monotonic()

    def see(self, shown: dict[str, Any]) -> Rollout | None:
        """Take in a state of the Deployment; give it when the rollout is done."""
        self._unseen, self._silent_looks = "", 0
        status = shown.get("status") or {}
        before, self._rollout = self._rollout, assess(shown)
        old = status.get("replicas", 0) - status.get("updatedReplicas", 0)
        self._old_serve = old > 0 and status.get("availableReplicas", 0) > 0
        self._patience = float(shown["spec"].get("progressDeadlineSeconds", 600)) + _GRACE_SECONDS
        if (before.updated, before.message) != (self._rollout.updated, self._rollout.message):
            self._moved = self._looked = time.monotonic()
        if self._rollout.state == "failed":
            words = "; ".join(part for part in (self._rollout.message, self._judge.note) if part)
            raise self._failed(words, self._look_there())
        if self._rollout.state == "done":
            return self._rollout
        self._tell()
        return None

    def look_if_quiet(self, watch: Watch, look: PodsLook) -> None:
        """Ask the pods, when nothing moved for a while; raise `Failed` for a verdict.

        A look that another rollout takes anyway is joined a little early.
        """
        now = time.monotonic()
        if now - self._moved > self._patience:
            why = PAUSED if self._rollout.message == PAUSED else "its controllers may be down"
            raise self._failed(
                f"no progress was reported for {self._patience:.0f} s; {why}", self._look_there()
            )
        quiet = _quiet_seconds(watch) / (2 if look.taken else 1)
        if now - self._quiet_since(watch) < quiet:
            return
        try:
            verdict = self._verdict(look)
        except Unreachable as error:
            self._bear_silence(error)
            return
        self._looked = time.monotonic()
        if verdict is not None:
            raise self._pull_failed(verdict)
        self._blocked_looks = self._blocked_looks + 1 if self._rollout.blocked else 0
        if self._blocked_looks > 1:
            raise self._failed(*no_replica(self._rollout.blocked))
        self._tell()

    def _quiet_since(self, watch: Watch) -> float:
        """Tell since when progress would be heard of: a watch that waits to be served tells nothing."""
        heard = self._moved + QUIET_SECONDS if watch.opened_at is None else watch.opened_at
        return max(self._looked, heard)

    def _verdict(self, look: PodsLook) -> str | None:
        """Look at the pods; say why their image cannot be pulled, once that is clear."""
        self._unseen = ""
        of = self._run.deployment
        verdict = self._judge.look(self._seen(lambda: look.of(of.id)))
        if verdict is None and (pod := self._judge.unexplained) is not None:
            verdict = self._judge.explain(self._seen(lambda: events_of(self._transport, of.project, pod)))
            # Only a failed pull has to have its cause; other events tell more, where they may be seen.
            self._unseen = self._unseen if self._judge.pulling else ""
        self._silent_looks = 0
        return verdict

    def _seen(self, look: Callable[[], list[Item]]) -> list[Item]:
        """Give what a look shows; what may not be looked at is told."""
        try:
            return look()
        except Failed as refused:
            self._unseen = refused.message
            return []

    def _bear_silence(self, error: Unreachable) -> None:
        """Say that the region is silent, which may be a restart; raise `error` when that takes too long.

        Where connections are refused, it is the watch that gives up.
        """
        self._silent_looks += 1
        if self._silent_looks > _SILENT_LOOKS and not error.cut:
            raise error
        self._looked = time.monotonic()
        self._unseen = f"the region is silent: {error.message}"
        self._tell()

    def _tell(self) -> None:
        parts = (self._rollout.message, self._judge.note, self._unseen)
        message = "; ".join(part for part in parts if part)
        if message != self._told:
            self._told = message
            self._run.recorder.region(
                self._region,
                "rolling",
                message,
                updated=self._rollout.updated,
                replicas=self._rollout.replicas,
            )

    def _failed(self, words: str, next_step: str = "") -> Failed:
        serving = "the former revision keeps serving" if self._old_serve else ""
        hints = (missing_registry(self._run.deployment.spec), serving, next_step)
        return Failed(words, "; ".join(hint for hint in hints if hint))

    def _pull_failed(self, verdict: str) -> Failed:
        job = self._judge.init_job
        failure = explain(verdict, self._run.deployment.spec, job)
        whose = f" of init job {job}" if job else ""
        return self._failed(f"image pull{whose} failed: {failure.message}", failure.next_step)

    def _look_there(self) -> str:
        number = self._run.deployment.id
        return f"the region goes on trying; look at its pods, then: bahriya deployment retry {number}"


def _quiet_seconds(watch: Watch) -> float:
    """Give how long is too quiet: a region that takes long to answer takes longer to roll out, too."""
    return min(max(QUIET_SECONDS, _SLOW_TIMES * watch.opening_seconds), _LONGEST_QUIET_SECONDS)


def missing_registry(spec: Spec) -> str:
    """Say what became of registries that a container still names; empty where there is nothing to say."""
    pulling: tuple[Spec | InitRun, ...] = (spec, *spec.init_jobs)
    gone = {
        one.secret: f'registry "{one.registry}" was deleted; pull secret {one.secret} is missing'
        for one in pulling
        if one.registry is not None and one.registry_id is None and one.secret is not None
    }
    return "; ".join(gone.values())
