"""When a rollout is done or has failed: the rule of `kubectl rollout status`, as a pure function.

Rule: staging/src/k8s.io/kubectl/pkg/polymorphichelpers/rollout_status.go, Kubernetes v1.36.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

PAUSED = "somebody has paused the Deployment there; `kubectl rollout resume` lets it go on"


@dataclass(frozen=True, slots=True)
class Rollout:
    """How far a Deployment's newest template is."""

    state: Literal["waiting", "done", "failed"]
    updated: int
    """Pods of the new template so far."""
    replicas: int
    message: str
    blocked: str = ""
    """Why no pod could be created (quota, admission), in the region's words; it may still pass by itself."""


def assess(deployment: Mapping[str, Any]) -> Rollout:
    """Judge one Deployment as the region showed it."""
    status: Mapping[str, Any] = deployment.get("status") or {}
    wanted = int(deployment["spec"].get("replicas", 1))
    if deployment["metadata"].get("generation", 0) > status.get("observedGeneration", 0):
        return Rollout("waiting", 0, wanted, "waiting for the region to notice the new revision")
    total, updated = int(status.get("replicas", 0)), int(status.get("updatedReplicas", 0))
    available = int(status.get("availableReplicas", 0))
    progressing = _condition(status, "Progressing")
    if progressing.get("reason") == "ProgressDeadlineExceeded":
        seconds = deployment["spec"].get("progressDeadlineSeconds", 600)
        words = f"no progress for {seconds} s: {str(progressing.get('message', '')).rstrip('.')}"
        return Rollout("failed", updated, wanted, words)
    failure = _condition(status, "ReplicaFailure")
    blocked = str(failure.get("message", "")) if failure.get("status") == "True" else ""
    if updated < wanted:
        words = f"{updated} of {wanted} new replicas started"
    elif total > updated:
        words = f"{updated} of {wanted} new replicas started, {total - updated} old still running"
    elif available < updated:
        words = f"{available} of {updated} new replicas available"
    else:
        return Rollout("done", updated, wanted, f"{wanted} of {wanted} replicas run the new revision")
    if deployment["spec"].get("paused"):
        words = PAUSED
    return Rollout("waiting", updated, wanted, words, blocked)


def _condition(status: Mapping[str, Any], kind: str) -> Mapping[str, Any]:
    found: Mapping[str, Any]
    for found in status.get("conditions") or []:
        if found.get("type") == kind:
            return found
    return {}
