"""One request over a connection that is already there, and what of its answer may be repeated."""

import json
import ssl
import time
from http.client import HTTPException, HTTPResponse
from typing import Any

from bahriya_tui.opener.protocol import Target

_METADATA_ONLY = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
_MAX_ANSWER = 1 << 20
_MAX_WORDS = 400


def send(connection: ssl.SSLSocket, target: Target, body: bytes) -> None:
    """Send the server-side apply of a pull secret."""
    host = f"[{target.host}]" if ":" in target.host else target.host
    head = [
        f"PATCH {target.path} HTTP/1.1",
        f"Host: {host}:{target.port}",
        "Content-Type: application/apply-patch+yaml",
        f"Accept: {_METADATA_ONLY}",
        "User-Agent: bahriya",
        f"Content-Length: {len(body)}",
        "Connection: close",
        *([f"Authorization: Bearer {target.token}"] if target.token else []),
    ]
    connection.sendall("\r\n".join(head).encode() + b"\r\n\r\n" + body)


def receive(connection: ssl.SSLSocket, target: Target, seconds: float) -> dict[str, Any]:
    """Read the answer: `applied` with the object's uid, `refused` in the region's words, or `late`."""
    until = time.monotonic() + seconds
    connection.settimeout(seconds)
    response = HTTPResponse(connection, method="PATCH")
    try:
        response.begin()
        connection.settimeout(max(0.1, until - time.monotonic()))
        answer = json.loads(response.read(_MAX_ANSWER))
        metadata = answer.get("metadata") or {}
    except TimeoutError:
        return {"region": target.region, "result": "late", "message": "no answer"}
    except (OSError, HTTPException, ValueError, AttributeError):
        return {"region": target.region, "result": "unreachable", "message": "the connection broke"}
    finally:
        response.close()
    if 200 <= response.status < 300:
        return {
            "region": target.region,
            "result": "applied",
            "uid": str(metadata.get("uid", "")),
            "resource_version": str(metadata.get("resourceVersion", "")),
        }
    words = str(answer.get("message") or response.reason)[:_MAX_WORDS]
    return {
        "region": target.region,
        "result": "refused",
        "status": response.status,
        "reason": str(answer.get("reason") or "")[:_MAX_WORDS],
        "message": words,
    }
