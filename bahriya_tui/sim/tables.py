"""Columns that `kubectl get` shows per kind, as meta.k8s.io/v1 Table. Pure functions."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from bahriya_tui.sim.kinds import Json, Kind

Cells = Callable[[Json], list[Any]]


def table(kind: Kind, items: list[Json], version: str, include_object: str) -> Json:
    """The Table of these objects; rows carry metadata only, unless `include_object` is Object or None."""
    names, cells = _COLUMNS.get(kind.plural, _PLAIN)
    return {
        "kind": "Table",
        "apiVersion": "meta.k8s.io/v1",
        "metadata": {"resourceVersion": version},
        "columnDefinitions": [_column(name) for name in names],
        "rows": [{"cells": cells(item), "object": _shown(item, include_object)} for item in items],
    }


def _column(name: str) -> Json:
    kind = "integer" if name in ("Desired", "Current", "Data", "Up-to-date", "Available") else "string"
    form = "name" if name == "Name" else ""
    return {"name": name, "type": kind, "format": form, "description": "", "priority": 0}


def _shown(item: Json, include_object: str) -> Json | None:
    if include_object == "Object":
        return item
    if include_object == "None":
        return None
    return {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": item["metadata"]}


def age(item: Json, field: str = "") -> str:
    """How long ago, as kubectl writes it: 5s, 12m, 3h, 2d."""
    since = item.get(field) or item["metadata"].get("creationTimestamp") or ""
    try:
        born = datetime.strptime(since, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        return "<unknown>"
    seconds = max(0, int((datetime.now(UTC) - born).total_seconds()))
    for size, unit in ((86400, "d"), (3600, "h"), (60, "m")):
        if seconds >= 2 * size:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def _name(item: Json) -> str:
    return str(item["metadata"]["name"])


def _pod(item: Json) -> list[Any]:
    statuses = item["status"].get("containerStatuses") or []
    waiting = [s["state"]["waiting"]["reason"] for s in statuses if "waiting" in s.get("state", {})]
    ready = f"{sum(bool(s.get('ready')) for s in statuses)}/{len(item['spec'].get('containers', ()))}"
    return [_name(item), ready, (waiting or [item["status"].get("phase", "")])[0], "0", age(item)]


def _deployment(item: Json) -> list[Any]:
    status, wanted = item.get("status") or {}, item["spec"]["replicas"]
    ready = f"{status.get('readyReplicas', 0)}/{wanted}"
    counts = [status.get("updatedReplicas", 0), status.get("availableReplicas", 0)]
    return [_name(item), ready, *counts, age(item)]


def _cronjob(item: Json) -> list[Any]:
    spec = item["spec"]
    return [_name(item), spec["schedule"], str(spec["suspend"]), "0", "<none>", age(item)]


def _replica_set(item: Json) -> list[Any]:
    status = item.get("status") or {}
    counts = [item["spec"]["replicas"], status.get("replicas", 0), status.get("readyReplicas", 0)]
    return [_name(item), *counts, age(item)]


def _service(item: Json) -> list[Any]:
    spec = item["spec"]
    ports = ",".join(f"{port['port']}/{port['protocol']}" for port in spec.get("ports") or ()) or "<none>"
    return [_name(item), spec["type"], spec.get("clusterIP", "<none>"), "<none>", ports, age(item)]


def _event(item: Json) -> list[Any]:
    about = item["involvedObject"]
    name = f"{about['kind'].lower()}/{about['name']}"
    return [age(item, "lastTimestamp"), item["type"], item["reason"], name, item["message"]]


def _node(item: Json) -> list[Any]:
    return [_name(item), "Ready", "<none>", age(item), item["status"]["nodeInfo"]["kubeletVersion"]]


_PLAIN: tuple[tuple[str, ...], Cells] = (("Name", "Age"), lambda item: [_name(item), age(item)])
_COLUMNS: dict[str, tuple[tuple[str, ...], Cells]] = {
    "namespaces": (
        ("Name", "Status", "Age"),
        lambda item: [_name(item), item["status"]["phase"], age(item)],
    ),
    "secrets": (
        ("Name", "Type", "Data", "Age"),
        lambda item: [_name(item), item["type"], len(item.get("data") or ()), age(item)],
    ),
    "pods": (("Name", "Ready", "Status", "Restarts", "Age"), _pod),
    "deployments": (("Name", "Ready", "Up-to-date", "Available", "Age"), _deployment),
    "cronjobs": (("Name", "Schedule", "Suspend", "Active", "Last Schedule", "Age"), _cronjob),
    "replicasets": (("Name", "Desired", "Current", "Ready", "Age"), _replica_set),
    "services": (("Name", "Type", "Cluster-IP", "External-IP", "Port(s)", "Age"), _service),
    "events": (("Last Seen", "Type", "Reason", "Object", "Message"), _event),
    "nodes": (("Name", "Status", "Roles", "Age", "Version"), _node),
}
