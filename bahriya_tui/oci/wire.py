"""One HTTP exchange with a registry or token server: bounded in time and size, and following no redirect.

Never repeats what a server or a library said, as that may hold what was sent.
"""

import http.client
import io
import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import cast
from urllib.parse import urlsplit

from bahriya_tui.oci.connect import Route, certificate_days, connect
from bahriya_tui.oci.deadline import READ_SECONDS, Deadline
from bahriya_tui.oci.steps import Trail
from bahriya_tui.oci.unreachable import Unreachable, told

MAX_BODY = 1 << 20
"""Bytes of an answer that are read at most."""
_PRINTABLE = re.compile(r"[!-~]+")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; neither headers nor body appear in its repr, they may hold tokens."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    """Names in lower case; repeated ones are joined with a comma."""
    body: bytes = field(repr=False)
    certificate_days: int | None = None
    """Days until the certificate ends that the server showed; None without TLS."""

    @property
    def redirect(self) -> bool:
        """Tell whether the server wants to be asked elsewhere."""
        return 300 <= self.status < 400


def ask(
    method: str,
    url: str,
    route: Route,
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
    if route.proxy is not None and not url.startswith("https:"):
        raise Unreachable("plain HTTP would show the password to the proxy; reach it by TLS, or without one")
    sent = {"Accept": accept, "User-Agent": "bahriya", "Connection": "close", **headers}
    if body is not None:
        sent["Content-Length"] = str(len(body))
    with told(), over or connect(url, route, Trail()) as sock:
        return _exchange(sock, method, url, route, sent, authorization, body)


def _exchange(
    sock: socket.socket,
    method: str,
    url: str,
    route: Route,
    headers: Mapping[str, str],
    authorization: bytes | None,
    body: bytes | None,
) -> Answer:
    parts = urlsplit(url)
    target = parts._replace(scheme="", netloc="", fragment="").geturl()
    connection = http.client.HTTPConnection("registry")
    connection.sock = cast(socket.socket, _BoundedSocket(sock, route.deadline))
    connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
    connection.putheader("Host", parts.netloc)
    for name, value in headers.items():
        connection.putheader(name, value)
    if authorization is not None:
        connection.putheader("Authorization", authorization)
    connection.endheaders(body)
    with connection.getresponse() as response:
        names = {name.lower() for name in response.headers}
        said = {name: ", ".join(response.headers.get_all(name, [])) for name in names}
        return Answer(response.status, said, response.read(MAX_BODY), certificate_days(sock))


class _BoundedSocket:
    """What `http.client` needs of a socket; the deadline counts for every byte, not for every call."""

    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        self._sock = sock
        self._deadline = deadline

    def sendall(self, data: bytes) -> None:
        self._sock.settimeout(self._deadline.left(READ_SECONDS))
        self._sock.sendall(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return _WholeLines(_BoundedReader(self._sock, self._deadline))

    def close(self) -> None:
        """Leave the socket open: whoever connected it closes it."""


class _WholeLines(io.BufferedReader):
    """Refuses a head that was cut off, which `http.client` takes: half an address is another address."""

    def readline(self, size: int | None = -1, /) -> bytes:
        line = super().readline(size)
        if not line.endswith(b"\n") and len(line) != size:
            raise http.client.IncompleteRead(line)
        return line


class _BoundedReader(io.RawIOBase):
    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        self._sock = sock
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview[int]") -> int:  # type: ignore[override]
        self._sock.settimeout(self._deadline.left(READ_SECONDS))
        return self._sock.recv_into(buffer)
