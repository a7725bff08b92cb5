"""Pull secrets that others made in a region, looked at by their metadata alone: nothing in them is read."""

from collections.abc import Iterator, Mapping
from typing import Any

from bahriya_tui.cluster.objects import path
from bahriya_tui.cluster.transport import Answer, Transport
from bahriya_tui.model.errors import Failed, InUse, NotFound
from bahriya_tui.model.importing import ForeignSecret
from bahriya_tui.model.manifests.marks import MANAGED_BY, MANAGER

TYPES = ("kubernetes.io/dockerconfigjson", "kubernetes.io/dockercfg")
_AT_ONCE = "500"


def find(transport: Transport, region: str, namespace: str = "") -> list[ForeignSecret]:
    """List them by namespace and name, in one namespace or in all; `Failed` where the region refuses."""
    found = [
        ForeignSecret(
            region,
            str(metadata.get("namespace", "")),
            str(metadata.get("name", "")),
            type_,
            str(metadata.get("creationTimestamp", "")),
        )
        for type_ in TYPES
        for metadata in _of_type(transport, type_, namespace)
        if not _ours(metadata)
    ]
    return sorted(found, key=lambda one: (one.namespace, one.name))


def uid_of(transport: Transport, namespace: str, name: str) -> str:
    """Give the uid of a secret that is not ours; `InUse` for one of ours, which are never read back.

    `NotFound` where there is none, `Failed` where the region refuses.
    """
    answer = transport.request("GET", path("Secret", namespace, name), metadata_only=True)
    if answer.status == 404:
        raise NotFound(
            f"there is no secret {namespace}/{name}", "list them: bahriya registry adopt --region R"
        )
    if not answer.ok:
        raise _refused(answer, f"secret {namespace}/{name}", f"get secrets in namespace {namespace}")
    metadata = answer.body.get("metadata") or {}
    if _ours(metadata):
        raise InUse(
            f"secret {namespace}/{name} is one of ours, and these are never read back",
            "enter its token again where it is wanted: bahriya registry add",
        )
    return str(metadata.get("uid", ""))


def _of_type(transport: Transport, type_: str, namespace: str) -> Iterator[Mapping[str, Any]]:
    where = path("Secret", namespace) if namespace else "/api/v1/secrets"
    query = {"fieldSelector": f"type={type_}", "limit": _AT_ONCE}
    thing = f"secrets in namespace {namespace}" if namespace else "secrets in all namespaces"
    while True:
        answer = transport.request("GET", where, query=query, metadata_list=True)
        if not answer.ok:
            right = f"list {thing}" if namespace else f"list {thing}, or name one with --namespace"
            raise _refused(answer, thing, right)
        if answer.body.get("kind") != "PartialObjectMetadataList":
            raise Failed(f"{thing}: it did not answer with a list of them", "look at the proxy before it")
        for one in answer.body.get("items") or []:
            yield one.get("metadata") or {}
        more = (answer.body.get("metadata") or {}).get("continue")
        if not more:
            return
        query = {**query, "continue": str(more)}


def _ours(metadata: Mapping[str, Any]) -> bool:
    return (metadata.get("labels") or {}).get(MANAGED_BY) == MANAGER


def _refused(answer: Answer, thing: str, right: str) -> Failed:
    said = " ".join(str(answer.body.get("message") or f"status {answer.status}").split())
    if answer.status == 401:
        return Failed(f"{thing}: the region refused the kubeconfig's credentials ({said})", "renew them")
    if answer.status == 403:
        return Failed(f"{thing}: not permitted there ({said})", f"have the kubeconfig's user be let {right}")
    return Failed(f"{thing}: refused with {answer.status} ({said})", "try again later")
