"""Bearer tokens: where to ask for one, whether the secret may be sent there, and what the answer is worth."""

import base64
import json
import re
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from bahriya_tui.model.server import is_loopback
from bahriya_tui.oci.challenge import Challenge

MAX_TOKEN = 65536
_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]+")


@dataclass(frozen=True, slots=True)
class Token:
    """A token as the server gave it; a secret of its own, so it stays out of the repr."""

    value: bytes = field(repr=False)
    subject: str | None
    """Whom it names: "" for nobody (an anonymous token), None where it cannot be read."""

    @property
    def authorization(self) -> bytes:
        """The header value that presents it."""
        return b"Bearer " + self.value


def realm_refusal(challenge: Challenge, server_host: str, plain_http: bool) -> str | None:
    """Say why the secret must not be sent to this token server; None where it may.

    https always may. Plain http may on this machine if the registry is here too, and on the registry's own
    host if the operator declared that registry to be plain.
    """
    try:
        parts = urlsplit(challenge.realm)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "the address of its token server is not valid"
    if not host or parts.username is not None or not re.fullmatch(r"[!-~]+", challenge.realm):
        return "the address of its token server is not valid"
    if parts.scheme == "https":
        return None
    both_here = is_loopback(server_host) and is_loopback(parts.netloc)
    declared = plain_http and host == urlsplit(f"//{server_host}").hostname
    if parts.scheme == "http" and (both_here or declared):
        return None
    return "its token server is not on https, so the password was not sent there"


def request_url(challenge: Challenge, path: str | None, account: str | None) -> str:
    """Give the URL that asks for a token to pull the repository `path`, or for none in particular."""
    query = [("service", challenge.service)] if challenge.service else []
    if path is not None:
        query.append(("scope", f"repository:{path}:pull"))
    if account is not None:
        query.append(("account", account))
    parts = urlsplit(challenge.realm)
    whole = "&".join(part for part in (parts.query, urlencode(query)) if part)
    return parts._replace(query=whole, fragment="").geturl()


def read(body: bytes) -> Token | None:
    """Read the answer of a token server; None where it holds no token that fits into a header."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return None
    value = (said.get("token") or said.get("access_token")) if isinstance(said, dict) else None
    if not isinstance(value, str) or len(value) > MAX_TOKEN or not _TOKEN.fullmatch(value):
        return None
    return Token(value.encode(), _subject(value))


def _subject(token: str) -> str | None:
    parts = token.split(".")
    if len(parts) != 3:
        return None
    try:
        said = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (ValueError, RecursionError):
        return None
    subject = said.get("sub") if isinstance(said, dict) else None
    return subject if isinstance(subject, str) else None
