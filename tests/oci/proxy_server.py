"""An HTTP proxy on loopback: it connects on (CONNECT) and passes on (absolute-form), or refuses."""

import socket
import threading
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from bahriya_tui.model.proxy import Proxy

NAMES = {"registry.test", "token.test"}
"""Names that only the proxy knows; each is this machine."""


class ProxyServer:
    """Passes on what it is asked, unless it has an `answer` of its own; keeps the head of each request."""

    def __init__(self, answer: bytes = b"") -> None:
        self._answer = answer
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.proxy = Proxy("127.0.0.1", self._listener.getsockname()[1])
        self._thread = threading.Thread(target=self._serve)
        self._stop = threading.Event()
        self.heads: list[str] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        # A last connection wakes the thread from accept().
        socket.create_connection((self.proxy.host, self.proxy.port)).close()
        self._thread.join()
        self._listener.close()

    def _serve(self) -> None:
        while True:
            line, _ = self._listener.accept()
            with line:
                if self._stop.is_set():
                    return
                line.settimeout(120)
                self._pass_on(line)

    def _pass_on(self, line: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            piece = line.recv(65536)
            if not piece:
                return
            head += piece
        text = head.decode("latin-1")
        self.heads.append(text)
        if self._answer:
            line.sendall(self._answer)
            return
        method, target, _ = text.split(" ", 2)
        parts = urlsplit(f"//{target}" if method == "CONNECT" else target)
        host = "127.0.0.1" if parts.hostname in NAMES else parts.hostname
        with socket.create_connection((host, parts.port or 80), timeout=120) as behind:
            if method == "CONNECT":
                line.sendall(b"HTTP/1.1 200 Connection established\r\nVia: test\r\n\r\n")
            else:
                path = parts._replace(scheme="", netloc="").geturl()
                behind.sendall(text.replace(target, path, 1).encode("latin-1"))
            _both_ways(line, behind)


def _both_ways(one: socket.socket, other: socket.socket) -> None:
    back = threading.Thread(target=_copy, args=(other, one))
    back.start()
    _copy(one, other)
    back.join()


def _copy(source: socket.socket, target: socket.socket) -> None:
    try:
        while piece := source.recv(65536):
            target.sendall(piece)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass
