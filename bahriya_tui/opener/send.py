"""Sends the pull secret over the connections there are, and reads no more of the answers than is needed."""

import base64
import json
from typing import Any

from bahriya_tui.direct.connect import Connected
from bahriya_tui.direct.request import CUT, document_in, exchange
from bahriya_tui.direct.target import Target
from bahriya_tui.model.manifests.marks import LAST_APPLIED
from bahriya_tui.model.manifests.pull_secret import manifest
from bahriya_tui.opener.protocol import Answer
from bahriya_tui.opener.words import Spoken

_MOST = 1 << 20
"""Bytes of an answer that are read at most."""
_PATCH = {
    "Accept": "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1",
    "Content-Type": "application/apply-patch+yaml",
}
"""Of what is applied, the metadata alone is to come back."""


def docker_config(auth_key: str, username: str, token: str) -> bytes:
    """Give the content of a pull secret: what `docker login` would have written."""
    auth = base64.b64encode(f"{username}:{token}".encode()).decode()
    login = {"username": username, "password": token, "auth": auth}
    return json.dumps({"auths": {auth_key: login}}).encode()


def send(to: Connected, config: bytes, spoken: Spoken) -> Answer:
    """Apply the secret in one region, and wait for its answer as long as it takes."""
    region, body = to.target.region, _secret(to.target, config)
    query = f"?fieldManager=bahriya&force={'true' if to.target.uid else 'false'}"
    headers = {**_PATCH, "Content-Length": str(len(body))}
    try:
        status, content = exchange(to, "PATCH", headers, _MOST, query, body)
    except CUT:
        return Answer(region, "unreachable", "the connection was cut")
    document = document_in(content) or {}
    if not 200 <= status < 300:
        return Answer(region, "refused", _words(document, spoken), status)
    metadata = document.get("metadata")
    uid = metadata.get("uid") if isinstance(metadata, dict) else None
    if not isinstance(metadata, dict) or not isinstance(uid, str) or not uid:
        return Answer(region, "refused", "it did not answer with a Kubernetes object", status)
    version = str(metadata.get("resourceVersion", ""))
    annotations = metadata.get("annotations")
    old_copy = isinstance(annotations, dict) and LAST_APPLIED in annotations
    return Answer(region, "applied", "", status, spoken.without(uid), spoken.without(version), old_copy)


def _secret(target: Target, config: bytes) -> bytes:
    document = manifest(
        target.secret,
        target.namespace,
        labels=target.labels,
        annotations=target.annotations,
        content=base64.b64encode(config).decode(),
        uid=target.uid,
        resource_version=target.resource_version,
    )
    return json.dumps(document).encode()


def _words(status: dict[str, Any], spoken: Spoken) -> str:
    """Give what a Kubernetes Status says: its message, or else its reason."""
    for name in ("message", "reason"):
        words = status.get(name)
        if isinstance(words, str) and words:
            return spoken.without(words)
    return "it gave no reason"
