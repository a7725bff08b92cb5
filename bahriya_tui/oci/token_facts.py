"""What a token shows of itself; runs where it is sealed, so that nothing else ever sees it.

Every sentence is a constant: nothing of a token can get into one.
"""

import base64
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from bahriya_tui.model import clock
from bahriya_tui.model.ecr import place_of
from bahriya_tui.model.token import NO_FACTS, TokenFacts, kind_by_prefix

Claims = dict[str, Any]

_AS_GIVEN = "it is kept as given, and a registry takes it literally"
_AWS_SECRET = re.compile(r"[A-Za-z0-9/+]{40}")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{8,}={0,2}")
_USER_PASSWORD = re.compile(r"[!-9;-~]+:[ -~]+")
_HEADER = re.compile(r"(?:bearer|basic) ", re.IGNORECASE)
_QUOTES = re.compile(r"""(['"`]).+\1|“.+”|‘.+’""", re.DOTALL)
_PLACEHOLDER = re.compile(r"\$\w+|\$\{.*\}|\$\(.*\)|<.*>|\{\{.*\}\}", re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x09\x0b\x0c\x0e-\x1f\x7f]")


def look(token: bytes | bytearray, server: str = "") -> TokenFacts:
    """Say what can be said of a token without asking anybody; raises for nothing that a token may be."""
    try:
        text = bytes(token).decode()
    except UnicodeDecodeError:
        return NO_FACTS
    kind, expires_at, of_kind = _kind(text.strip(), server)
    if expires_at is not None and expires_at <= clock.now():
        of_kind = (*of_kind, "by what it says itself, it has ended already")
    of_text = (said for applies, said in _NOTES if applies(text))
    return TokenFacts(kind, expires_at, (*of_text, *of_kind))


def _kind(text: str, server: str) -> tuple[str, str | None, tuple[str, ...]]:
    """Give the id of its kind, its end, and what else that kind shows."""
    known = kind_by_prefix(text)
    if known is not None:
        # Newer job tokens are JSON Web Tokens behind their prefix.
        return known.id, _end(_web_token(text.removeprefix(known.prefix)), "exp"), ()
    if text.startswith("{"):
        return _document(text)
    if (claims := _web_token(text)) is not None:
        return "jwt", _end(claims, "exp"), ()
    if (inside := _decoded(text)) is not None:
        return _encoded(inside)
    if _AWS_SECRET.fullmatch(text) and place_of(server) is not None:
        return "aws-secret-key", None, ()
    return "", None, ()


def _document(text: str) -> tuple[str, str | None, tuple[str, ...]]:
    """Tell which JSON it is: some registries take one as the password, others come as a file of logins."""
    found = _object(text)
    if found is None:
        broken = "it begins like JSON, but cannot be read as such; give the whole file with --password-file"
        return "", None, (broken,)
    if found.get("type") == "service_account" and isinstance(found.get("private_key"), str):
        key = found["private_key"]
        twice = "the line ends in its private key were escaped twice, so it will be refused"
        return "google-key", None, (twice,) if r"\n" in key and "\n" not in key else ()
    logins = found.get("auths")
    if isinstance(logins, dict):
        whole = "this is a whole credentials file, not a token; import it instead: bahriya registry import"
        dead = "it holds an identity token, which kubelets ignore; take a password or an access token"
        ignored = any(isinstance(one, dict) and one.get("identitytoken") for one in logins.values())
        return "docker-config", None, (whole, dead) if ignored else (whole,)
    return "", None, ("this is JSON, not a token; give only the password that stands in it",)


def _encoded(inside: str) -> tuple[str, str | None, tuple[str, ...]]:
    """Tell what stands in base64: an ECR token, a key, or a login as credentials files keep it."""
    found = _object(inside)
    if found is not None and "payload" in found and "datakey" in found:
        return "ecr", _end(found, "expiration"), ()
    if found is not None and found.get("type") == "service_account":
        return "google-key-base64", None, ()
    if found is None and inside.startswith("AWS:"):
        return (
            "basic-auth",
            None,
            ("this is AWS and its token in base64; decode it, and give what follows AWS:",),
        )
    if found is None and _USER_PASSWORD.fullmatch(inside):
        return "basic-auth", None, ("it looks like USER:PASSWORD in base64; give the password alone",)
    return "", None, ()


def _object(text: str | bytes) -> Claims | None:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _web_token(text: str) -> Claims | None:
    """Give the claims of a JSON Web Token (RFC 7519); None for anything else."""
    parts = text.split(".")
    if len(parts) != 3:
        return None
    try:
        return _object(base64.b64decode(parts[1] + "=" * (-len(parts[1]) % 4), altchars=b"-_", validate=True))
    except ValueError:
        return None


def _decoded(text: str) -> str | None:
    """Give the text that `text` is in base64; None where it is no base64, or of something else."""
    if not _BASE64.fullmatch(text):
        return None
    plain = text.rstrip("=").translate({ord("-"): "+", ord("_"): "/"})
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True).decode()
    except ValueError:
        return None


def _end(claims: Claims | None, name: str) -> str | None:
    """Read a time in seconds since 1970 out of what a token says; None where there is none."""
    end = (claims or {}).get(name)
    if isinstance(end, bool) or not isinstance(end, int | float) or end < 0:
        return None
    try:
        return clock.stamp(datetime.fromtimestamp(end, UTC))
    except (ValueError, OverflowError, OSError):
        return None


def _is_json(text: str) -> bool:
    return text.lstrip().startswith("{")


def _has_header(text: str) -> bool:
    return bool(_HEADER.match(text.lstrip()))


def _is_placeholder(text: str) -> bool:
    return bool(_PLACEHOLDER.fullmatch(text.strip()))


def _has_blank(text: str) -> bool:
    told_otherwise = _is_json(text) or _has_header(text) or _is_placeholder(text)
    return " " in text.strip() and not told_otherwise


_NOTES: tuple[tuple[Callable[[str], bool], str], ...] = (
    (lambda text: text[:1].isspace(), f"the token begins with a blank: {_AS_GIVEN}"),
    (
        lambda text: text[-1:].isspace(),
        f"the token ends in a blank: {_AS_GIVEN}; docker login refuses such a one",
    ),
    (_has_blank, f"there is a blank inside the token: {_AS_GIVEN}"),
    (
        lambda text: "\n" in text.strip() and not _is_json(text),
        f"the token has several lines: {_AS_GIVEN}, so it will hardly be accepted",
    ),
    (
        lambda text: bool(_CONTROL.search(text.strip())) and not _is_json(text),
        f"there is a control character inside the token: {_AS_GIVEN}",
    ),
    (lambda text: bool(_QUOTES.fullmatch(text.strip())), f"the token stands in quotes: {_AS_GIVEN}"),
    (_has_header, "the token begins with Bearer or Basic, as in an HTTP header; give only what follows it"),
    (_is_placeholder, "the token looks like a placeholder that nobody filled in"),
    (
        lambda text: not text.isascii(),
        "the token has characters beyond ASCII, which registries read in different ways",
    ),
)
"""What is said of the text itself, each with when it applies."""
