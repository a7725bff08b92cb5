"""A deployment's status: its counts and the conditions Available and Progressing. Pure functions."""

from bahriya_tui.sim.kinds import Json
from bahriya_tui.sim.verbs import now

DONE = "NewReplicaSetAvailable"
LATE = "ProgressDeadlineExceeded"


def limits(spec: Json) -> tuple[int, int]:
    """How many pods may be above (rounded up) and missing from (rounded down) the wanted number."""
    if spec["strategy"]["type"] == "Recreate":
        return 0, int(spec["replicas"])
    rolling, replicas = spec["strategy"]["rollingUpdate"], spec["replicas"]
    surge, missing = (
        _share(rolling["maxSurge"], replicas, up=True),
        _share(rolling["maxUnavailable"], replicas),
    )
    return surge, missing if surge or missing else 1


def _share(value: int | str, whole: int, up: bool = False) -> int:
    if isinstance(value, int):
        return value
    exact = int(value.rstrip("%")) * whole
    return -(-exact // 100) if up else exact // 100


def counted(deployment: Json, current: Json | None, sets: list[Json]) -> Json:
    """The counts of a status; those that are zero are left out, as the API does."""

    def total(field: str) -> int:
        return sum(each["status"].get(field, 0) for each in sets)

    available = total("availableReplicas")
    counts = {
        "replicas": total("replicas"),
        "updatedReplicas": current["status"].get("replicas", 0) if current else 0,
        "readyReplicas": total("readyReplicas"),
        "availableReplicas": available,
        "unavailableReplicas": max(0, deployment["spec"]["replicas"] - available),
    }
    return {name: count for name, count in counts.items() if count}


def complete(deployment: Json, counts: Json) -> bool:
    """Every wanted replica is new and available, and no old one is left."""
    wanted = deployment["spec"]["replicas"]
    return all(counts.get(name, 0) == wanted for name in ("replicas", "updatedReplicas", "availableReplicas"))


def advanced(before: Json, counts: Json) -> bool:
    """Whether the counts are nearer to the end than before."""

    def old(status: Json) -> int:
        return int(status.get("replicas", 0) - status.get("updatedReplicas", 0))

    grown = ("updatedReplicas", "readyReplicas", "availableReplicas")
    return old(counts) < old(before) or any(counts.get(name, 0) > before.get(name, 0) for name in grown)


def reason_of(status: Json, kind: str) -> str:
    """The reason of one condition; empty without it."""
    found = (each["reason"] for each in status.get("conditions") or () if each["type"] == kind)
    return next(found, "")


def available(deployment: Json, counts: Json) -> Json:
    """The condition Available."""
    _, missing = limits(deployment["spec"])
    if counts.get("availableReplicas", 0) >= deployment["spec"]["replicas"] - missing:
        return condition(
            "Available", "True", "MinimumReplicasAvailable", "Deployment has minimum availability."
        )
    message = "Deployment does not have minimum availability."
    return condition("Available", "False", "MinimumReplicasUnavailable", message)


def progressing(reason: str, name: str) -> Json:
    """The condition Progressing about the ReplicaSet of this name."""
    said = {
        "NewReplicaSetCreated": ("True", f'Created new replica set "{name}"'),
        "FoundNewReplicaSet": ("True", f'Found new replica set "{name}"'),
        "ReplicaSetUpdated": ("True", f'ReplicaSet "{name}" is progressing.'),
        DONE: ("True", f'ReplicaSet "{name}" has successfully progressed.'),
        LATE: ("False", f'ReplicaSet "{name}" has timed out progressing.'),
        "DeploymentPaused": ("Unknown", "Deployment is paused"),
    }
    status, message = said[reason]
    return condition("Progressing", status, reason, message)


def condition(kind: str, status: str, reason: str, message: str) -> Json:
    """One condition, changed now."""
    moment = now()
    return {
        "type": kind,
        "status": status,
        "reason": reason,
        "message": message,
        "lastUpdateTime": moment,
        "lastTransitionTime": moment,
    }


def joined(before: list[Json], new: list[Json]) -> list[Json]:
    """Conditions with some replaced: those that say the same keep their times."""
    result = {each["type"]: each for each in before}
    for each in new:
        old = result.get(each["type"])
        if old and (old["status"], old["reason"], old["message"]) == (
            each["status"],
            each["reason"],
            each["message"],
        ):
            continue
        if old and old["status"] == each["status"]:
            each = each | {"lastTransitionTime": old["lastTransitionTime"]}
        result[each["type"]] = each
    return list(result.values())
