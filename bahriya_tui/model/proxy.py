"""The HTTP proxy of a registry: an explicit setting, never taken from the environment."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from bahriya_tui.model.errors import BadInput

_EXAMPLE = "write it as http://proxy.example.com:3128"
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|[0-9A-Fa-f:]*:[0-9A-Fa-f:]*")


@dataclass(frozen=True, slots=True)
class Proxy:
    """Where a proxy listens."""

    host: str
    """A name or an address, IPv6 without brackets."""
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def read(url: str) -> Proxy:
    """Read the URL of a proxy; `BadInput` where it is none, or carries a login, which is never repeated."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", 80 if parts.port is None else parts.port
    except ValueError:
        raise BadInput("the proxy is no URL", _EXAMPLE) from None
    if "@" in url:
        raise BadInput(
            "the proxy's URL carries a login",
            "it would stand readable in the store: let the proxy pass this machine without one",
        )
    if parts.scheme != "http":
        raise BadInput("the proxy's URL does not start with http://", _EXAMPLE)
    if not _HOST.fullmatch(host) or not port or parts.path.strip("/") or parts.query or parts.fragment:
        raise BadInput("the proxy's URL does not name just a host and a port", _EXAMPLE)
    return Proxy(host, port)


def normalised(text: str) -> str:
    """Give the URL as it is stored; `BadInput` as for `read`."""
    return f"http://{read(text.strip())}"
