"""Registry servers: what people type into the field, and the one form in which a server is stored.

Owns repairing what has one meaning (and saying so), and refusing what has none. Never looks a name up.
"""

import re
from dataclasses import dataclass

from bahriya_tui.model.errors import BadInput
from bahriya_tui.model.image import HUB, shown

HUB_KEY = "https://index.docker.io/v1/"
"""The key under which nodes and Docker look for a Docker Hub login."""
_HUB_API = "registry-1.docker.io"
_HUB_NAMES = frozenset(
    [
        "docker.com",
        "hub.docker.com",
        "hub.docker.io",
        "index.docker.io",
        "registry-1.docker.io",
        "registry.docker.com",
        "registry.docker.io",
        "registry.hub.docker.com",
        "www.docker.com",
        "www.docker.io",
    ]
)
_MEANT = {
    "docker.pkg.github.com": "ghcr.io",
    "dockerhub.com": HUB,
    "dockerhub.io": HUB,
    "gchr.io": "ghcr.io",
    "gcr.com": "gcr.io",
    "ghcr.com": "ghcr.io",
    "ghcr.github.com": "ghcr.io",
    "ghrc.io": "ghcr.io",
    "github.com": "ghcr.io",
    "gitlab.com": "registry.gitlab.com",
    "quay.com": "quay.io",
    "registry.digitalocean.io": "registry.digitalocean.com",
    "registry.github.com": "ghcr.io",
    "registry.gitlab.io": "registry.gitlab.com",
}
"""Hosts that are taken for a well-known registry, and are none."""
_EXAMPLE = "give the host only, for example ghcr.io or registry.example.com:5000"
_KNOWN_SCHEME = re.compile(r"(https?|docker|oci):/{1,2}", re.IGNORECASE)
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*)://", re.IGNORECASE)
_IMAGE_BY_DIGEST = re.compile(r"[^@]*/[^@]*@sha(?:256|384|512):[0-9a-f]*")
_HOST_PORT = re.compile(r"(\[[^\[\]]*\]|[^:\[\]]*)(?::([^:]*))?")
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_LOOPBACK = re.compile(r"127(?:\.[0-9]{1,3}){3}")


@dataclass(frozen=True, slots=True)
class Server:
    """A registry's server as it is stored, and what was repaired on the way there."""

    host: str
    """`host[:port]`, lower case; Docker Hub is always `docker.io`."""
    notes: tuple[str, ...] = ()
    """One sentence for each repair."""


def normalise(text: str) -> Server:
    """Read a server as people type it; `BadInput` where it cannot be a host."""
    notes: list[str] = []
    rest = text.strip()
    if rest and rest != text:
        notes.append("the blanks around it were left out")
    if "@" in rest and not _IMAGE_BY_DIGEST.fullmatch(rest):
        # The text is not repeated: what stands before the @ may be a password.
        raise BadInput("server contains an @", "user name and password have fields of their own; " + _EXAMPLE)
    rest = _without_path(_without_scheme(rest, notes), notes)
    host, port = _split_port(text, rest)
    host = _checked_ip(text, host) if host.startswith("[") else _checked_name(text, host, port, notes)
    if host.startswith("[") and not port:
        hint = f"nodes find a login for an IPv6 address only with its port, here and in images: {host}:443"
        raise BadInput(f"server {shown(text)} has no port", hint)
    if port == "443" and not is_loopback(host) and not host.startswith("["):
        notes.append("the port :443 was left out: it is implied, and images rarely write it")
        port = ""
    if host in _HUB_NAMES:
        notes.append(f"{host} is Docker Hub, stored as {HUB}")
        host = HUB
    elif host in _MEANT:
        notes.append(f"did you mean {_MEANT[host]}? {host} is kept as it was given")
    return Server(f"{host}:{port}" if port else host, tuple(notes))


def meant(host: str) -> str | None:
    """Give the well-known registry that `host` is taken for; None where it is nobody's other name."""
    return HUB if host in _HUB_NAMES else _MEANT.get(host)


def auth_key(host: str) -> str:
    """Give the key under which a pull secret must hold this server's login, for kubelets to find it."""
    return HUB_KEY if host == HUB else host


