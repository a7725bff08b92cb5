"""Bearer tokens: where to ask for one, whether the secret may be sent there, and what the answer is worth."""

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from bahriya_tui.model.server import is_loopback
from bahriya_tui.oci.challenge import Challenge

MAX_TOKEN = 65536
_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]+")
_HOST = re.compile(r"[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+")
_INVALID = "the address of its token server is not valid"
_NOBODY = ("", "(anonymous)")
"""What token servers name where they ignored the login; the second one is Quay's."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token as the server gave it; a secret of its own, so it stays out of the repr."""

    value: bytes = field(repr=False)
    subject: str | None
    """Whom it names; None where it cannot be read."""
    access: Mapping[str, frozenset[str]] | None = None
    """What may be done with each repository, as far as it was asked for; None where it cannot be read."""

    @property
    def anonymous(self) -> bool:
        """Tell whether it names nobody: the server ignored the login."""
        return self.subject in _NOBODY

    def granted(self, path: str) -> frozenset[str] | None:
        """Give what it may do with a repository; None where that cannot be read."""
        return None if self.access is None else self.access.get(path, frozenset())

    @property
    def authorization(self) -> bytes:
        """The header value that presents it."""
        return b"Bearer " + self.value


def realm_refusal(
    challenge: Challenge, server_host: str, plain_http: bool, proxied: bool = False
) -> str | None:
    """Say why the secret must not be sent to this token server; None where it may.

    https always may. Plain http may on this machine if the registry is here too, and on the registry's own
    host if the operator declared that registry to be plain. Behind a proxy, nothing is on this machine.
    """
    try:
        parts = urlsplit(challenge.realm)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return _INVALID
    if not _HOST.fullmatch(host) or "@" in parts.netloc or not re.fullmatch(r"[!-~]+", challenge.realm):
        return _INVALID
    if parts.scheme == "https":
        return None
    both_here = is_loopback(server_host) and is_loopback(parts.netloc) and not proxied
    declared = plain_http and host == urlsplit(f"//{server_host}").hostname
    if parts.scheme == "http" and (both_here or declared):
        return None
    return "its token server is not on https, so the password was not sent there"


def request_url(challenge: Challenge, path: str | None, account: str | None, actions: str = "pull") -> str:
    """Give the URL that asks for a token for the repository `path`, or for none in particular."""
    query = [("service", challenge.service)] if challenge.service else []
    if path is not None:
        query.append(("scope", f"repository:{path}:{actions}"))
    if account is not None:
        query.append(("account", account))
    parts = urlsplit(challenge.realm)
    whole = "&".join(part for part in (parts.query, urlencode(query)) if part)
    return parts._replace(path=parts.path or "/", query=whole, fragment="").geturl()


def read(body: bytes) -> Token | None:
    """Read the answer of a token server; None where it holds no token that fits into a header."""
    try:
        said = json.loads(body.decode())
    except (ValueError, RecursionError):
        return None
    value = (said.get("token") or said.get("access_token")) if isinstance(said, dict) else None
    if not isinstance(value, str) or len(value) > MAX_TOKEN or not _TOKEN.fullmatch(value):
        return None
    claims = _claims(value)
    subject = claims.get("sub")
    return Token(value.encode(), subject if isinstance(subject, str) else None, _access(claims))


def _claims(token: str) -> dict[str, Any]:
    """Read a JSON Web Token without proof, which is its registry's to ask for; empty for any other token."""
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    try:
        said = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)).decode())
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _access(claims: dict[str, Any]) -> dict[str, frozenset[str]] | None:
    """Read the `access` claim of the distribution project; some write null where nothing was granted."""
    if "access" not in claims:
        return None
    granted: dict[str, frozenset[str]] = {}
    rights = claims["access"]
    for one in rights if isinstance(rights, list) else ():
        if isinstance(one, dict) and one.get("type") == "repository" and isinstance(one.get("name"), str):
            actions = one.get("actions")
            said = frozenset(a for a in actions if isinstance(a, str)) if isinstance(actions, list) else ()
            granted[one["name"]] = granted.get(one["name"], frozenset()).union(said)
    return granted
