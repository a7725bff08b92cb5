"""Watching one region's rollout to its end, and finding out why when nothing moves."""

import time
from typing import Any

from bahriya_tui.cluster.errors import Unreachable
from bahriya_tui.cluster.objects import DEPLOYMENT_ID, Kind, path
from bahriya_tui.cluster.pull_judge import PullJudge
from bahriya_tui.cluster.rollout import Rollout, assess
from bahriya_tui.cluster.transport import Transport
from bahriya_tui.cluster.watch import Watch, watching
from bahriya_tui.cluster.words import no_replica, refusal
from bahriya_tui.model.deployment import InitRun, Spec
from bahriya_tui.model.errors import Failed
from bahriya_tui.model.handle import namespace
from bahriya_tui.worker.run import Run

QUIET_SECONDS = 1.5
"""Without progress for this long, the pods are asked why; and again after as long."""
_SLICE_SECONDS = 0.25
_LOOK_SECONDS = 2.5
_SILENT_LOOKS = 3
"""So many in a row may stay unanswered: with the pauses in between, as long as an API server's restart."""
_GRACE_SECONDS = 60
"""Beyond the region's own deadline, after which its controllers count as dead."""


def roll(run: Run, region: str, transport: Transport, applied: dict[str, Any]) -> Rollout:
    """Follow the rollout of the Deployment as it was `applied`; `Failed` says in the region's words why not.

    The watch begins at the resourceVersion of that answer, so no state is missed and no list is needed.
    """
    rolling = Rolling(run, region, transport, told=assess(applied).message)
    selector = f"{DEPLOYMENT_ID}={run.deployment.id}"
    collection = path("Deployment", namespace(run.deployment.project))
    version = str(applied["metadata"]["resourceVersion"])
    with watching(transport, collection, selector, version) as watch:
        shown = applied
        while True:
            done = rolling.see(shown)
            if done is not None:
                return done
            shown = _next(watch, rolling)


def _next(watch: Watch, rolling: "Rolling") -> dict[str, Any]:
    """Wait for the next state of the Deployment, looking at its pods whenever it is quiet for too long."""
    while True:
        rolling.run.check()
        change = watch.next(_SLICE_SECONDS)
        if change is None:
            rolling.look_if_quiet()
        elif change[0] == "DELETED":
            raise Failed(
                "the Deployment was deleted in the region, or another deployment of it took over",
                "deploy again",
            )
        else:
            return change[1]


class Rolling:
    """How far it is, since when nothing moved, and what the pods said."""

    def __init__(self, run: Run, region: str, transport: Transport, told: str) -> None:
        self.run = run
        self._region = region
        self._transport = transport
        self._judge = PullJudge()
        self._rollout = Rollout("waiting", 0, 0, "")
        self._told = told
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

    def look_if_quiet(self) -> None:
        """Ask the pods, when nothing moved for a while; raise `Failed` for a verdict."""
        now = time.monotonic()
        if now - self._moved > self._patience:
            words = f"no progress was reported for {self._patience:.0f} s; its controllers may be down"
            raise self._failed(words, self._look_there())
        if now - self._looked < QUIET_SECONDS:
            return
        try:
            verdict = self._verdict()
        except Unreachable as error:
            self._bear_silence(error)
            return
        self._looked = time.monotonic()
        if verdict is not None:
            raise self._failed(f"image pull{self._judge.whose} failed: {verdict}")
        self._blocked_looks = self._blocked_looks + 1 if self._rollout.blocked else 0
        if self._blocked_looks > 1:
            raise self._failed(*no_replica(self._rollout.blocked))
        self._tell()

    def _verdict(self) -> str | None:
        """Look at the pods; say why their image cannot be pulled, once that is clear."""
        self._unseen = ""
        verdict = self._judge.look(self._pods())
        if verdict is None and self._judge.unexplained is not None:
            verdict = self._judge.explain(self._events(self._judge.unexplained))
            # Only a failed pull has to have its cause; other events tell more, where they may be seen.
            self._unseen = self._unseen if self._judge.pulling else ""
        self._silent_looks = 0
        return verdict

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
            self.run.recorder.region(
                self._region,
                "rolling",
                message,
                updated=self._rollout.updated,
                replicas=self._rollout.replicas,
            )

    def _failed(self, words: str, next_step: str = "") -> Failed:
        serving = "the former revision keeps serving" if self._old_serve else ""
        hints = (missing_registry(self.run.deployment.spec), serving, next_step)
        return Failed(words, "; ".join(hint for hint in hints if hint))

    def _look_there(self) -> str:
        number = self.run.deployment.id
        return f"the region goes on trying; look at its pods, then: bahriya deployment retry {number}"

    def _pods(self) -> list[dict[str, Any]]:
        return self._list("Pod", {"labelSelector": f"{DEPLOYMENT_ID}={self.run.deployment.id}"})

    def _events(self, pod: str) -> list[dict[str, Any]]:
        return self._list("Event", {"fieldSelector": f"involvedObject.kind=Pod,involvedObject.name={pod}"})

    def _list(self, kind: Kind, query: dict[str, str]) -> list[dict[str, Any]]:
        where = path(kind, namespace(self.run.deployment.project))
        answer = self._transport.request("GET", where, query=query, timeout=_LOOK_SECONDS)
        if not answer.ok:
            self._unseen = refusal(answer, f"its {kind.lower()}s cannot be seen")
        items: list[dict[str, Any]] = answer.body.get("items") or []
        return items


def missing_registry(spec: Spec) -> str:
    """Say what became of registries that a container still names; empty where there is nothing to say."""
    pulling: tuple[Spec | InitRun, ...] = (spec, *spec.init_jobs)
    gone = {
        one.secret: f'registry "{one.registry}" was deleted; pull secret {one.secret} is missing'
        for one in pulling
        if one.registry is not None and one.registry_id is None and one.secret is not None
    }
    return "; ".join(gone.values())
