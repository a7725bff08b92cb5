"""Why new pods do not start, from what the region shows of them; pure functions.

Reasons: pkg/kubelet/images/types.go and pkg/kubelet/kuberuntime, Kubernetes v1.36.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Severity = Literal["hopeless", "pull", "other"]

_HOPELESS = frozenset({"InvalidImageName", "ErrImageNeverPull"})
_PULL = frozenset(
    {
        "ErrImagePull",
        "ImagePullBackOff",
        "ImageInspectError",
        "RegistryUnavailable",
        "SignatureValidationFailed",
    }
)
_OTHER = frozenset(
    {"CrashLoopBackOff", "CreateContainerConfigError", "CreateContainerError", "RunContainerError"}
)
_FINAL = re.compile(
    r"\b40[134]\b|unauthorized|denied|forbidden|not found|manifest unknown|name unknown|no basic auth"
    r"|authentication required|insufficient.scope|x509|no match for platform",
    re.IGNORECASE,
)
_RPC = re.compile(r"\brpc error: code = \w+ desc = ")


@dataclass(frozen=True, slots=True)
class Trouble:
    """One container of one pod that waits for a bad reason."""

    pod: str
    container: str
    reason: str
    message: str
    init: bool = False
    """It is an init container."""

    @property
    def severity(self) -> Severity:
        """How the trouble is judged: at once, as a failed pull, or only reported."""
        return "hopeless" if self.reason in _HOPELESS else "pull" if self.reason in _PULL else "other"

    @property
    def cause(self) -> str:
        """Why the pull failed, in the region's words; empty where the kubelet only says it waits."""
        text = _RPC.sub("", " ".join(self.message.split()))
        if self.reason != "ImagePullBackOff":
            return text
        # Kubelets from 1.31 on append the cause to the sentence about the wait.
        return text.partition(": ErrImagePull: ")[2]


def troubles(pods: Iterable[Mapping[str, Any]]) -> list[Trouble]:
    """Find every container, init containers included, that waits for a reason worth telling."""
    found = []
    for pod in pods:
        status = pod.get("status") or {}
        if pod["metadata"].get("deletionTimestamp"):
            continue
        inits = status.get("initContainerStatuses") or []
        for place, one in enumerate([*inits, *(status.get("containerStatuses") or [])]):
            waiting = (one.get("state") or {}).get("waiting") or {}
            reason = waiting.get("reason", "")
            if reason in _HOPELESS | _PULL | _OTHER:
                name, message = pod["metadata"]["name"], waiting.get("message", "")
                found.append(Trouble(name, one["name"], reason, message, place < len(inits)))
    return found


def is_final(cause: str) -> bool:
    """Tell whether a failed pull will fail again: refused or not found, rather than out of reach for now."""
    return _FINAL.search(cause) is not None


def pull_cause(events: Iterable[Mapping[str, Any]]) -> str:
    """Find the latest cause of a failed pull among a pod's events; empty when none says one."""
    failed = [
        event
        for event in events
        if event.get("reason") == "Failed" and "pull image" in str(event.get("message", ""))
    ]
    if not failed:
        return ""
    latest = max(failed, key=lambda event: str(event.get("lastTimestamp") or event.get("eventTime") or ""))
    return _RPC.sub("", " ".join(str(latest["message"]).split()))
