"""A connection to a registry or token server: straight or by a proxy, encrypted where its URL says so."""

import errno
import socket
import ssl
import threading
import time
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlsplit

from bahriya_tui.model.proxy import Proxy
from bahriya_tui.oci.deadline import CONNECT_SECONDS, READ_SECONDS, Deadline
from bahriya_tui.oci.steps import Trail
from bahriya_tui.oci.tunnel import dig
from bahriya_tui.oci.unreachable import Unreachable
from bahriya_tui.tls import believing

_DAY = 86400
_SHOWN = 4
"""Addresses of a name that are told."""

_Address = tuple[socket.AddressFamily, socket.SocketKind, int, tuple[object, ...]]


@dataclass(frozen=True, slots=True)
class Route:
    """How servers are reached: what is trusted, until when, and through which proxy."""

    tls: ssl.SSLContext
    deadline: Deadline
    proxy: Proxy | None = None


def trust(ca_file: str | None) -> ssl.SSLContext:
    """Build the TLS settings: the system's CAs and `ca_file`; `Unreachable` when that cannot be read."""
    context = believing()
    try:
        if ca_file is not None:
            context.load_verify_locations(cafile=ca_file)
    except (OSError, ssl.SSLError):
        raise Unreachable("the CA file cannot be read as PEM certificates") from None
    return context


def connect(url: str, route: Route, trail: Trail) -> socket.socket:
    """Connect to the server of a URL and note the steps; `Unreachable` where that fails."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    proxy = route.proxy
    with trail.step("dns") as found:
        addresses = _resolve(proxy.host if proxy else host, proxy.port if proxy else port, route)
        names = list(dict.fromkeys(str(address[3][0]) for address in addresses))
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        found.detail = f"{f'the proxy {proxy}: ' if proxy else ''}{', '.join(names[:_SHOWN])}{more}"
    with trail.step("tcp") as found:
        sock = _first(addresses, route)
        try:
            found.detail = _place(sock)
            if proxy is not None and parts.scheme == "https":
                dig(sock, host, port, route.deadline)
                found.detail += " (the proxy), which connected on"
        except BaseException:
            sock.close()
            raise
    return sock if parts.scheme == "http" else _encrypt(sock, host, route, trail)


def certificate_days(sock: socket.socket) -> int | None:
    """Give the whole days until the other side's certificate ends; None without TLS."""
    if not isinstance(sock, ssl.SSLSocket):
        return None
    ends = (sock.getpeercert() or {}).get("notAfter")
    return int((ssl.cert_time_to_seconds(ends) - time.time()) // _DAY) if isinstance(ends, str) else None


def _encrypt(sock: socket.socket, host: str, route: Route, trail: Trail) -> socket.socket:
    with trail.step("tls") as found:
        try:
            sock.settimeout(route.deadline.left(CONNECT_SECONDS))
            secured = route.tls.wrap_socket(sock, server_hostname=host)
        except BaseException:
            sock.close()
            raise
        days = certificate_days(secured)
        version = (secured.version() or "TLS").replace("TLSv", "TLS ")
        found.detail = (
            f"{version}, certificate of {_issuer(secured)}, {days} day{'' if days == 1 else 's'} left"
        )
    return secured


def _issuer(sock: ssl.SSLSocket) -> str:
    parts = cast(tuple[tuple[tuple[str, str], ...], ...], (sock.getpeercert() or {}).get("issuer", ()))
    names = dict(pair for part in parts for pair in part)
    told = " ".join(names[name] for name in ("organizationName", "commonName") if name in names)
    return "".join(sign if sign.isprintable() else "?" for sign in told)[:80] or "an unnamed CA"


def _resolve(host: str, port: int, route: Route) -> list[_Address]:
    """Look a name up, in a thread of its own: the system's resolver has no time limit of ours."""
    found: list[_Address] = []

    def look_up() -> None:
        try:
            answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            return
        found.extend((family, kind, protocol, address) for family, kind, protocol, _, address in answers)

    of = "the proxy's" if route.proxy else "its"
    thread = threading.Thread(target=look_up, daemon=True)
    thread.start()
    thread.join(route.deadline.left(READ_SECONDS))
    if thread.is_alive():
        raise Unreachable(f"{of} name could not be looked up in time (DNS)")
    if not found:
        raise Unreachable(f"{of} name is not known (DNS)")
    return found


def _first(addresses: list[_Address], route: Route) -> socket.socket:
    """Connect to the first address that takes us."""
    refusal: OSError = ConnectionRefusedError(errno.ECONNREFUSED, "")
    for family, kind, protocol, address in addresses:
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(route.deadline.left(CONNECT_SECONDS))
            sock.connect(address)
            # Else the request waits for the acknowledgement of the handshake before it: 40 ms each.
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as error:
            sock.close()
            refusal = error
        except BaseException:
            sock.close()
            raise
        else:
            return sock
    if route.proxy is not None:
        raise Unreachable(f"the proxy {route.proxy} cannot be reached from here") from refusal
    raise refusal


def _place(sock: socket.socket) -> str:
    host, port = sock.getpeername()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
