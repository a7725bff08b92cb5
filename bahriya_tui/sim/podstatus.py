"""A pod's status as the kubelet reports it: container states, phase and conditions. Pure functions."""

import hashlib
from dataclasses import dataclass

from bahriya_tui.sim.kinds import Json
from bahriya_tui.sim.verbs import now

INIT = "initContainerStatuses"
MAIN = "containerStatuses"


@dataclass(frozen=True, slots=True)
class Ending:
    """How the process of a container ends by itself, each time it was started."""

    exit_code: int
    reason: str = "Error"
    """`OOMKilled` when it asked for too much memory, `Completed` with exit code 0."""
    message: str = ""
    """What it left in its termination log."""


def unschedulable(pod: Json, why: str) -> Json:
    """The status of a pod that no node takes."""
    before = {each["type"]: each for each in pod["status"].get("conditions") or ()}
    condition = _condition(before.get("PodScheduled"), "PodScheduled", False)
    condition |= {"reason": "Unschedulable", "message": why}
    status: Json = pod["status"] | {"phase": "Pending", "conditions": [condition]}
    return status


def scheduled(pod: Json) -> Json:
    """The status of a pod that has a node and waits for its images."""
    inits = pod["spec"].get("initContainers") or []
    reason = "PodInitializing" if inits else "ContainerCreating"
    status = pod["status"] | {
        "phase": "Pending",
        "hostIP": "127.0.0.1",
        "startTime": now(),
        MAIN: [_status(each, {"waiting": {"reason": reason}}) for each in pod["spec"]["containers"]],
    }
    if inits:
        status[INIT] = [_status(each, {"waiting": {"reason": "PodInitializing"}}) for each in inits]
    return _summed(pod, status)


def waiting(pod: Json, field: str, container: Json, reason: str, message: str) -> Json:
    """The status with one container waiting for this reason."""
    return _with(pod, field, _status(container, {"waiting": {"reason": reason, "message": message}}))


def started(pod: Json, field: str, container: Json, digest: str) -> Json:
    """The status with one container running, or done when it is an init container."""
    moment = now()
    if field == INIT:
        ended = {"exitCode": 0, "reason": "Completed", "startedAt": moment, "finishedAt": moment}
        return _with(pod, field, _status(container, {"terminated": ended}, digest))
    return _with(pod, field, _status(container, {"running": {"startedAt": moment}}, digest))


def ended(pod: Json, field: str, container: Json, ending: Ending, restarts: int, back_off: float) -> Json:
    """The status with one container that ended by itself; from its first restart on it is backed off from."""
    moment, metadata = now(), pod["metadata"]
    last = {"exitCode": ending.exit_code, "reason": ending.reason, "startedAt": moment, "finishedAt": moment}
    state: Json = {"terminated": last | ({"message": ending.message} if ending.message else {})}
    status = _status(container, state) | {"ready": False, "restartCount": restarts}
    if restarts:
        named = f"{metadata['name']}_{metadata['namespace']}({metadata['uid']})"
        what = f"restarting failed container={container['name']} pod={named}"
        waits = {"reason": "CrashLoopBackOff", "message": f"back-off {back_off:.0f}s {what}"}
        status |= {"state": {"waiting": waits}, "lastState": state}
    return _with(pod, field, status)


def _status(container: Json, state: Json, digest: str = "") -> Json:
    on = "running" in state
    status: Json = {"name": container["name"], "image": container["image"], "imageID": digest, "state": state}
    status |= {"ready": on or "terminated" in state, "started": on, "restartCount": 0, "lastState": {}}
    if digest:
        status["containerID"] = "containerd://" + hashlib.sha256(container["name"].encode()).hexdigest()
    return status


def _with(pod: Json, field: str, changed: Json) -> Json:
    listed = [changed if each["name"] == changed["name"] else each for each in pod["status"].get(field) or ()]
    return _summed(pod, pod["status"] | {field: listed})


def _summed(pod: Json, status: Json) -> Json:
    """Phase and conditions from the containers' states."""
    initialised = all(each["ready"] for each in status.get(INIT) or ())
    ready = initialised and all(each["ready"] for each in status[MAIN])
    if ready:
        address = hashlib.sha256(pod["metadata"]["uid"].encode()).digest()
        status = status | {"phase": "Running", "podIP": f"10.244.{address[0]}.{address[1]}"}
    before = {each["type"]: each for each in status.get("conditions") or ()}
    facts = {"PodScheduled": True, "Initialized": initialised, "ContainersReady": ready, "Ready": ready}
    conditions = [_condition(before.get(kind), kind, fact) for kind, fact in facts.items()]
    return status | {"conditions": conditions}


def _condition(before: Json | None, kind: str, fact: bool) -> Json:
    if before and before["status"] == str(fact):
        return before
    condition = {"type": kind, "status": str(fact), "lastProbeTime": None, "lastTransitionTime": now()}
    return condition if fact else condition | {"reason": "ContainersNotReady"}
