"""When a failed pull is a verdict: seen again, or backed off from; a passing disturbance gets more time."""

from collections.abc import Iterable, Mapping
from typing import Any

from bahriya_tui.cluster.pods import Trouble, is_final, troubles

PATIENT_LOOKS = 20
"""Looks (one every 1.5 s) that a cause which may pass, such as a timeout, is given before it counts."""


class PullJudge:
    """Remembers what was seen of a deployment's pods, because back-off hides the cause on older kubelets."""

    def __init__(self) -> None:
        self._cause = ""
        self._bad_looks = 0
        self.note = ""
        """What to tell meanwhile; empty while nothing is wrong."""
        self.unexplained: str | None = None
        """Name of a pod that backs off without a cause: its events have one."""
        self.whose = ""
        """Which init job's image it is about; empty for the container's own."""

    def look(self, pods: Iterable[Mapping[str, Any]]) -> str | None:
        """Take in what the pods show now; give the verdict, or None while there is none."""
        seen = troubles(pods)
        pulling = [one for one in seen if one.severity == "pull"]
        self.unexplained = None
        self.note = self._note(seen)
        for one in seen:
            if one.severity == "hopeless":
                self.whose = _whose(one)
                return f"{one.reason}: {one.cause}"
        self._bad_looks = self._bad_looks + 1 if pulling else 0
        for one in pulling:
            self._cause = one.cause or self._cause
            self.whose = _whose(one)
        backing_off = any(one.reason == "ImagePullBackOff" for one in pulling)
        if backing_off and not self._cause:
            self.unexplained = next(one.pod for one in pulling if one.reason == "ImagePullBackOff")
        return self._verdict(backing_off) if pulling else None

    def explain(self, cause: str) -> str | None:
        """Take the cause found in the unexplained pod's events; give the verdict, if that makes one."""
        self._cause = cause
        return self._verdict(backing_off=True)

    def _verdict(self, backing_off: bool) -> str | None:
        again = backing_off or self._bad_looks >= 2
        if self._cause and is_final(self._cause):
            return self._cause if again else None
        if self._bad_looks >= PATIENT_LOOKS:
            return self._cause or "the image could not be pulled"
        return None

    def _note(self, seen: list[Trouble]) -> str:
        if not seen:
            return ""
        first = seen[0]
        where = f"init job {first.container}: " if first.init else ""
        return where + f"{first.reason}: {first.cause or self._cause or first.message}".strip(": ")


def _whose(trouble: Trouble) -> str:
    return f" of init job {trouble.container}" if trouble.init else ""
