"""The logins a pod brings for an image: pull secrets, read and matched as the kubelet does it. Pure.

What is decoded here is the region's own copy; it lives as long as one pull and is never shown or kept.
"""

import base64
import binascii
import json
from dataclasses import dataclass, field
from typing import Any

from bahriya_tui.model.matching import matching_keys
from bahriya_tui.sim.kinds import Json

_FORMATS = {
    "kubernetes.io/dockerconfigjson": ".dockerconfigjson",
    "kubernetes.io/dockercfg": ".dockercfg",
}


class UnreadableSecret(Exception):
    """A pull secret whose content the kubelet cannot parse; the message holds nothing of it."""


@dataclass(frozen=True, slots=True)
class Login:
    """One user name and password; neither appears in its repr."""

    username: str = field(repr=False)
    password: str = field(repr=False)


def logins(secrets: list[Json], image: str) -> list[Login]:
    """The logins to try for an image, in the kubelet's order; none means: ask without."""
    known: dict[str, list[Login]] = {}
    for secret in secrets:
        for key, login in _entries(secret).items():
            known.setdefault(key, []).append(login)
    return [login for key in matching_keys(known, image) for login in known[key]]


def _entries(secret: Json) -> dict[str, Login]:
    wanted = _FORMATS.get(secret.get("type", ""))
    text = (secret.get("data") or {}).get(wanted)
    if not text:
        return {}
    try:
        content = json.loads(base64.b64decode(text))
    except ValueError:
        raise UnreadableSecret("invalid character in docker config") from None
    auths = content.get("auths") or {} if wanted == ".dockerconfigjson" else content
    return {key: login for key, entry in auths.items() if (login := _login(entry))}


def _login(entry: Any) -> Login | None:
    """One entry of `auths`; `auth` wins over `username` and `password`."""
    if not isinstance(entry, dict):
        return None
    if not entry.get("auth"):
        username, password = entry.get("username", ""), entry.get("password", "")
        return Login(username, password) if username or password else None
    text = str(entry["auth"]).replace("\n", "").replace("\r", "")
    try:
        decoded = base64.b64decode(text + "=" * (-len(text) % 4), validate=True).decode()
    except (binascii.Error, ValueError):
        raise UnreadableSecret("illegal base64 data in docker config") from None
    username, colon, password = decoded.partition(":")
    if not colon:
        raise UnreadableSecret("unable to parse auth field, must be formatted as base64(username:password)")
    return Login(username, password.rstrip("\x00"))
