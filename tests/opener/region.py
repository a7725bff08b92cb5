"""A tiny API server over TLS, which keeps what it was sent and answers as it was told."""

import json
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.oci.certificates import Authority

Reply = Callable[[dict[str, Any]], tuple[int, bytes]]
OBJECT = {"kind": "PartialObjectMetadata", "metadata": {"uid": "uid-1", "resourceVersion": "42"}}


def applied(_sent: dict[str, Any]) -> tuple[int, bytes]:
    """Answer as for a server-side apply that was done."""
    return 200, json.dumps(OBJECT).encode()


@dataclass
class Region:
    """A running server."""

    ca_pem: str
    port: int = 0
    reply: Reply = applied
    requests: list[tuple[str, dict[str, str], dict[str, Any]]] = field(default_factory=list)
    contacts: int = 0
    held: threading.Event = field(default_factory=threading.Event)
    """Set it to let `hold` answer."""
    asked: threading.Event = field(default_factory=threading.Event)

    def hold(self, sent: dict[str, Any]) -> tuple[int, bytes]:
        """Answer only when the test lets go."""
        self.held.wait(120)
        return applied(sent)

    def target(self, name: str = "falkenstein-1", **changes: Any) -> dict[str, Any]:
        """Describe this region as an opener's target."""
        return {
            "region": name,
            "host": "127.0.0.1",
            "port": self.port,
            "server_name": "",
            "ca_pem": self.ca_pem,
            "token": "t0ken",
            "client_cert_pem": "",
            "client_key_pem": "",
            "insecure": False,
            "base_path": "",
            "namespace": "bahriya-shop",
            "secret": "bahriya-team-v3",
            "labels": {"app.kubernetes.io/managed-by": "bahriya"},
            "annotations": {"bahriya.cloud/version": "3"},
            **changes,
        }


@contextmanager
def region(folder: Path, reply: Reply = applied, client_ca: str = "") -> Iterator[Region]:
    """Serve on loopback; with `client_ca`, only for clients with a certificate of it."""
    folder.mkdir(exist_ok=True)
    authority = Authority(folder)
    here = Region(Path(authority.ca_file).read_text(), reply=reply)
    context = authority.server()
    if client_ca:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(client_ca)
    server = _Server(here, context)
    here.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield here
    finally:
        here.held.set()
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def deaf() -> Iterator[int]:
    """Give a port where connections are taken and nothing is ever said."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


@contextmanager
def blunt(said: bytes) -> Iterator[int]:
    """Give a port where the one who connects is told something at once, or else cut off."""

    def tell() -> None:
        peer, _ = listening.accept()
        with peer:
            if said:
                peer.sendall(said)
                peer.recv(4096)
            else:
                # Closing then resets the connection.
                peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    with socket.create_server(("127.0.0.1", 0)) as listening:
        telling = threading.Thread(target=tell)
        telling.start()
        try:
            yield listening.getsockname()[1]
        finally:
            telling.join(120)


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    request_queue_size = 256

    def __init__(self, here: Region, context: ssl.SSLContext) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.here, self._context = here, context

    def finish_request(self, request: Any, client_address: Any) -> None:
        self.here.contacts += 1
        try:
            with self._context.wrap_socket(request, server_side=True) as secure:
                super().finish_request(secure, client_address)
        except OSError:
            return

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: clients that go away are part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_PATCH(self) -> None:
        server = self.server
        assert isinstance(server, _Server)
        sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        server.here.requests.append((self.path, dict(self.headers), sent))
        server.here.asked.set()
        status, body = server.here.reply(sent)
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True

    def do_GET(self) -> None:
        server = self.server
        assert isinstance(server, _Server)
        server.here.requests.append((self.path, dict(self.headers), {}))
        status, body = server.here.reply({})
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing."""
