"""One HTTP exchange with a registry or token server: bounded in time and size, and following no redirect.

Owns sockets, TLS and the words for what went wrong on the way. Never repeats what a server or a library said,
as that may hold what was sent.
"""

import errno
import http.client
import io
import re
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import cast
from urllib.parse import urlsplit

MAX_BODY = 1 << 20
"""Bytes of an answer that are read at most."""
CONNECT_SECONDS = 3.0
READ_SECONDS = 6.0
_PRINTABLE = re.compile(r"[!-~]+")
_NETWORK = {
    errno.ECONNREFUSED: "it refused the connection: nothing listens on that port",
    errno.EHOSTUNREACH: "there is no route to it from here",
    errno.ENETUNREACH: "there is no route to it from here",
}
_CERTIFICATE = {
    7: "its TLS certificate was not signed by the CA it names; give the right one with --ca-file",
    10: "its TLS certificate has expired",
    18: "its TLS certificate is self-signed; give the CA with --ca-file",
    19: "its TLS certificate is from an unknown CA; give it with --ca-file",
    20: "its TLS certificate is from an unknown CA; give it with --ca-file",
    21: "its TLS certificate is from an unknown CA; give it with --ca-file",
    62: "its TLS certificate is for another name",
    64: "its TLS certificate is for another address",
}


class Unreachable(Exception):
    """There was no usable answer; `reason` says why and holds nothing that was sent."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; neither headers nor body appear in its repr, they may hold tokens."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    """Names in lower case; repeated ones are joined with a comma."""
    body: bytes = field(repr=False)

    @property
    def redirect(self) -> bool:
        """Tell whether the server wants to be asked elsewhere."""
        return 300 <= self.status < 400


class Deadline:
    """The moment after which nothing of a check may still wait."""

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds

    def left(self, at_most: float) -> float:
        """Give the seconds one step may take; `TimeoutError` when none are left."""
        left = self._ends - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return min(left, at_most)


def trust(ca_file: str | None) -> ssl.SSLContext:
    """Build the TLS settings: the system's CAs and `ca_file`; `Unreachable` when that cannot be read."""
    context = ssl.create_default_context()
    try:
        if ca_file is not None:
            context.load_verify_locations(cafile=ca_file)
    except (OSError, ssl.SSLError):
        raise Unreachable("the CA file cannot be read as PEM certificates") from None
    return context


def ask(
    method: str,
    url: str,
    tls: ssl.SSLContext,
    deadline: Deadline,
    authorization: bytes | None = None,
    accept: str = "*/*",
    *,
    headers: Mapping[str, str] = MappingProxyType({}),
    body: bytes | None = None,
    over: socket.socket | None = None,
) -> Answer:
    """Send one request and give the answer, whatever its status; `Unreachable` without one.

    `headers` are sent beside the usual ones; `over` is a connection there is, else one is made.
    """
    if not _PRINTABLE.fullmatch(url):
        raise Unreachable("its address is not a valid URL")
    try:
        with over or _connect(url, tls, deadline) as sock:
            return _exchange(sock, method, url, deadline, authorization, accept, headers, body)
    except Unreachable:
        raise
    except TimeoutError:
        raise Unreachable("it did not answer in time") from None
    except ssl.SSLError as error:
        raise Unreachable(_tls_reason(error)) from None
    except OSError as error:
        raise Unreachable(_NETWORK.get(error.errno or 0, "the connection broke")) from None
    except (http.client.HTTPException, ValueError):
        raise Unreachable("it did not answer in HTTP") from None


def _connect(url: str, tls: ssl.SSLContext, deadline: Deadline) -> socket.socket:
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    refusal: OSError = ConnectionRefusedError(errno.ECONNREFUSED, "")
    for family, kind, protocol, address in _resolve(host, port, deadline):
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(deadline.left(CONNECT_SECONDS))
            sock.connect(address)
            sock.settimeout(deadline.left(CONNECT_SECONDS))
            return tls.wrap_socket(sock, server_hostname=host) if parts.scheme == "https" else sock
        except ssl.SSLError:
            sock.close()
            raise
        except OSError as error:
            sock.close()
            refusal = error
        except BaseException:
            sock.close()
            raise
    raise refusal


_Address = tuple[socket.AddressFamily, socket.SocketKind, int, tuple[object, ...]]


def _resolve(host: str, port: int, deadline: Deadline) -> list[_Address]:
    """Look a name up, in a thread of its own: the system's resolver has no time limit of ours."""
    found: list[_Address] = []

    def look_up() -> None:
        try:
            answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            return
        found.extend((family, kind, protocol, address) for family, kind, protocol, _, address in answers)

    thread = threading.Thread(target=look_up, daemon=True)
    thread.start()
    thread.join(deadline.left(READ_SECONDS))
    if thread.is_alive():
        raise Unreachable("its name could not be looked up in time (DNS)")
    if not found:
        raise Unreachable("its name is not known (DNS)")
    return found


def _exchange(
    sock: socket.socket,
    method: str,
    url: str,
    deadline: Deadline,
    authorization: bytes | None,
    accept: str,
    more: Mapping[str, str],
    body: bytes | None,
) -> Answer:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection("registry")
    connection.sock = cast(socket.socket, _BoundedSocket(sock, deadline))
    connection.putrequest(
        method,
        parts._replace(scheme="", netloc="", fragment="").geturl(),
        skip_host=True,
        skip_accept_encoding=True,
    )
    connection.putheader("Host", parts.netloc)
    connection.putheader("Accept", accept)
    connection.putheader("User-Agent", "bahriya")
    connection.putheader("Connection", "close")
    if authorization is not None:
        connection.putheader("Authorization", authorization)
    for name, value in more.items():
        connection.putheader(name, value)
    if body is not None:
        connection.putheader("Content-Length", str(len(body)))
    connection.endheaders(body)
    with connection.getresponse() as response:
        names = {name.lower() for name in response.headers}
        headers = {name: ", ".join(response.headers.get_all(name, [])) for name in names}
        return Answer(response.status, headers, response.read(MAX_BODY))


class _BoundedSocket:
    """What `http.client` needs of a socket; the deadline counts for every byte, not for every call."""

    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        self._sock = sock
        self._deadline = deadline

    def sendall(self, data: bytes) -> None:
        self._sock.settimeout(self._deadline.left(READ_SECONDS))
        self._sock.sendall(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_BoundedReader(self._sock, self._deadline))

    def close(self) -> None:
        """Leave the socket open: whoever connected it closes it."""


class _BoundedReader(io.RawIOBase):
    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        self._sock = sock
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview[int]") -> int:  # type: ignore[override]
        self._sock.settimeout(self._deadline.left(READ_SECONDS))
        return self._sock.recv_into(buffer)


def _tls_reason(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return _CERTIFICATE.get(error.verify_code, "its TLS certificate is not valid")
    if error.reason in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST"):
        return "it does not speak TLS on that port; plain HTTP needs --plain-http"
    return "TLS could not be agreed on"
