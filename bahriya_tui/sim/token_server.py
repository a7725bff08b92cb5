"""The token server of the embedded registry: GET with Basic, POST as in OAuth 2, and tokens only it can read.

Owns who gets which token. A token dies when its user's password changes. Never keeps what it was sent.
"""

import base64
import binascii
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from aiohttp import web

TokenMode = Literal["strict", "lenient", "denied403", "limited"]
"""How a login fails: 401; 200 with an anonymous token (as seen with Gitea); 403 (GHCR); always 429."""
_LIFETIME = 300


@dataclass(frozen=True, slots=True)
class Grant:
    """What a valid token says."""

    user: str | None
    paths: frozenset[str]


class TokenServer:
    """Hands out tokens for the repositories a user may pull, and reads them back."""

    service = "embedded-registry"

    def __init__(
        self,
        users: Mapping[str, str],
        may_pull: Callable[[str | None, str], bool],
        mode: TokenMode,
        opaque: bool,
    ) -> None:
        self.mode = mode
        self._users = users
        self._may_pull = may_pull
        self._opaque = opaque
        self._key = secrets.token_bytes(32)

    async def get(self, request: web.Request) -> web.Response:
        """Answer `GET /token` with Basic or without a login."""
        header = request.headers.get("Authorization")
        scopes = " ".join(request.query.getall("scope", []))
        return self._answer(scopes, header is not None, header and basic_login(header, self._users))

    async def post(self, request: web.Request) -> web.Response:
        """Answer the OAuth 2 form that containerd and skopeo send first."""
        form = await request.post()
        if form.get("grant_type") != "password":
            return web.json_response({"error": "unsupported_grant_type"}, status=400)
        user, password = str(form.get("username", "")), str(form.get("password", ""))
        known = user if _same(self._users.get(user), password) else None
        return self._answer(str(form.get("scope", "")), True, known)

    def read(self, header: str) -> Grant | None:
        """Read an Authorization header; None unless it holds a token of ours that is still good."""
        kind, _, token = header.partition(" ")
        try:
            text = _unbase64(token).decode() if self._opaque else token
            head, body, seal = text.split(".")
            said = json.loads(_unbase64(body))
            good = (
                hmac.compare_digest(seal, self._seal(f"{head}.{body}", said["sub"]))
                and said["exp"] > time.time()
            )
        except (ValueError, TypeError, KeyError):
            return None
        if kind.lower() != "bearer" or not good:
            return None
        return Grant(said["sub"] or None, frozenset(access["name"] for access in said["access"]))

    def _answer(self, scopes: str, tried: bool, user: str | None) -> web.Response:
        if self.mode == "limited":
            return web.json_response(
                {"errors": [{"code": "TOOMANYREQUESTS"}]}, status=429, headers={"Retry-After": "37"}
            )
        if tried and user is None and self.mode != "lenient":
            status, code = (403, "DENIED") if self.mode == "denied403" else (401, "UNAUTHORIZED")
            return web.json_response({"errors": [{"code": code, "message": "denied"}]}, status=status)
        token = self._issue(user or "", scopes.split())
        return web.json_response({"token": token, "access_token": token, "expires_in": _LIFETIME})

    def _issue(self, user: str, scopes: list[str]) -> str:
        paths = [name for scope in scopes if (name := _pulled(scope)) and self._may_pull(user or None, name)]
        access = [{"type": "repository", "name": path, "actions": ["pull"]} for path in paths]
        said = {"sub": user, "aud": self.service, "exp": int(time.time()) + _LIFETIME, "access": access}
        unsealed = f"{_base64({'typ': 'JWT', 'alg': 'HS256'})}.{_base64(said)}"
        token = f"{unsealed}.{self._seal(unsealed, user)}"
        return base64.urlsafe_b64encode(token.encode()).decode() if self._opaque else token

    def _seal(self, text: str, user: str) -> str:
        key = self._key + self._users.get(user, "").encode()
        return base64.urlsafe_b64encode(hmac.digest(key, text.encode(), hashlib.sha256)).rstrip(b"=").decode()


def basic_login(header: str, users: Mapping[str, str]) -> str | None:
    """Give the user whose right password a Basic Authorization header holds, else None."""
    kind, _, value = header.partition(" ")
    try:
        user, _, password = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return user if kind.lower() == "basic" and _same(users.get(user), password) else None


def _same(expected: str | None, given: str) -> bool:
    known = () if expected is None else (expected, *expected.split("\n"))
    return any(hmac.compare_digest(one.encode(), given.encode()) for one in known)


def _pulled(scope: str) -> str | None:
    """Give the repository of a scope such as `repository:team/app:pull,push`."""
    kind, _, rest = scope.partition(":")
    name, _, actions = rest.rpartition(":")
    return name if kind == "repository" and "pull" in actions.split(",") else None


def _base64(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def _unbase64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
