"""Pull secrets as objects: their marks. What is in them is the opener's business alone."""

from collections.abc import Mapping

from bahriya_tui.cluster import objects
from bahriya_tui.cluster.transport import Transport
from bahriya_tui.cluster.words import refusal
from bahriya_tui.model.audit import Head, read_head
from bahriya_tui.model.errors import Failed
from bahriya_tui.model.handle import namespace

AUDIT_HEAD = "bahriya.cloud/audit-head"
"""Annotation that keeps, out of the store's reach, how far the audit log had come."""
_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def labels(project: str, registry: str) -> dict[str, str]:
    """Give the labels of a pull secret of `registry`."""
    return objects.labels(project, registry=registry)


def annotations(version: int) -> dict[str, str]:
    """Give the annotations of the pull secret named for `version` of a registry's credentials."""
    return {objects.VERSION: str(version)}


def held(version: int) -> dict[str, str]:
    """Give the annotation that says whose token is in a pull secret, which may be a newer version's."""
    return {objects.HOLDS: str(version)}


def remove_old_copy(transport: Transport, project: str, name: str) -> None:
    """Remove the annotation in which `kubectl apply` keeps a copy of a secret's data, an old password too.

    Server-side apply leaves it where it is. `Failed` where the region does not let us.
    """
    answer = transport.request(
        "PATCH",
        objects.path("Secret", namespace(project), name),
        query={"fieldManager": objects.MANAGER},
        body={"metadata": {"annotations": {_LAST_APPLIED: None}}},
        content_type="application/merge-patch+json",
        metadata_only=True,
    )
    if not answer.ok:
        raise Failed(
            refusal(answer, f"an old copy of a password stays in the annotations of secret {name}"),
            f"kubectl annotate secret {name} --namespace {namespace(project)} {_LAST_APPLIED}-",
        )


def to_take_back(transport: Transport, project: str, name: str) -> str | None:
    """Give the uid of the secret that stands there, if it is ours to write over; None when there is none.

    `Failed` when a secret of that name does not carry our marks, or the region does not let us see it.
    """
    answer = transport.request("GET", objects.path("Secret", namespace(project), name), metadata_only=True)
    if answer.status == 404:
        return None
    if not answer.ok:
        raise Failed(refusal(answer, f"pull secret {name}"))
    if not objects.is_ours(answer.body, project):
        raise Failed(
            f"a secret {name} is there that does not carry our marks", "remove it there, and repair again"
        )
    return objects.uid(answer.body)


def witness(head: Head) -> dict[str, str]:
    """Give the annotation that makes a region remember the head of the audit log."""
    return {AUDIT_HEAD: str(head)}


def read_witness(transport: Transport, project: str, name: str) -> Head | None:
    """Ask a region for the head that a pull secret keeps, never for its data; None when there is none."""
    where = objects.path("Secret", namespace(project), name)
    answer = transport.request("GET", where, metadata_only=True)
    metadata = answer.body.get("metadata") if answer.ok else None
    annotations = metadata.get("annotations") if isinstance(metadata, Mapping) else None
    return read_head(annotations.get(AUDIT_HEAD)) if isinstance(annotations, Mapping) else None
