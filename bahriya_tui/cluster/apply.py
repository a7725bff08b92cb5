"""Server-side apply, as field manager `bahriya`: others' fields stay theirs unless they are to be taken."""

from collections.abc import Mapping
from typing import Any

from bahriya_tui.cluster.objects import Kind, path
from bahriya_tui.cluster.transport import Answer, Transport
from bahriya_tui.model.manifests.marks import MANAGER

APPLY_PATCH = "application/apply-patch+yaml"
QUERY = {"fieldManager": MANAGER, "force": "false", "fieldValidation": "Strict"}


def apply(
    transport: Transport, manifest: Mapping[str, Any], *, metadata_only: bool = False, force: bool = False
) -> Answer:
    """Apply one manifest that names its kind, namespace and name; 409 means somebody else owns a field.

    With `force` such a field is taken from its owner, which only an operator may decide.
    """
    metadata = manifest["metadata"]
    kind: Kind = manifest["kind"]
    where = metadata["name"] if kind == "Namespace" else metadata["namespace"]
    version = str(manifest["apiVersion"])
    return transport.request(
        "PATCH",
        path(kind, where, metadata["name"], version),
        query={**QUERY, "force": "true"} if force else QUERY,
        body=manifest,
        content_type=APPLY_PATCH,
        metadata_only=metadata_only,
    )
