"""Pull secrets in a region: seen without their data, and told which token to await.

Where a secret is to hold another version's token than before, its region is told so first, by `promise`. From
then on it refuses every other token itself: an apply that names another version meets a field that is not its
own. So it does not matter how late a worker, an opener or a request comes.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from bahriya_tui.cluster import objects
from bahriya_tui.cluster.transport import Transport
from bahriya_tui.cluster.words import refusal
from bahriya_tui.model.audit import Head, read_head
from bahriya_tui.model.errors import Failed
from bahriya_tui.model.handle import namespace
from bahriya_tui.model.manifests.marks import AUDIT_HEAD, LAST_APPLIED, MANAGER
from bahriya_tui.model.manifests.pull_secret import held

PROMISER = "bahriya-push"
"""Field manager that owns the mark `HOLDS` of a secret whose token is not, or not always was, its own."""


def remove_old_copy(transport: Transport, project: str, name: str) -> None:
    """Remove the annotation in which `kubectl apply` keeps a copy of a secret's data, an old password too.

    Server-side apply leaves it where it is. `Failed` where the region does not let us.
    """
    answer = transport.request(
        "PATCH",
        objects.path("Secret", namespace(project), name),
        query={"fieldManager": MANAGER},
        body={"metadata": {"annotations": {LAST_APPLIED: None}}},
        content_type="application/merge-patch+json",
        metadata_only=True,
    )
    if not answer.ok:
        raise Failed(
            refusal(answer, f"an old copy of a password stays in the annotations of secret {name}"),
            f"kubectl annotate secret {name} --namespace {namespace(project)} {LAST_APPLIED}-",
        )


@dataclass(frozen=True, slots=True)
class Standing:
    """A secret as it stands in a region, without its data."""

    uid: str
    resource_version: str
    ours: bool
    """Whether it carries our marks."""


def look(transport: Transport, project: str, name: str) -> Standing | None:
    """Give the secret that stands there; None when there is none. `Failed` where we may not see it."""
    answer = transport.request("GET", objects.path("Secret", namespace(project), name), metadata_only=True)
    if answer.status == 404:
        return None
    if not answer.ok:
        raise Failed(refusal(answer, f"pull secret {name}"))
    metadata = answer.body.get("metadata") or {}
    ours = objects.is_ours(answer.body, project)
    return Standing(str(metadata.get("uid", "")), str(metadata.get("resourceVersion", "")), ours)


def promise(transport: Transport, project: str, name: str, version: int, there: Standing) -> str:
    """Have the region refuse every token but that of `version`; give the secret's new resourceVersion.

    `Failed` when the secret is not any more as it was seen: somebody else may know better what it is to hold.
    """
    metadata = {"name": name, "resourceVersion": there.resource_version, "annotations": held(version)}
    answer = transport.request(
        "PATCH",
        objects.path("Secret", namespace(project), name),
        query={"fieldManager": PROMISER, "force": "true"},
        body={"apiVersion": "v1", "kind": "Secret", "metadata": metadata},
        content_type="application/apply-patch+yaml",
        metadata_only=True,
    )
    if not answer.ok:
        raise Failed(refusal(answer, f"pull secret {name}"))
    return str((answer.body.get("metadata") or {}).get("resourceVersion", ""))


def read_witness(transport: Transport, project: str, name: str) -> Head | None:
    """Ask a region for the head that a pull secret keeps, never for its data; None when there is none."""
    where = objects.path("Secret", namespace(project), name)
    answer = transport.request("GET", where, metadata_only=True)
    metadata = answer.body.get("metadata") if answer.ok else None
    annotations = metadata.get("annotations") if isinstance(metadata, Mapping) else None
    return read_head(annotations.get(AUDIT_HEAD)) if isinstance(annotations, Mapping) else None
