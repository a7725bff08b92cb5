"""The opener's fourth mode: reads a pull secret that somebody else made, and tells or seals what is in it.

The secret is read only when this process has locked itself in with the one connection that it needs. What it
tells is who logs in where; a login is sealed for its own server and user alone.
"""

import http.client
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from bahriya_tui.custody.process import say
from bahriya_tui.isolation.lockdown import lock_in
from bahriya_tui.model.errors import BadInput, Failed
from bahriya_tui.model.manifests.marks import MANAGED_BY, MANAGER
from bahriya_tui.model.server import normalise
from bahriya_tui.oci.credential_files import MOST_BYTES, Entry, of_data
from bahriya_tui.oci.token_facts import look
from bahriya_tui.opener.connect import Connected, connect_all
from bahriya_tui.opener.protocol import Adopt, Target
from bahriya_tui.opener.send import addressed
from bahriya_tui.vault.seal import seal

_MOST = MOST_BYTES
_AGAIN = "look again, then adopt it"


def adopt(request: Adopt) -> None:
    """Answer with the logins in the secret, or with the wanted one sealed; raises why that cannot be."""
    (outcome,) = connect_all((request.target,), request.connect_timeout)
    # Loads what reading a server may need, while files can still be read.
    normalise("[::1]:1"), normalise("münchen.example")
    lock_in()
    if not isinstance(outcome, Connected):
        raise Failed(f"region {request.target.region} cannot be reached: {outcome.message}", _AGAIN)
    outcome.connection.settimeout(request.answer_timeout)
    found = _logins(request.target, _read(outcome))
    if request.context is None:
        say({"result": "found", "logins": [_told(number, one) for number, one in enumerate(found)]})
        return
    say({"result": "sealed", **_sealed(request, found)})


def _read(to: Connected) -> Mapping[str, Any]:
    """Get the secret; nothing of what is answered is told when it is none."""
    line = http.client.HTTPConnection("region")
    line.auto_open = 0
    line.sock = to.connection
    try:
        line.putrequest("GET", _path(to.target), skip_host=True, skip_accept_encoding=True)
        for name, value in {**addressed(to.target), "Accept": "application/json"}.items():
            line.putheader(name, value)
        line.endheaders()
        with line.getresponse() as response:
            status, content = response.status, response.read(_MOST)
    except (OSError, http.client.HTTPException):
        raise Failed(f"region {to.target.region} cut the connection", _AGAIN) from None
    name = f"secret {to.target.namespace}/{to.target.secret}"
    if status in (401, 403):
        hint = f"have the kubeconfig's user be let get secrets in namespace {to.target.namespace}"
        raise Failed(f"{name}: not permitted there ({status})", hint)
    if status != 200:
        raise Failed(f"{name}: refused with {status}", _AGAIN)
    try:
        # Of bytes it would guess the encoding, whose codec can no longer be loaded.
        document = json.loads(content.decode())
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise Failed(f"{name}: it did not answer with a Kubernetes object", "look at the proxy before it")
    return document


def _logins(target: Target, secret: Mapping[str, Any]) -> list[Entry]:
    """Read the logins of a secret, unless it is one of ours or another one than was looked at."""
    metadata, data = _section(secret, "metadata"), _section(secret, "data")
    name = f"secret {target.namespace}/{target.secret}"
    if metadata.get("uid") != target.uid:
        raise Failed(f"{name} was made anew meanwhile", _AGAIN)
    if _section(metadata, "labels").get(MANAGED_BY) == MANAGER:
        raise Failed(f"{name} is one of ours, and these are never read back", "bahriya registry add")
    try:
        return of_data(str(secret.get("type")), data)
    except BadInput as error:
        raise BadInput(f"{name}: {error.message}", error.hint) from None


def _sealed(request: Adopt, found: list[Entry]) -> dict[str, Any]:
    context = request.context
    assert context is not None  # noqa: S101
    wanted = (context.server, context.username)
    entry = found[request.number] if request.number < len(found) else None
    if entry is None or entry.kind != "login" or (entry.server, entry.username) != wanted:
        raise Failed(f"the login of {context.username} at {context.server} is not there any more", _AGAIN)
    token = bytearray(entry.secret)
    facts = look(token, context.server)
    sealed = {
        "sealed": seal(token, context, request.vault).hex(),
        "recovery": seal(token, context, request.recovery).hex(),
    }
    token[:] = bytes(len(token))
    return {
        **sealed,
        "facts": {"kind": facts.kind, "expires_at": facts.expires_at, "notes": list(facts.notes)},
    }


def _told(number: int, entry: Entry) -> dict[str, Any]:
    reason = entry.reason
    if entry.kind == "helper":
        reason = "it names a credential helper, which nodes ignore"
    return {
        "number": number,
        "key": entry.key,
        "kind": "unreadable" if entry.kind == "helper" else entry.kind,
        "server": entry.server,
        "username": entry.username,
        "reason": reason,
        "notes": list(entry.notes),
    }


def _path(target: Target) -> str:
    where = f"/api/v1/namespaces/{quote(target.namespace)}/secrets/{quote(target.secret)}"
    return quote(target.base_path) + where


def _section(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    section = document.get(name)
    return section if isinstance(section, dict) else {}
