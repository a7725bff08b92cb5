"""The labels and annotations by which our objects are known again in a region."""

from typing import Any

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
AUDIT_HEAD = "bahriya.cloud/audit-head"
"""Annotation that keeps, out of the store's reach, how far the audit log had come."""
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
"""Annotation in which `kubectl apply` keeps all that it sent, so a password of a pull secret too."""
FENCE = "bahriya.cloud/fence"
"""Label of a workload, and none of its pods: these must not start anew because the worker changed.

An annotation would raise the generation of a Deployment, as if something else had been asked of it.
"""

Manifest = dict[str, Any]
Mark = tuple[int, int]
"""Number and fence of a deployment; both only rise, so the greater is the newer."""


def labels(project: str, **more: str) -> dict[str, str]:
    """Give the labels of an object of `project`; `container=` and `registry=` say what it is for."""
    names = {"container": CONTAINER, "registry": REGISTRY}
    return {MANAGED_BY: MANAGER, PROJECT: project, **{names[key]: value for key, value in more.items()}}


def stamped(manifest: Manifest, mark: Mark) -> Manifest:
    """Give `manifest` with the mark of the deployment, and of the claim on it, that applies it."""
    metadata = manifest["metadata"]
    stamps = {**metadata["labels"], FENCE: f"{mark[0]}.{mark[1]}"}
    return {**manifest, "metadata": {**metadata, "labels": stamps}}
