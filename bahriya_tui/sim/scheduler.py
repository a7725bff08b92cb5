"""The scheduler: whether a region's one node takes a pod, and why not, in the words of kube-scheduler.

A pod's requests are those of its containers; a LimitRange of its namespace gives them where they say none.
"""

from bahriya_tui.sim.kinds import Json
from bahriya_tui.sim.objects import Objects

_NO_HELP = "Preemption is not helpful for scheduling."
_NO_VICTIMS = "No preemption victims found for incoming pod."
_SCARCE = ("cpu", "memory")
_UNITS = {"m": 0.001, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30}


def why_not(objects: Objects, pod: Json, node: str) -> str:
    """Say why `node` does not take `pod`; empty when it does."""
    found = objects.get("nodes", "", node)
    if found is None:
        return "no nodes available to schedule pods"
    if unfit := _unfit(found["spec"], pod["spec"].get("tolerations") or ()):
        return _message([unfit], _NO_HELP)
    placed = [one for one in objects.list("pods") if one["spec"].get("nodeName") == node]
    full = _full(found["status"].get("allocatable") or {}, pod, placed)
    return _message(full, _NO_VICTIMS) if full else ""


def with_requests(objects: Objects, pod: Json) -> Json:
    """Give the pod as admission makes it: with the requests that a LimitRange gives where it names none."""
    spec = pod["spec"]
    for limits in objects.list("limitranges", pod["metadata"]["namespace"]):
        for limit in limits["spec"]["limits"]:
            given = limit.get("defaultRequest") or {}
            spec = spec | {"containers": [_requesting(each, given) for each in spec["containers"]]}
    return pod | {"spec": spec}


def _requesting(container: Json, given: Json) -> Json:
    resources = container.get("resources") or {}
    return container | {"resources": resources | {"requests": given | (resources.get("requests") or {})}}


def _unfit(spec: Json, tolerations: object) -> str:
    if spec.get("unschedulable"):
        return "node(s) were unschedulable"
    taints = [taint for taint in spec.get("taints") or () if taint["effect"] != "PreferNoSchedule"]
    if taints and not tolerations:
        return "node(s) had untolerated taint(s)"
    return ""


def _full(room: Json, pod: Json, placed: list[Json]) -> list[str]:
    """Name what the node has too little of; it has enough of what it does not say."""
    crowded = "pods" in room and len(placed) >= int(room["pods"])
    scarce = [
        f"Insufficient {what}"
        for what in _SCARCE
        if what in room and sum(_asks(one, what) for one in [pod, *placed]) > _amount(room[what])
    ]
    return [*(["Too many pods"] if crowded else []), *scarce]


def _asks(pod: Json, what: str) -> float:
    asked = [(each.get("resources") or {}).get("requests") or {} for each in pod["spec"]["containers"]]
    return sum(_amount(one.get(what, "0")) for one in asked)


def _amount(quantity: str) -> float:
    unit = next((unit for unit in _UNITS if quantity.endswith(unit)), "")
    return float(quantity.removesuffix(unit)) * _UNITS.get(unit, 1)


def _message(reasons: list[str], preemption: str) -> str:
    told = ", ".join(sorted(f"1 {reason}" for reason in reasons))
    afterwards = f"no new claims to deallocate, preemption: 0/1 nodes are available: 1 {preemption}"
    return f"0/1 nodes are available: {told}. {afterwards}"