def is_loopback(host: str) -> bool:
    """Tell whether `host[:port]` is this machine, where plain HTTP is allowed as in Docker and containerd."""
    match = _HOST_PORT.fullmatch(host)
    name = match[1] if match else ""
    return name in ("localhost", "[::1]") or name.endswith(".localhost") or bool(_LOOPBACK.fullmatch(name))


def api_base(host: str, plain_http: bool, ca_file: str | None = None) -> str:
    """Give the URL below which the server's API lives; on loopback, a CA file says that it speaks TLS."""
    plain = plain_http or (is_loopback(host) and ca_file is None)
    return f"{'http' if plain else 'https'}://{_HUB_API if host == HUB else host}"


def _without_scheme(text: str, notes: list[str]) -> str:
    while match := _KNOWN_SCHEME.match(text):
        scheme = match[1].lower()
        plain = ": plain HTTP is a setting of its own (--plain-http)" if scheme == "http" else ""
        notes.append(f"{scheme}:// was left out{plain}")
        text = text[match.end() :]
    if match := _SCHEME.match(text):
        raise BadInput(f"server {shown(text)} has the unknown scheme {shown(match[1].lower())}", _EXAMPLE)
    return text


def _without_path(text: str, notes: list[str]) -> str:
    host, slash, path = text.partition("/")
    if path in ("v1", "v1/", "v2", "v2/"):
        notes.append(f"/{path} was left out: it belongs to the API, not to the server")
    elif path.strip("/"):
        rule = "it belongs to the image, and a login counts for the whole server"
        notes.append(f"the path {shown(slash + path)} was left out: {rule}")
    elif slash:
        notes.append("the / at the end was left out")
    return host


def _split_port(text: str, rest: str) -> tuple[str, str]:
    match = _HOST_PORT.fullmatch(rest)
    if match is None:
        raise BadInput(
            f"server {shown(text)} is no host", "write an IPv6 address in brackets: [fd00::1]:5000"
        )
    host, port = match[1], match[2]
    if port is None:
        return host, ""
    if not re.fullmatch(r"[0-9]{1,5}", port) or not 1 <= int(port) <= 65535:
        raise BadInput(f"server {shown(text)} has no valid port", "a port is a number from 1 to 65535")
    return host, str(int(port))


def _checked_ip(text: str, host: str) -> str:
    import ipaddress

    try:
        address = ipaddress.IPv6Address(host[1:-1])
    except ValueError:
        raise BadInput(f"server {shown(text)} is no IPv6 address", _EXAMPLE) from None
    if address.scope_id is not None or address.ipv4_mapped is not None:
        raise BadInput(f"server {shown(text)} cannot be used by nodes", "leave out zone and IPv4 mapping")
    return f"[{address.compressed}]"


def _checked_name(text: str, host: str, port: str, notes: list[str]) -> str:
    if not host:
        raise BadInput(f"server {shown(text)} names no host", _EXAMPLE)
    if host.endswith(".") and host.strip("."):
        notes.append("the dot at the end was left out")
        host = host.removesuffix(".")
    name = _ascii_name(text, host, notes)
    labels = name.split(".")
    if len(name) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        hint = "wildcards cannot be used to log in; " if "*" in name else ""
        raise BadInput(f"server {shown(text)} is no host", hint + _EXAMPLE)
    if labels[-1].isdigit() and not (len(labels) == 4 and all(_is_octet(label) for label in labels)):
        raise BadInput(f"server {shown(text)} is no IPv4 address", _EXAMPLE)
    if len(labels) == 1 and not port and name != "localhost":
        hint = "nodes would read it as a Docker Hub user; add the domain or the port, for example "
        raise BadInput(f"server {shown(text)} is no host", f"{hint}{name}.example.com or {name}:5000")
    return name


def _ascii_name(text: str, host: str, notes: list[str]) -> str:
    name = host.lower()
    if name.isascii():
        if name != host:
            notes.append("capital letters were made small")
        return name
    try:
        name = name.encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise BadInput(f"server {shown(text)} is no host", _EXAMPLE) from None
    notes.append(f"the name was written in ASCII: {name}")
    return name


def _is_octet(label: str) -> bool:
    return len(label) <= 3 and int(label) <= 255 and label == str(int(label))
