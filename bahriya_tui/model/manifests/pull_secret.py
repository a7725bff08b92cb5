"""Pull secrets: their marks and their shape. What is in one is the opener's business alone."""

from collections.abc import Mapping

from bahriya_tui.model.manifests import marks
from bahriya_tui.model.manifests.marks import Manifest


def labels(project: str, registry: str) -> dict[str, str]:
    """Give the labels of a pull secret of `registry`."""
    return marks.labels(project, registry=registry)


def annotations(version: int) -> dict[str, str]:
    """Give the annotations of the pull secret named for `version` of a registry's credentials."""
    return {marks.VERSION: str(version)}


def held(version: int) -> dict[str, str]:
    """Give the annotation that says whose token is in a pull secret, which may be a newer version's."""
    return {marks.HOLDS: str(version)}


def witness(head: object) -> dict[str, str]:
    """Give the annotation that makes a region remember the head of the audit log."""
    return {marks.AUDIT_HEAD: str(head)}


def manifest(
    name: str,
    namespace: str,
    *,
    labels: Mapping[str, str],
    annotations: Mapping[str, str],
    content: str,
    uid: str = "",
    resource_version: str = "",
) -> Manifest:
    """Give a pull secret as it is applied; `content` is what stands for its data, in base64.

    With `uid` or `resource_version` the region refuses it unless its secret is that one.
    """
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "type": "kubernetes.io/dockerconfigjson",
        "metadata": {
            "name": name,
            "namespace": namespace,
            "labels": dict(labels),
            "annotations": dict(annotations),
            **({"uid": uid} if uid else {}),
            **({"resourceVersion": resource_version} if resource_version else {}),
        },
        "data": {".dockerconfigjson": content},
    }
