"""When a failed pull is a verdict: seen again, or backed off from; a passing disturbance gets more time."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from bahriya_tui.cluster.pod_words import hold_ups
from bahriya_tui.cluster.pods import Trouble, is_final, pull_cause, reported, troubles, unready

PATIENT_LOOKS = 20
"""Looks (one every 1.5 s) that a cause which may pass, such as a timeout, is given before it counts."""
QUIET_LOOKS = 4
"""Looks that a pod of which nothing bad is seen may take to start, before its events are asked; and again."""


class PullJudge:
    """Remembers what was seen of a deployment's pods, because back-off hides the cause on older kubelets."""

    def __init__(self, explained: Callable[[str, str], str] = lambda cause, _: cause) -> None:
        """`explained` puts a cause into words for operators; its second argument names the init job."""
        self._explained = explained
        self._cause = ""
        self._bad_looks = 0
        self._unready_looks = 0
        self._reported: Trouble | None = None
        self._seen: list[Trouble] = []
        self.unexplained: str | None = None
        """Name of a pod that backs off or does not get ready without a cause: its events may have one."""
        self.init_job = ""
        """Which init job's image it is about; empty for the container's own."""

    def look(self, pods: Iterable[Mapping[str, Any]]) -> str | None:
        """Take in what the pods show now; give the verdict, or None while there is none."""
        pods = list(pods)
        seen = self._seen = troubles(pods)
        pulling = [one for one in seen if one.severity == "pull"]
        self.unexplained = self._silent_one([] if pulling else unready(pods))
        for one in seen:
            if one.severity == "hopeless":
                self.init_job = _init_job(one)
                return f"{one.reason}: {one.cause}"
        self._bad_looks = self._bad_looks + 1 if pulling else 0
        for one in pulling:
            self._cause = one.cause or self._cause
            self.init_job = _init_job(one)
        backing_off = any(one.reason == "ImagePullBackOff" for one in pulling)
        if backing_off and not self._cause:
            self.unexplained = next(one.pod for one in pulling if one.reason == "ImagePullBackOff")
        return self._verdict(backing_off) if pulling else None

    def explain(self, events: Iterable[Mapping[str, Any]]) -> str | None:
        """Take the events of the unexplained pod; give the verdict, if they make one."""
        if not self.pulling:
            self._reported = reported(self.unexplained or "", events)
            return None
        self._cause = pull_cause(events)
        return self._verdict(backing_off=True)

    @property
    def pulling(self) -> bool:
        """Tell whether a pod waits for an image that it did not get so far."""
        return any(one.severity == "pull" for one in self._seen)

    @property
    def note(self) -> str:
        """What to tell meanwhile; empty while nothing is wrong."""
        told = [] if self._reported is None else [self._reported]
        others = hold_ups([one for one in self._seen if one.severity == "other"] + told)
        return "; ".join([*self._pull_note(), *others])

    def _silent_one(self, silent: list[str]) -> str | None:
        """Name a pod to ask the events of, every few looks at which pods are not ready without a word."""
        if self._reported is not None and self._reported.pod not in silent:
            self._reported = None
        self._unready_looks = self._unready_looks + 1 if silent else 0
        return silent[0] if silent and self._unready_looks % QUIET_LOOKS == 0 else None

    def _verdict(self, backing_off: bool) -> str | None:
        again = backing_off or self._bad_looks >= 2
        if self._cause and is_final(self._cause):
            return self._cause if again else None
        if self._bad_looks >= PATIENT_LOOKS:
            return self._cause or "the image could not be pulled"
        return None

    def _pull_note(self) -> list[str]:
        for one in self._seen:
            if one.severity != "other":
                where = f"init job {one.container}: " if one.init else ""
                cause = one.cause or self._cause
                words = self._explained(cause, _init_job(one)) if cause else one.message
                return [where + f"{one.reason}: {words}".strip(": ")]
        return []


def _init_job(trouble: Trouble) -> str:
    return trouble.container if trouble.init else ""
