"""Connections to one API server: verified before they are used, kept for the next request.

In the standard library's HTTP: a layer more would cost a worker with hundreds of regions as much CPU as their
TLS handshakes.
"""

import http.client
import select
import socket
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from typing import cast

from urllib3 import Timeout

from bahriya_tui.cluster.errors import Unreachable
from bahriya_tui.kubeconfig.endpoint import Endpoint
from bahriya_tui.model.errors import Failed
from bahriya_tui.reasons import why_not_connected
from bahriya_tui.tls import region_context

_MOST_AT_ONCE = 1 << 16
_PART_SECONDS = 10.0
"""Once something of a part has arrived, the rest of it has so long."""


class Connections:
    """The connections to one region; may be used by several threads."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._context = _context(endpoint)
        self._idle: list[_Connection] = []
        self._closed = False
        self.opened_ms: float | None = None
        """How long the latest connection took until it was verified."""

    def open(self, seconds: float) -> None:
        """Open and verify a connection, which the next request will use; raise `Unreachable`."""
        self._keep(self._open(seconds))

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: dict[str, str],
        timeout: Timeout,
        body: str | None = None,
        **_unused: object,
    ) -> "Response":
        """Send one request, and give the answer as soon as its head is there; raise `Unreachable` without.

        The parameters are those that the package `kubernetes` hands to a pool manager of urllib3; `timeout`
        is for connecting, and for each wait for the answer.
        """
        connect_seconds = cast("float", timeout.connect_timeout)
        answer_seconds = cast("float", timeout.read_timeout)
        connection = self._idle_one() or self._open(connect_seconds)
        connection.sock.settimeout(answer_seconds)
        try:
            connection.request(method, url, None if body is None else body.encode(), headers)
            return Response(connection.getresponse(), connection, self._keep)
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise _unanswered(error, answer_seconds) from None

    def _open(self, seconds: float) -> "_Connection":
        began = time.monotonic()
        connection = _opened(self._endpoint, self._context, seconds)
        self.opened_ms = (time.monotonic() - began) * 1000
        return connection

    def close(self) -> None:
        """Close every connection, and those in use as soon as they are not."""
        self._closed = True
        while self._idle:
            self._idle.pop().close()

    def _keep(self, connection: "_Connection") -> None:
        self._idle.append(connection)
        if self._closed:
            self.close()

    def _idle_one(self) -> "_Connection | None":
        while self._idle:
            connection = self._idle.pop()
            if connection.usable:
                return connection
            connection.close()
        return None


class Response:
    """An answer, of which the head was read; its connection is given back when all of it was."""

    def __init__(
        self,
        answer: http.client.HTTPResponse,
        connection: "_Connection",
        keep: "Callable[[_Connection], None]",
    ) -> None:
        self._answer, self._connection, self._keep = answer, connection, keep
        self.status, self.reason = answer.status, answer.reason
        self._socket = connection.sock
        self._over = False

    def header(self, name: str) -> str | None:
        """Give a header's value."""
        return self._answer.getheader(name)

    def read(self, most: int | None = None) -> bytes:
        """Give the rest of the answer, or so many bytes of it; raise `Unreachable` when it is cut."""
        try:
            content = self._answer.read(most)
        except (OSError, http.client.HTTPException) as error:
            seconds = self._socket.gettimeout() or 0
            self._give_up()
            raise _unanswered(error, seconds) from None
        self.close()
        return content

    def part(self, seconds: float) -> bytes | None:
        """Give the next part of an answer that comes bit by bit: None if none came in time, empty at the end.

        Raises `Unreachable` when it is cut.
        """
        try:
            if not self._arrives(seconds):
                return None
            self._socket.settimeout(_PART_SECONDS)
            part = self._answer.read1(_MOST_AT_ONCE)
        except (OSError, ValueError, http.client.HTTPException) as error:
            self._give_up()
            raise _unanswered(error, _PART_SECONDS) from None
        if not part:
            self.close()
        return part

    def _arrives(self, seconds: float) -> bool:
        """Wait until there is something to read, which a TLS record by itself may not be."""
        until = time.monotonic() + seconds
        arriving = select.poll()
        arriving.register(self._socket, select.POLLIN)
        self._socket.settimeout(0)
        while not self._answer.isclosed() and self._answer.length != 0:
            with suppress(ssl.SSLWantReadError):
                self._answer.fp.peek(1)
                return True
            left = until - time.monotonic()
            if left <= 0 or not arriving.poll(left * 1000):
                return False
        return True

    def close(self) -> None:
        """Let the connection be used again if all was read and the server keeps it open; else close it."""
        if self._over:
            return
        if self._answer.isclosed() and not self._answer.will_close:
            self._over = True
            self._keep(self._connection)
        else:
            self._give_up()

    def _give_up(self) -> None:
        self._over = True
        self._answer.close()
        self._connection.close()


class _Connection(http.client.HTTPConnection):
    """One that never reconnects by itself."""

    auto_open = 0
    default_port = 443
    sock: ssl.SSLSocket

    @property
    def usable(self) -> bool:
        """Tell whether the next request can use it: nothing but TLS session tickets may have come unasked."""
        try:
            self.sock.settimeout(0)
            self.sock.recv(1)
        except ssl.SSLWantReadError:
            return True
        except OSError:
            return False
        return False


def _opened(endpoint: Endpoint, context: ssl.SSLContext, seconds: float) -> _Connection:
    connection = _Connection(endpoint.host, endpoint.port)
    try:
        plain = socket.create_connection((endpoint.host, endpoint.port), seconds)
        try:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            connection.sock = context.wrap_socket(
                plain, server_hostname=endpoint.server_name or endpoint.host
            )
        except TimeoutError as silent:
            # Its system took the connection, which it does for an API server that is frozen.
            plain.close()
            raise _unanswered(silent, seconds) from None
        except BaseException:
            plain.close()
            raise
    except (OSError, ValueError) as error:
        words, cut = why_not_connected(error, seconds)
        raise Unreachable(words, cut=cut) from None
    return connection


def _unanswered(error: Exception, seconds: float) -> Unreachable:
    if isinstance(error, TimeoutError):
        return Unreachable(f"no answer within {seconds:g} s")
    return Unreachable("the connection was cut", cut=True)


def _context(endpoint: Endpoint) -> ssl.SSLContext:
    try:
        return region_context(
            endpoint.ca_pem, endpoint.client_cert_pem, endpoint.client_key_pem, endpoint.insecure
        )
    except (OSError, TypeError, ValueError):
        # Without a word of what is in them.
        raise Failed(
            "the certificates in the kubeconfig are not valid, or the client key is encrypted or another's",
            "renew that entry of the kubeconfig",
        ) from None
