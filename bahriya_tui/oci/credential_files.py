"""Credential files of Docker and Podman, and pull secrets of Kubernetes: the logins that stand in them.

Pure parsing of bytes, for the processes that may see a secret: the reader and the opener. Formats: Docker's
config.json and its older .dockercfg, containers-auth.json(5), and Secrets of the types
kubernetes.io/dockerconfigjson and kubernetes.io/dockercfg as `kubectl get --output json` gives them.
"""

import base64
import json
import re
from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bahriya_tui.model.errors import BadInput
from bahriya_tui.model.importing import LoginKind
from bahriya_tui.model.server import HUB_KEY, normalise
from bahriya_tui.model.validate import username as checked_username

MOST_BYTES = 4 << 20
"""Of a file; a region keeps no secret that is longer, in base64 too."""
SECRET_KEYS = {
    "kubernetes.io/dockerconfigjson": ".dockerconfigjson",
    "kubernetes.io/dockercfg": ".dockercfg",
}
"""The types of pull secrets, and the key that holds the data of each."""
IDENTITY = "it is an identity token, which nodes ignore; make a token that works as a password"
_BEARER = "it is a registry token, which nodes ignore; make a token that works as a password"
_NO_FILE = "a credential file holds a JSON object with auths, or a pull secret"
_TOKEN_IN_PLACE_OF_NAME = "<token>"  # noqa: S105
_HELPER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_ANY_NAME = frozenset(["registry.digitalocean.com"])
"""Their files hold the token as the user name too; they look at the password alone."""
_TOKENS = {"identitytoken": IDENTITY, "registrytoken": _BEARER}
"""Kinds of login that are no user name and password, and why each cannot be taken."""
_TELLING = 16
"""So long a secret must not stand in a user name, which is kept and shown."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One login as it stands in a file."""

    key: str
    kind: LoginKind
    server: str = ""
    username: str = ""
    secret: bytes = field(default=b"", repr=False)
    helper: str = ""
    """Of `docker-credential-NAME`, the name."""
    reason: str = ""
    """Why it cannot be taken; empty where it can."""
    notes: tuple[str, ...] = ()
    of: str = ""
    """The Kubernetes Secret that it was in, as `namespace/name`."""


def entries(content: bytes) -> list[Entry]:
    """Read the logins of a file; `BadInput` when it is none. Nothing of its content is in the error."""
    if len(content) > MOST_BYTES:
        raise BadInput(f"it is longer than {MOST_BYTES >> 20} MiB", _NO_FILE)
    document = _document(content)
    if document.get("kind") in ("Secret", "SecretList", "List"):
        items = document.get("items") if document["kind"] != "Secret" else [document]
        if not isinstance(items, list):
            raise BadInput("it is a list without items", _NO_FILE)
        return [entry for one in items if isinstance(one, dict) for entry in _of_secret(one)]
    return list(_of_config(document))


def of_data(type_: str, data: Mapping[str, Any]) -> list[Entry]:
    """Read the logins of a pull secret's data (base64); `BadInput` when there are none."""
    key = SECRET_KEYS.get(type_)
    if key is None:
        raise BadInput("it is no pull secret", f"its type has to be one of {', '.join(SECRET_KEYS)}")
    content = _decoded(data.get(key))
    if content is None:
        raise BadInput(f"its {key} cannot be read", "nodes ignore such a secret")
    return list(_of_config(_document(content)))


def helped(entry: Entry, answer: bytes) -> Entry:
    """Give the login that a credential helper answered with, or the entry with the reason against it."""
    try:
        document = _document(answer)
    except BadInput:
        return replace(
            entry, kind="unreadable", reason="the helper answered with something else than a login"
        )
    if document.get("Username") == _TOKEN_IN_PLACE_OF_NAME:
        return replace(entry, kind="identity token", reason=IDENTITY)
    name, secret = document.get("Username"), document.get("Secret")
    found = _login(entry.key, name, secret)
    return replace(found, helper=entry.helper, of=entry.of)


def _document(content: bytes) -> dict[str, Any]:
    try:
        # Of bytes it would guess the encoding, whose codec can no longer be loaded once one is locked in.
        document = json.loads(content.removeprefix(BOM_UTF8).decode())
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise BadInput("it is no JSON object", _NO_FILE)
    return document


