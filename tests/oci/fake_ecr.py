"""An ECR API over TLS that makes tokens for 12 hours, and a proxy in which its true name leads to it."""

import base64
import json
import secrets
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from bahriya_tui.oci.sigv4 import Scope, signed
from tests.oci.certificates import Authority

SERVER = "123456789012.dkr.ecr.eu-central-1.amazonaws.com"
API = "api.ecr.eu-central-1.amazonaws.com"
KEY_ID = "AKIAIOSFODNN7EXAMPLE"
LIFE = timedelta(hours=12)


@dataclass
class FakeEcr:
    """What the API knows and did. Change it in place; it counts from the next request on."""

    secret: str
    """Of the one access key, `KEY_ID`."""
    authority: Authority
    proxy: str = ""
    """URL of the proxy that leads to it."""
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    refusal: tuple[int, str] | None = None
    """Status and type of the error that is answered instead of a token."""
    registry_port: int | None = None
    """Where the proxy finds the registry itself, if anywhere but at the API."""
    let_through: bool = True
    """Whether the proxy opens tunnels."""
    tokens: list[str] = field(default_factory=list)
    """Every token that was made."""
    asked: list[str] = field(default_factory=list)
    """Where the proxy was asked to."""
    on_token: Callable[[str], None] = lambda _token: None

    def answer(self, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, Any]]:
        """Answer one request as the API would."""
        if self.refusal is not None:
            status, kind = self.refusal
            return status, {"__type": f"com.amazon.coral.service#{kind}", "message": f"not {self.secret}"}
        if f"Credential={KEY_ID}/" not in headers["authorization"]:
            return 400, {"__type": "UnrecognizedClientException", "message": "no such key"}
        if not self._is_signed(headers, body):
            return 400, {"__type": "InvalidSignatureException", "message": "does not match"}
        assert headers["x-amz-target"] == "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken"
        token = f"minted-{secrets.token_urlsafe(600)}"
        self.tokens.append(token)
        self.on_token(token)
        data = {
            "authorizationToken": base64.b64encode(f"AWS:{token}".encode()).decode(),
            "expiresAt": (self.now() + LIFE).timestamp(),
            "proxyEndpoint": f"https://{SERVER}",
        }
        return 200, {"authorizationData": [data]}

    def _is_signed(self, headers: dict[str, str], body: bytes) -> bool:
        """Tell whether the signature is right; that it is as AWS wants it, other tests show."""
        at = datetime.strptime(headers["x-amz-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        names = headers["authorization"].partition("SignedHeaders=")[2].partition(",")[0].split(";")
        given = {name: headers[name] for name in names if name != "x-amz-date"}
        right = signed(
            given,
            body,
            key_id=KEY_ID,
            secret=self.secret.encode(),
            scope=Scope("eu-central-1", "ecr"),
            at=at,
        )
        return right["Authorization"] == headers["authorization"]


@contextmanager
def fake_ecr(folder: Path, secret: str) -> Iterator[FakeEcr]:
    """Serve the API on loopback, and the proxy that leads to it."""
    folder.mkdir(exist_ok=True)
    here = FakeEcr(secret, Authority(folder))
    api = _Api(here)
    with _served(api), _proxy(here, api.server_address[1]) as proxy:
        here.proxy = proxy
        yield here


class _Api(ThreadingHTTPServer):
    def __init__(self, here: FakeEcr) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.here, self._tls = here, here.authority.server(API)

    def finish_request(self, request: Any, client_address: Any) -> None:
        with suppress(OSError), self._tls.wrap_socket(request, server_side=True) as secure:
            super().finish_request(secure, client_address)


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        server = self.server
        assert isinstance(server, _Api)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status, said = server.here.answer({name.lower(): str(v) for name, v in self.headers.items()}, body)
        text = json.dumps(said).encode()
        self.send_response_only(status)
        self.send_header("Date", format_datetime(server.here.now(), usegmt=True))
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing."""


@contextmanager
def _served(server: ThreadingHTTPServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def _proxy(here: FakeEcr, port: int) -> Iterator[str]:
    """Give the URL of a proxy that takes every name for the API on `port`."""

    class Proxy(BaseHTTPRequestHandler):
        def do_CONNECT(self) -> None:
            here.asked.append(self.path)
            if not here.let_through:
                self.send_error(502)
                return
            self.send_response(200)
            self.end_headers()
            behind = here.registry_port if self.path == f"{SERVER}:443" and here.registry_port else port
            with socket.create_connection(("127.0.0.1", behind)) as there:
                back = threading.Thread(target=_pass_on, args=(there, self.connection))
                back.start()
                _pass_on(self.connection, there)
                back.join()
            self.close_connection = True

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    with _served(server):
        yield f"http://127.0.0.1:{server.server_address[1]}"


def _pass_on(source: socket.socket | ssl.SSLSocket, to: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            to.sendall(data)
    with suppress(OSError):
        to.shutdown(socket.SHUT_WR)
