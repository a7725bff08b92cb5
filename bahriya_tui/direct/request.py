"""One request about a target's secret, on the connection that there is and on no other."""

import http.client
import json
from typing import Any
from urllib.parse import quote

from bahriya_tui.direct.connect import Connected
from bahriya_tui.direct.target import Target

CUT = (OSError, http.client.HTTPException)
"""What `exchange` raises when the connection ends before the answer does."""


def exchange(
    to: Connected, method: str, headers: dict[str, str], most: int, query: str = "", body: bytes | None = None
) -> tuple[int, bytes]:
    """Ask, and give the answer's status and at most so many bytes of it; raises `CUT`."""
    line = http.client.HTTPConnection("region")
    line.auto_open = 0
    line.sock = to.connection
    line.putrequest(method, _path(to.target) + query, skip_host=True, skip_accept_encoding=True)
    for name, value in {**_addressed(to.target), **headers}.items():
        line.putheader(name, value)
    line.endheaders(body)
    with line.getresponse() as response:
        return response.status, response.read(most)


def document_in(content: bytes) -> dict[str, Any] | None:
    """Read an answer; None where it is none of an API server: proxies in front of one answer in HTML."""
    try:
        # Of bytes it would guess the encoding, whose codec can no longer be loaded.
        document = json.loads(content.decode())
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def _addressed(target: Target) -> dict[str, str]:
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
    return quote(target.base_path) + where
