"""Deployments and pods as a region shows them, with only what a test is about."""

from typing import Any

Object = dict[str, Any]


def deployment(*, replicas: int = 3, generation: int = 2, observed: int = 2, **status: Any) -> Object:
    conditions = status.pop("conditions", {})
    return {
        "metadata": {"name": "api", "generation": generation},
        "spec": {"replicas": replicas, "progressDeadlineSeconds": 600},
        "status": {
            "observedGeneration": observed,
            "conditions": [{"type": kind, **values} for kind, values in conditions.items()],
            **status,
        },
    }


def waiting_pod(reason: str, message: str = "", name: str = "api-1", init: bool = False) -> Object:
    one = {"name": "api", "state": {"waiting": {"reason": reason, "message": message}}}
    return {
        "metadata": {"name": name},
        "status": {"initContainerStatuses" if init else "containerStatuses": [one]},
    }


def running_pod(name: str = "api-0") -> Object:
    one = {"name": "api", "state": {"running": {"startedAt": "2026-11-23T22:00:00Z"}}}
    return {"metadata": {"name": name}, "status": {"containerStatuses": [one]}}