def _of_secret(secret: dict[str, Any]) -> Iterator[Entry]:
    metadata, data = _section(secret, "metadata"), _section(secret, "data")
    name = f"{_text(metadata.get('namespace')) or 'default'}/{_text(metadata.get('name'))}"
    try:
        found = of_data(_text(secret.get("type")), data)
    except BadInput as error:
        yield Entry("", "unreadable", reason=error.message, of=name)
        return
    yield from (replace(entry, of=name) for entry in found)


def _of_config(document: dict[str, Any]) -> Iterator[Entry]:
    """Read a config.json, or a .dockercfg, whose top level is what `auths` is in the other one.

    A host with a helper of its own is asked of that, whatever else stands there, as Docker and Podman do. An
    entry without a login is Docker's mark that `credsStore` has it.
    """
    helpers, store = _section(document, "credHelpers"), document.get("credsStore")
    auths = _section(document, "auths")
    if not any(name in document for name in ("auths", "credHelpers", "credsStore")):
        auths = {key: value for key, value in document.items() if _holds_login(value)}
    for key, helper in helpers.items():
        yield _placed(_by_helper(key, helper))
    for key, value in auths.items():
        if key in helpers or not isinstance(value, dict):
            continue
        if store and not _holds_login(value):
            yield _placed(_by_helper(key, store))
        else:
            yield _placed(_by_value(key, value))


def _holds_login(value: object) -> bool:
    names = ("auth", "username", "password", *_TOKENS)
    return isinstance(value, dict) and any(value.get(name) for name in names)


def _by_helper(key: str, name: object) -> Entry:
    if not isinstance(name, str) or not _HELPER_NAME.fullmatch(name):
        return Entry(key, "unreadable", reason="its credential helper has no valid name")
    return Entry(key, "helper", helper=name)


def _by_value(key: str, value: dict[str, Any]) -> Entry:
    for name, reason in _TOKENS.items():
        if value.get(name):
            return Entry(key, "identity token", reason=reason)
    if not value.get("auth"):
        return _login(key, value.get("username"), value.get("password"))
    both = _decoded(value["auth"])
    if both is None or b":" not in both:
        return Entry(key, "unreadable", reason="its auth is not the base64 of a user name and a password")
    name_, _, secret = both.partition(b":")
    try:
        # Docker leaves out the zero bytes at the end.
        return _login(key, name_.decode(), secret.rstrip(b"\0").decode())
    except UnicodeDecodeError:
        return Entry(key, "unreadable", reason="its auth is not UTF-8 text")


def _login(key: str, name: object, secret: object) -> Entry:
    if not isinstance(name, str) or not isinstance(secret, str) or not name or not secret:
        return Entry(key, "unreadable", reason="it has no user name or no password")
    if name == _TOKEN_IN_PLACE_OF_NAME:
        return Entry(key, "identity token", reason=IDENTITY)
    found = _placed(Entry(key, "login"))
    if found.reason:
        return found
    notes = found.notes
    if len(secret) >= _TELLING and secret in name:
        if found.server not in _ANY_NAME:
            return replace(
                found,
                kind="unreadable",
                reason="its user name holds the secret, and user names are kept readable",
            )
        name, notes = "token", (*notes, "the user name was the token itself; `token` takes its place")
    try:
        return replace(found, username=checked_username(name), secret=secret.encode(), notes=notes)
    except (BadInput, UnicodeEncodeError):
        return replace(found, kind="unreadable", reason="its user name or password cannot be sent")


def _placed(entry: Entry) -> Entry:
    """Say which server the key of an entry means, or why it cannot be one."""
    if entry.server:
        return entry
    # What stands before an @ may be a password.
    key = entry.key.rpartition("@")[2]
    try:
        server = normalise(entry.key)
    except BadInput as error:
        kind: LoginKind = "unreadable" if entry.kind in ("login", "helper") else entry.kind
        return replace(entry, key=key, kind=kind, secret=b"", reason=entry.reason or error.message)
    # That one is as Docker writes it for everybody.
    notes = () if entry.key == HUB_KEY else server.notes
    return replace(entry, key=key, server=server.host, notes=notes + entry.notes)


def _decoded(text: object) -> bytes | None:
    """Decode base64 as Go does: padded or not, line ends anywhere; None for anything else."""
    if not isinstance(text, str) or not text.isascii():
        return None
    packed = text.replace("\n", "").replace("\r", "").rstrip("=")
    try:
        return base64.b64decode(packed + "=" * (-len(packed) % 4), validate=True)
    except ValueError:
        return None


def _section(document: Mapping[str, Any], name: str) -> dict[str, Any]:
    section = document.get(name)
    return section if isinstance(section, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
