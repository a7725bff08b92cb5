"""A token server for real registries: it signs what they accept, and treats logins as its mode says."""

import base64
import binascii
import json
import secrets
import threading
import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

Mode = Literal[
    "strict", "denied403", "lenient", "limited", "post400", "post401", "post404", "post405", "moved", "broken"
]
"""How it answers: a wrong login 401; 403 (GHCR); 200 with an anonymous token (Gitea); everything 429; a POST
with that status (ACR, Artifactory, GCR); everything with a redirect; with 500."""
SERVICE = "real"


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


class TokenServer:
    """Serves while its block lasts. `grants` names, for a user ("" for nobody), what it may do where."""

    def __init__(self, folder: Path, users: dict[str, str], grants: dict[tuple[str, str], set[str]]) -> None:
        self.mode: Mode = "strict"
        self.users = users
        self.grants = grants
        self.attempts: list[tuple[str, str]] = []
        """Method, and the login that was sent: `user:password`, or nothing."""
        self.bundle = folder / "token.pem"
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._x5c = self._certify()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    @property
    def auth(self) -> str:
        """The `auth` section of a registry that sends its users here."""
        realm = f"http://127.0.0.1:{self._server.server_port}/token"
        names = f"service: {SERVICE}, issuer: {SERVICE}"
        return f"{{token: {{realm: '{realm}', {names}, rootcertbundle: {self.bundle}}}}}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def answer(
        self, method: str, login: str, scopes: Iterable[str]
    ) -> tuple[int, dict[str, Any], dict[str, str]]:
        """Give status, body and headers for one request."""
        self.attempts.append((method, login))
        if self.mode == "limited":
            return 429, {"errors": [{"code": "TOOMANYREQUESTS"}]}, {"Retry-After": "37"}
        if self.mode == "moved":
            return 307, {}, {"Location": "http://127.0.0.1:1/token"}
        if self.mode == "broken":
            return 500, {}, {}
        if method == "POST" and self.mode.startswith("post"):
            return int(self.mode[4:]), {"errors": [{"code": "UNSUPPORTED"}]}, {}
        user, _, password = login.partition(":")
        if login and self.users.get(user) != password:
            if self.mode != "lenient":
                return (403 if self.mode == "denied403" else 401), {"errors": [{"code": "DENIED"}]}, {}
            user = ""
        token = self._sign(user, [one for scope in scopes if (one := self._granted(user, scope))])
        return 200, {"token": token, "access_token": token, "expires_in": 300}, {}

    def _granted(self, user: str, scope: str) -> dict[str, Any] | None:
        kind, _, rest = scope.partition(":")
        name, _, wanted = rest.rpartition(":")
        may = self.grants.get((user, name), set()) | self.grants.get(("", name), set())
        actions = sorted(may & set(wanted.split(",")))
        return {"type": kind, "name": name, "actions": actions} if actions else None

    def _sign(self, user: str, access: list[dict[str, Any]]) -> str:
        now = int(time.time())
        head = {"typ": "JWT", "alg": "RS256", "x5c": [self._x5c]}
        times = {"exp": now + 300, "nbf": now - 10, "iat": now, "jti": secrets.token_hex(8)}
        said = {"iss": SERVICE, "sub": user, "aud": SERVICE, "access": access, **times}
        text = f"{_base64(json.dumps(head).encode())}.{_base64(json.dumps(said).encode())}"
        return f"{text}.{_base64(self._key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256()))}"

    def _certify(self) -> str:
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "token server of a test")])
        now = datetime.now(UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self._key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=9))
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(self._key, hashes.SHA256())
        )
        self.bundle.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        return base64.b64encode(certificate.public_bytes(serialization.Encoding.DER)).decode()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            wbufsize = -1

            def do_GET(self) -> None:
                query = parse_qs(urlsplit(self.path).query)
                scopes = " ".join(query.get("scope", [])).split()
                self._send(*server.answer("GET", _basic(self.headers.get("Authorization", "")), scopes))

            def do_POST(self) -> None:
                form = parse_qs(self._body().decode())
                field = {name: values[0] for name, values in form.items()}
                login = f"{field.get('username', '')}:{field.get('password', '')}"
                self._send(*server.answer("POST", login, field.get("scope", "").split()))

            def _body(self) -> bytes:
                if "chunked" not in self.headers.get("Transfer-Encoding", ""):
                    return self.rfile.read(int(self.headers.get("Content-Length", 0)))
                whole = b""
                while size := int(self.rfile.readline().split(b";")[0], 16):
                    whole += self.rfile.read(size)
                    self.rfile.readline()
                self.rfile.readline()
                return whole

            def _send(self, status: int, body: dict[str, Any], headers: dict[str, str]) -> None:
                raw = json.dumps(body).encode()
                self.send_response(status)
                for name, value in {"Content-Type": "application/json", **headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Keep the tests' output clean."""

        return Handler


def _basic(header: str) -> str:
    try:
        return base64.b64decode(header.partition(" ")[2], validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""
