"""`python -I -m bahriya_tui.reader.pull_secret PARENT`: takes over a login of somebody else.

A pull secret that others made in a region is read only when this process has locked itself in with the one
connection that it needs. What it tells is who logs in where; a login is sealed for its own server and user.
"""

import sys

from bahriya_tui.isolation.tether import end_with
from bahriya_tui.isolation.undumpable import make_undumpable

if __name__ == "__main__":
    end_with(*sys.argv[1:])
    make_undumpable()

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bahriya_tui.direct.connect import Connected, connect_all
from bahriya_tui.direct.request import CUT, document_in, exchange
from bahriya_tui.direct.target import Target
from bahriya_tui.isolation.lockdown import lock_in
from bahriya_tui.model.errors import BadInput, Failed
from bahriya_tui.model.manifests.marks import MANAGED_BY, MANAGER
from bahriya_tui.model.server import normalise
from bahriya_tui.oci.credential_files import MOST_BYTES, Entry, of_data
from bahriya_tui.reader.sealing import Line, sealed_line
from bahriya_tui.throwaway import run
from bahriya_tui.vault.context import CredentialContext
from bahriya_tui.vault.keys import PublicKey
from bahriya_tui.vault.seal import seal

_AGAIN = "look again, then adopt it"


@dataclass(frozen=True, slots=True)
class Request:
    """Tell who logs in where by a pull secret, or seal one of its logins."""

    target: Target
    vault: PublicKey
    recovery: PublicKey
    context: CredentialContext | None
    """For which to seal a login; None asks which there are."""
    number: int
    """Of the login that is to be sealed, counted from 0."""
    connect_timeout: float
    answer_timeout: float


def main() -> Line:
    """Answer the request on standard input; raises why that cannot be."""
    request = _request(json.loads(sys.stdin.buffer.read()))
    (outcome,) = connect_all((request.target,), request.connect_timeout)
    # Loads what reading a server and sealing may need, while files can still be read.
    seal(b"known", CredentialContext("", "", "", "", 0), request.vault)
    normalise("[::1]:1"), normalise("münchen.example")
    lock_in()
    if not isinstance(outcome, Connected):
        raise Failed(f"region {request.target.region} cannot be reached: {outcome.message}", _AGAIN)
    outcome.connection.settimeout(request.answer_timeout)
    found = _logins(request.target, _read(outcome))
    if request.context is None:
        return {"logins": [_told(number, one) for number, one in enumerate(found)]}
    return _sealed(request, request.context, found)


def _request(fields: dict[str, Any]) -> Request:
    context = fields["context"]
    return Request(
        target=Target(**fields["target"]),
        vault=PublicKey.of(bytes.fromhex(fields["vault"])),
        recovery=PublicKey.of(bytes.fromhex(fields["recovery"])),
        context=None if context is None else CredentialContext(**context),
        number=fields["number"],
        connect_timeout=fields["connect_timeout"],
        answer_timeout=fields["answer_timeout"],
    )


def _read(to: Connected) -> Mapping[str, Any]:
    """Get the secret; nothing of what is answered is told when it is none."""
    try:
        status, content = exchange(to, "GET", {"Accept": "application/json"}, MOST_BYTES)
    except CUT:
        raise Failed(f"region {to.target.region} cut the connection", _AGAIN) from None
    name = f"secret {to.target.namespace}/{to.target.secret}"
    if status in (401, 403):
        hint = f"have the kubeconfig's user be let get secrets in namespace {to.target.namespace}"
        raise Failed(f"{name}: not permitted there ({status})", hint)
    if status != 200:
        raise Failed(f"{name}: refused with {status}", _AGAIN)
    document = document_in(content)
    if document is None:
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


def _sealed(request: Request, context: CredentialContext, found: list[Entry]) -> Line:
    wanted = (context.server, context.username)
    entry = found[request.number] if request.number < len(found) else None
    if entry is None or entry.kind != "login" or (entry.server, entry.username) != wanted:
        raise Failed(f"the login of {context.username} at {context.server} is not there any more", _AGAIN)
    return sealed_line(entry.secret, context, request.vault, request.recovery)


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


def _section(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    section = document.get(name)
    return section if isinstance(section, dict) else {}


if __name__ == "__main__":
    run(main, "reader")
