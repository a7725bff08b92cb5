"""Which credential serves which image, decided as the kubelet does (pkg/credentialprovider/keyring.go).

Owns the rule only; it takes keys as they are given and never repairs one, so that a dead key shows as dead.
"""

import re
from collections.abc import Iterable
from urllib.parse import unquote

from bahriya_tui.model.errors import BadInput
from bahriya_tui.model.image import HUB, Image, parse
from bahriya_tui.model.server import auth_key

_DEFAULT_KEY = "index.docker.io"
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_BAD_ESCAPE = re.compile(r"%(?![0-9a-fA-F]{2})")
_LOGIN = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9a-fA-F]{2})*")
_CHAR = r"[^ \\^`{|}%]"
_HOST = re.compile(rf"\[{_CHAR}*\](?::[0-9]*)?|(?!\[)(?:{_CHAR}*:[0-9]*|(?:(?!:){_CHAR})*)")
_HOST_PORT = re.compile(r"(?:\[([^\[\]]*)\]|([^:\[\]]*)):([^:\[\]]*)")
_GLOB_PART = re.compile(r"\*|\[((?:[^\]-](?:-[^\]-])?)+)\]|([^\[*])")
_GLOB_RANGE = re.compile(r"([^\]-])(?:-([^\]-]))?")


def matches(key: str, image: str) -> bool:
    """Tell whether a kubelet that holds just the credential stored under `key` uses it to pull `image`."""
    return bool(matching_keys([key], image))


def serves(server_host: str, image: Image) -> bool:
    """Tell whether the pull secret written for the stored server `server_host` is the one for `image`.

    Both conditions count: kubelets also offer the Docker Hub login to hosts without a dot, in vain.
    """
    return image.domain == server_host and matches(auth_key(server_host), image.normalised)


def matching_keys(keys: Iterable[str], image: str) -> list[str]:
    """Give the keys whose credentials a kubelet tries for `image`, in its order; none for an invalid image.

    The order is the reverse lexical one; the Docker Hub key counts only where nothing else was found.
    """
    try:
        target = parse(image)
    except BadInput:
        return []
    places = {key: place for key in keys if (place := _place(key)) is not None}
    ordered = sorted(places, key=lambda key: "".join(places[key]), reverse=True)
    hits = [key for key in ordered if _covers(places[key], target)]
    if not hits and (target.domain == HUB or not re.search("[.:]", target.domain)):
        hits = [key for key in ordered if places[key] == (_DEFAULT_KEY, "")]
    return hits


def _place(key: str) -> tuple[str, str] | None:
    """Read a key as the kubelet does: host with port, and path; None where Go cannot parse it as a URL.

    The kubelet does so twice, when it takes the key in and when it compares; the path is unescaped each time.
    """
    taken = _parsed(re.sub(r"^https?://", "", key))
    if taken is None:
        return None
    host, path = taken
    if path.startswith(("/v1/", "/v2/")):
        path = path[3:]
    return _parsed(host if path == "/" else host + path)


def _parsed(text: str) -> tuple[str, str] | None:
    """Give host and path of `https://` and `text`; None where Go's net/url refuses it."""
    rest, _, fragment = text.partition("#")
    host, slash, path = rest.partition("?")[0].partition("/")
    login, at, host = host.rpartition("@")
    good = (
        not _CONTROL.search(rest)
        and _LOGIN.fullmatch(login + at)
        and _HOST.fullmatch(host)
        and not _BAD_ESCAPE.search(path + fragment)
    )
    return (host, unquote(slash + path)) if good else None


def _covers(place: tuple[str, str], image: Image) -> bool:
    host, port = _split_port(place[0])
    target_host, target_port = _split_port(image.domain)
    labels, targets = host.split("."), target_host.split(".")
    return (
        port == target_port
        and len(labels) == len(targets)
        and f"/{image.path}".startswith(place[1])
        and all(_glob_matches(label, target) for label, target in zip(labels, targets, strict=True))
    )


def _split_port(host: str) -> tuple[str, str]:
    match = _HOST_PORT.fullmatch(host)
    return (host, "") if match is None else (match[1] or match[2] or "", match[3])


def _glob_matches(glob: str, label: str) -> bool:
    """Match one label with `*` and `[a-z]`; a malformed glob matches nothing (`^` and `?` never get here)."""
    pattern, at = "", 0
    while at < len(glob):
        part = _GLOB_PART.match(glob, at)
        if part is None:
            return False
        pattern += _as_regex(part)
        at = part.end()
    return re.fullmatch(pattern, label) is not None


def _as_regex(part: re.Match[str]) -> str:
    if part[2] is not None:
        return re.escape(part[2])
    if part[0] == "*":
        return ".*"
    ranges = [(low, high or low) for low, high in _GLOB_RANGE.findall(part[1])]
    inside = "".join(f"{re.escape(low)}-{re.escape(high)}" for low, high in ranges if low <= high)
    return f"[{inside}]" if inside else "(?!)"
