"""Where our objects live in a region, and the labels by which we know them again."""

from collections.abc import Mapping
from typing import Any, Literal

Kind = Literal["Namespace", "Secret", "Service", "Deployment", "Pod", "Event"]

MANAGER = "bahriya"
"""Field manager of every apply, and value of the managed-by label."""
MANAGED_BY = "app.kubernetes.io/managed-by"
PROJECT = "bahriya.cloud/project"
CONTAINER = "bahriya.cloud/container"
REGISTRY = "bahriya.cloud/registry"
DEPLOYMENT_ID = "bahriya.cloud/deployment-id"
VERSION = "bahriya.cloud/version"
HOLDS = "bahriya.cloud/holds"
"""Annotation of a pull secret: the version whose token is in it; `VERSION` is the one it is named for."""

_PLURALS: dict[Kind, tuple[str, str]] = {
    "Namespace": ("/api/v1", "namespaces"),
    "Secret": ("/api/v1", "secrets"),
    "Service": ("/api/v1", "services"),
    "Pod": ("/api/v1", "pods"),
    "Event": ("/api/v1", "events"),
    "Deployment": ("/apis/apps/v1", "deployments"),
}


def path(kind: Kind, namespace: str, name: str = "") -> str:
    """Give the API path of one object, or of all of its kind in the namespace when no name is given."""
    prefix, plural = _PLURALS[kind]
    if kind == "Namespace":
        return f"{prefix}/{plural}/{namespace}"
    return f"{prefix}/namespaces/{namespace}/{plural}" + (f"/{name}" if name else "")


def labels(project: str, **more: str) -> dict[str, str]:
    """Give the labels of an object of `project`; `container=` and `registry=` say what it is for."""
    names = {"container": CONTAINER, "registry": REGISTRY}
    return {MANAGED_BY: MANAGER, PROJECT: project, **{names[key]: value for key, value in more.items()}}


def is_ours(document: Mapping[str, Any], project: str) -> bool:
    """Tell whether an object carries our labels for `project`."""
    found = document.get("metadata", {}).get("labels") or {}
    return found.get(MANAGED_BY) == MANAGER and found.get(PROJECT) == project


def uid(document: Mapping[str, Any]) -> str | None:
    """Give the object's uid, which no later object of the same name has."""
    found: str | None = document.get("metadata", {}).get("uid")
    return found
