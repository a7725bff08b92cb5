"""Sends the pull secret over the connections there are, and reads no more of the answers than is needed."""

import base64
import http.client
import json
from typing import Any
from urllib.parse import quote

from bahriya_tui.model.manifests.marks import LAST_APPLIED
from bahriya_tui.model.manifests.pull_secret import manifest
from bahriya_tui.opener.connect import Connected
from bahriya_tui.opener.protocol import Answer, Target
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
    region = to.target.region
    try:
        status, content = _exchange(to, config)
    except (OSError, http.client.HTTPException):
        return Answer(region, "unreachable", "the connection was cut")
    document = _document(content)
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


def _exchange(to: Connected, config: bytes) -> tuple[int, bytes]:
    line = http.client.HTTPConnection("region")
    line.auto_open = 0
    line.sock = to.connection
    body = _secret(to.target, config)
    line.putrequest("PATCH", _path(to.target), skip_host=True, skip_accept_encoding=True)
    for name, value in {**addressed(to.target), **_PATCH}.items():
        line.putheader(name, value)
    line.putheader("Content-Length", str(len(body)))
    line.endheaders(body)
    with line.getresponse() as response:
        return response.status, response.read(_MOST)


def addressed(target: Target) -> dict[str, str]:
    """Give the headers of every request to a region, its login among them."""
    host = f"[{target.host}]" if ":" in target.host else target.host
    headers = {"Host": f"{host}:{target.port}", "User-Agent": "bahriya", "Connection": "close"}
    if target.token:
        headers["Authorization"] = f"Bearer {target.token}"
    elif target.basic:
        headers["Authorization"] = f"Basic {target.basic}"
    return headers


def _path(target: Target) -> str:
    where = f"/api/v1/namespaces/{quote(target.namespace)}/secrets/{quote(target.secret)}"
    force = "true" if target.uid else "false"
    return f"{quote(target.base_path)}{where}?fieldManager=bahriya&force={force}"


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


def _document(content: bytes) -> dict[str, Any]:
    """Read an answer; proxies in front of an API server answer in HTML, which is no document."""
    try:
        # Of bytes it would guess the encoding, whose codec can no longer be loaded.
        document = json.loads(content.decode())
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def _words(status: dict[str, Any], spoken: Spoken) -> str:
    """Give what a Kubernetes Status says: its message, or else its reason."""
    for name in ("message", "reason"):
        words = status.get(name)
        if isinstance(words, str) and words:
            return spoken.without(words)
    return "it gave no reason"
