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
_EVENTS = frozenset({"FailedMount", "FailedAttachVolume", "FailedCreatePodSandBox", "Unhealthy"})
_FINAL = re.compile(
    r"(?<![:/\w])40[134](?![\w\]])|unauthorized|denied|forbidden|not found|manifest unknown|name unknown"
    r"|no basic auth|authentication required|insufficient.scope|x509|no match for platform|must be guid"
    r"|client secret|security token|http response to https client",
    re.IGNORECASE,
)
_NAMES = re.compile(r'"[^"\s]*[/:][^"\s]*"')
_RPC = re.compile(r"\brpc error: code = \w+ desc = ")


@dataclass(frozen=True, slots=True)
class Ending:
    """How a container that should run came to an end."""

    exit_code: int
    reason: str
    """`Error`, `OOMKilled`, `Completed`, `StartError`..."""
    message: str
    """Its last words, where it left any."""
    restarts: int


@dataclass(frozen=True, slots=True)
class Trouble:
    """One pod, or one container of it, that waits for a bad reason."""

    pod: str
    container: str
    """Empty where it is about the pod as a whole."""
    reason: str
    message: str
    init: bool = False
    """It is an init container."""
    ending: Ending | None = None
    """Where it does not stay up."""

    @property
    def severity(self) -> Severity:
        """How the trouble is judged: at once, as a failed pull, or only reported."""
        return "hopeless" if self.reason in _HOPELESS else "pull" if self.reason in _PULL else "other"

    @property
    def cause(self) -> str:
        """Why the pull failed, in the region's words; empty where the kubelet only says it waits."""
        text = _RPC.sub("", _one_line(self.message))
        if self.reason != "ImagePullBackOff":
            return text
        # Kubelets from 1.31 on append the cause to the sentence about the wait.
        return text.partition(": ErrImagePull: ")[2]


def troubles(pods: Iterable[Mapping[str, Any]]) -> list[Trouble]:
    """Find every pod without a node, and every container, init containers included, that does not run."""
    found = []
    for pod in pods:
        if pod["metadata"].get("deletionTimestamp"):
            continue
        whole = _of_pod(pod)
        found.extend([whole] if whole is not None else _of_containers(pod))
    return found


def _of_pod(pod: Mapping[str, Any]) -> Trouble | None:
    """Find why no container of a pod can start at all: it has no node, or its node turned it away."""
    status, name = pod.get("status") or {}, pod["metadata"]["name"]
    if status.get("phase") == "Failed" and status.get("reason"):
        return Trouble(name, "", "TurnedAway", _one_line(status.get("message") or status["reason"]))
    for one in status.get("conditions") or []:
        if one.get("type") == "PodScheduled" and one.get("status") == "False":
            return Trouble(name, "", str(one.get("reason", "")), _one_line(one.get("message", "")))
    return None


def _of_containers(pod: Mapping[str, Any]) -> list[Trouble]:
    status, name = pod.get("status") or {}, pod["metadata"]["name"]
    inits = [(one, True) for one in status.get("initContainerStatuses") or []]
    own = [(one, False) for one in status.get("containerStatuses") or []]
    found = [_of_container(name, one, init) for one, init in [*inits, *own]]
    return [one for one in found if one is not None]


def _of_container(pod: str, one: Mapping[str, Any], init: bool) -> Trouble | None:
    waiting = (one.get("state") or {}).get("waiting") or {}
    reason, ending = waiting.get("reason", ""), _ending(one, init)
    if ending is not None and reason not in _HOPELESS | _PULL:
        return Trouble(pod, one["name"], "CrashLoopBackOff", waiting.get("message", ""), init, ending)
    if reason in _HOPELESS | _PULL | _OTHER:
        return Trouble(pod, one["name"], reason, waiting.get("message", ""), init)
    return None


def _ending(one: Mapping[str, Any], init: bool) -> Ending | None:
    """Give how a container ended, now or before its last restart; None for one that has not, or was to."""
    now = (one.get("state") or {}).get("terminated")
    ended = now or (one.get("lastState") or {}).get("terminated")
    if not ended or (init and now and now.get("exitCode") == 0):
        return None
    return Ending(
        exit_code=int(ended.get("exitCode", 0)),
        reason=str(ended.get("reason", "")),
        message=_one_line(ended.get("message", "")),
        restarts=int(one.get("restartCount", 0)),
    )


def unready(pods: Iterable[Mapping[str, Any]]) -> list[str]:
    """Name the pods that have a node and are not ready, though none of their containers says why."""
    named = []
    for pod in pods:
        if pod["metadata"].get("deletionTimestamp"):
            continue
        conditions = {one.get("type"): one for one in (pod.get("status") or {}).get("conditions") or []}
        placed = conditions.get("PodScheduled", {}).get("status") == "True"
        if placed and conditions.get("Ready", {}).get("status") == "False" and not troubles([pod]):
            named.append(str(pod["metadata"]["name"]))
    return named


def reported(pod: str, events: Iterable[Mapping[str, Any]]) -> Trouble | None:
    """Find what a pod waits for that only its events tell: a volume, its network, a probe."""
    told = [event for event in events if event.get("reason") in _EVENTS]
    if not told:
        return None
    latest = max(told, key=_when)
    return Trouble(pod, "", str(latest["reason"]), _RPC.sub("", _one_line(latest.get("message", ""))))


def is_final(cause: str) -> bool:
    """Tell whether a failed pull will fail again: refused or not found, rather than out of reach for now."""
    return _FINAL.search(without_names(cause)) is not None


def without_names(cause: str) -> str:
    """Leave out quoted references and addresses: an image may be called `unauthorized:404`."""
    return _NAMES.sub("", cause)


def pull_cause(events: Iterable[Mapping[str, Any]]) -> str:
    """Find the latest cause of a failed pull among a pod's events; empty when none says one."""
    failed = [
        event
        for event in events
        if event.get("reason") == "Failed" and "pull image" in str(event.get("message", ""))
    ]
    if not failed:
        return ""
    return _RPC.sub("", _one_line(max(failed, key=_when)["message"]))


def _when(event: Mapping[str, Any]) -> str:
    return str(event.get("lastTimestamp") or event.get("eventTime") or "")


def _one_line(text: object) -> str:
    return " ".join(str(text or "").split())
