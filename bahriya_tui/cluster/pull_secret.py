"""Pull secrets as objects: their marks. What is in them is the opener's business alone."""

from bahriya_tui.cluster import objects
from bahriya_tui.cluster.transport import Transport
from bahriya_tui.cluster.words import refusal
from bahriya_tui.model.errors import Failed
from bahriya_tui.model.handle import namespace

_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def labels(project: str, registry: str) -> dict[str, str]:
    """Give the labels of a pull secret of `registry`."""
    return objects.labels(project, registry=registry)


def annotations(version: int) -> dict[str, str]:
    """Give the annotations of a pull secret that holds `version` of a registry's credentials."""
    return {objects.VERSION: str(version)}


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
