"""Where our objects live in a region, and whether one is ours."""

from collections.abc import Mapping
from typing import Any, Literal

from bahriya_tui.model.manifests.marks import MANAGED_BY, MANAGER, PROJECT

Kind = Literal["Namespace", "Secret", "Service", "Deployment", "CronJob", "Pod", "Event"]

_PLURALS: dict[Kind, tuple[str, str]] = {
    "Namespace": ("/api/v1", "namespaces"),
    "Secret": ("/api/v1", "secrets"),
    "Service": ("/api/v1", "services"),
    "Pod": ("/api/v1", "pods"),
    "Event": ("/api/v1", "events"),
    "Deployment": ("/apis/apps/v1", "deployments"),
    "CronJob": ("/apis/batch/v1", "cronjobs"),
}


def path(kind: Kind, namespace: str, name: str = "", api_version: str = "") -> str:
    """Give the API path of one object, or of all of its kind in the namespace when no name is given.

    `api_version` is for kinds that regions serve in different ones.
    """
    prefix, plural = _PLURALS[kind]
    if "/" in api_version:
        prefix = f"/apis/{api_version}"
    if kind == "Namespace":
        return f"{prefix}/{plural}/{namespace}"
    return f"{prefix}/namespaces/{namespace}/{plural}" + (f"/{name}" if name else "")


def is_ours(document: Mapping[str, Any], project: str) -> bool:
    """Tell whether an object carries our labels for `project`."""
    found = document.get("metadata", {}).get("labels") or {}
    return found.get(MANAGED_BY) == MANAGER and found.get(PROJECT) == project


def uid(document: Mapping[str, Any]) -> str | None:
    """Give the object's uid, which no later object of the same name has."""
    found: str | None = document.get("metadata", {}).get("uid")
    return found
