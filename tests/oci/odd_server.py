"""A server on loopback that answers with any bytes, and remembers what it was sent."""

import re
import socket
import ssl
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

Reply = Callable[[str], bytes]


def http(status: int, body: bytes = b"", **headers: str) -> bytes:
    """Build one whole answer; underscores in header names stand for dashes."""
    lines = [f"HTTP/1.1 {status} Answer", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


class OddServer:
    """Answers each connection's one request with `reply(request text)`; an empty reply keeps the line open.

    With `drip`, the reply is sent byte by byte and its last byte repeated, for longer than a check may take.
    """

    def __init__(self, reply: Reply, tls: ssl.SSLContext | None = None, drip: bool = False) -> None:
        self._reply = reply
        self._tls = tls
        self._drip = drip
        self._stop = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve)
        self.port: int = self._listener.getsockname()[1]
        self.received: list[str] = []
        self.delivered = 0

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        # A last connection wakes the thread from accept().
        socket.create_connection(("127.0.0.1", self.port)).close()
        self._thread.join()
        self._listener.close()

    def _serve(self) -> None:
        while True:
            line, _ = self._listener.accept()
            if self._stop.is_set():
                line.close()
                return
            line.settimeout(120)
            try:
                with self._tls.wrap_socket(line, server_side=True) if self._tls else line as spoken:
                    self._answer(spoken)
            except OSError:
                line.close()

    def _answer(self, line: socket.socket) -> None:
        request = b""
        while b"\r\n\r\n" not in request:
            piece = line.recv(65536)
            if not piece:
                return
            request += piece
        head, _, body = request.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)\r\ncontent-length: *([0-9]+)", head)
        while length is not None and len(body) < int(length[1]):
            body += line.recv(65536)
        request = head + b"\r\n\r\n" + body
        self.received.append(request.decode("latin-1"))
        reply = self._reply(self.received[-1])
        if self._drip:
            for byte in reply:
                line.sendall(bytes([byte]))
            for _ in range(6000):
                if self._stop.wait(0.02):
                    return
                line.sendall(reply[-1:])
            self.delivered += 1
        elif reply:
            line.sendall(reply)
            self.delivered += 1
        else:
            line.recv(1)
