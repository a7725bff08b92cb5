"""Server-side apply, as field manager `bahriya` and never by force: others' fields stay theirs."""

from collections.abc import Mapping
from typing import Any

from bahriya_tui.cluster.objects import MANAGER, Kind, path
from bahriya_tui.cluster.transport import Answer, Transport

APPLY_PATCH = "application/apply-patch+yaml"
QUERY = {"fieldManager": MANAGER, "force": "false", "fieldValidation": "Strict"}


def apply(transport: Transport, manifest: Mapping[str, Any], *, metadata_only: bool = False) -> Answer:
    """Apply one manifest that names its kind, namespace and name; 409 means somebody else owns a field."""
    metadata = manifest["metadata"]
    kind: Kind = manifest["kind"]
    where = metadata["name"] if kind == "Namespace" else metadata["namespace"]
    version = str(manifest["apiVersion"])
    return transport.request(
        "PATCH",
        path(kind, where, metadata["name"], version),
        query=QUERY,
        body=manifest,
        content_type=APPLY_PATCH,
        metadata_only=metadata_only,
    )
