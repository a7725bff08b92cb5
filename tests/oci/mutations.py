"""Answers of registries, and what may become of them: other statuses, headers, bodies, sizes and speeds."""

import base64
import json
from collections.abc import Callable, Iterable
from random import Random

from tests.oci.fake_net import Exchange, Pieces

SERVER, AUTH, EVIL = "registry.test", "auth.test", "evil.test"
"""The registry, the token server it names, and a host that nobody may be sent to."""
Headers = list[tuple[str, str]]

_LURES = [
    f"http://{EVIL}/token",
    f"HTTP://{EVIL}/token",
    f"//{EVIL}/token",
    f"https://{SERVER}@{EVIL}/token",
    f"https://{SERVER}:x@{EVIL}/token",
    f"https://@{EVIL}/token",
    f"https://{SERVER}\\@{EVIL}/token",
    f"http://{SERVER}.{EVIL}/token",
    f"http://{EVIL}#{SERVER}",
    f"http://{EVIL}?{SERVER}",
    f"http:{EVIL}",
    f"ftp://{EVIL}/",
    f"https://{EVIL}%2e/token",
    f"https://évil.test@{EVIL}/",
    f"https://e\u0301vil.{EVIL}/",
    f"http://[{EVIL}]/",
    "http://127.0.0.1:1/token",
    "http://localhost/token",
    f"http://{AUTH}/token",
    f"http://{SERVER}:80x/",
    "https:///token",
    "",
]
"""Addresses to which a secret must not go, whoever names them."""
_NUMBERS = ["0", "-1", "1", "7", "99999999999", "1e9", "x", "", "100;w=21600", "0;w=0", ";w=1", "5;w=x", "٣"]
_NAMES = ["Retry-After", "RateLimit-Limit", "RateLimit-Remaining", "Docker-RateLimit-Source", "Content-Type"]
_NAMES += ["Content-Length", "Transfer-Encoding", "Content-Encoding", "Connection", "WWW-Authenticate"]
_STATUSES = [
    0,
    99,
    100,
    101,
    103,
    200,
    201,
    204,
    206,
    300,
    301,
    302,
    303,
    304,
    307,
    308,
    400,
    401,
    403,
    404,
    405,
]
_STATUSES += [406, 407, 408, 410, 411, 418, 421, 429, 451, 500, 501, 502, 503, 504, 511, 599, 600, 999, 1000]
_BODIES = [
    b"",
    b"{}",
    b"[]",
    b"null",
    b"[" * 3000,
    b'{"token": 1}',
    b'{"token": ""}',
    b'{"token": "a\\r\\nX: y"}',
]
_BODIES += [b'{"token": "' + b"a" * 70000 + b'"}', b'{"token": "\xff"}', b'{"access_token": "t"}', b"<html>"]
_BODIES += [
    b"Client sent an HTTP request to an HTTPS server.",
    b"\x00" * 100,
    b'{"errors":[{"code":"DENIED"}]}',
]
_ODD: list[object] = [
    None,
    0,
    -1,
    1e308,
    "",
    "x",
    [],
    [None],
    {},
    [[]],
    [{"type": "repository"}],
    [{"name": [], "actions": 3}],
]


def jwt(said: object) -> str:
    """A token whose claims are `said`; nobody checks its signature here."""
    return "e30." + base64.urlsafe_b64encode(json.dumps(said).encode()).rstrip(b"=").decode() + ".c2ln"


def raw(status: int, headers: Headers, body: bytes) -> bytes:
    head = "".join(f"{name}: {value}\r\n" for name, value in headers)
    return f"HTTP/1.1 {status} X\r\n{head}\r\n".encode("utf-8", "replace") + body


class Mutator:
    """Changes answers, each time otherwise, the same way for the same seed."""

    def __init__(self, random: Random, seen: str) -> None:
        self._random = random
        self._seen = seen
        """What a server that was sent it may try to bring into the result."""

    def mutated(self, status: int, headers: Headers, body: bytes, *, after: bool) -> tuple[bytes, Pieces]:
        """Give an answer in one or more ways wrong, and how it comes in.

        `after` tells that the server has seen the secret.
        """
        random = self._random
        for _ in range(random.choice((1, 1, 1, 2, 3))):
            change: Callable[[int, Headers, bytes, bool], tuple[int, Headers, bytes]] = random.choice(
                (self._status, self._header, self._header, self._lure, self._body, self._claims, self._size)
            )
            status, headers, body = change(status, list(headers), body, after)
        text = raw(status, headers, body)
        if random.random() < 0.3:
            text = self._bytes(text, after)
        return text, self._sent(text)

    def _status(self, _: int, headers: Headers, body: bytes, after: bool) -> tuple[int, Headers, bytes]:
        return self._random.choice(_STATUSES), headers, body

    def _header(self, status: int, headers: Headers, body: bytes, after: bool) -> tuple[int, Headers, bytes]:
        random = self._random
        if headers and random.random() < 0.3:
            headers.pop(random.randrange(len(headers)))
            return status, headers, body
        name = random.choice(_NAMES)
        value = random.choice(
            [*_NUMBERS, "chunked", "gzip", "Basic", "Bearer", "Negotiate", self._told(after)]
        )
        return status, [*headers, (name, value)] * random.choice((1, 1, 2, 60)), body

    def _lure(self, status: int, headers: Headers, body: bytes, after: bool) -> tuple[int, Headers, bytes]:
        random = self._random
        lures = [*_LURES, f"https://{EVIL}/token"] if after else _LURES
        lure = random.choice(lures)
        if random.random() < 0.5:
            name = random.choice(("Location", "Refresh", "Link", "Alt-Svc", "Content-Location", "Host"))
            # Only there does it matter that the address is https too: nothing of them is followed.
            value = random.choice((lure, f"https://{EVIL}/"))
            return random.choice((status, 301, 302, 303, 307, 308)), [*headers, (name, value)], body
        challenge = random.choice(
            ('Bearer realm="{0}"', "Bearer realm={0}", 'Basic realm="x", Bearer realm="{0}"')
        )
        rest = [(name, value) for name, value in headers if name != "WWW-Authenticate"]
        return 401, [*rest, ("WWW-Authenticate", challenge.format(lure) + ',service="s"')], body

    def _body(self, status: int, headers: Headers, _: bytes, after: bool) -> tuple[int, Headers, bytes]:
        body = self._random.choice([*_BODIES, self._told(after).encode(), self._random.randbytes(40)])
        return status, _sized(headers, body), body

    def _claims(self, status: int, headers: Headers, body: bytes, after: bool) -> tuple[int, Headers, bytes]:
        random = self._random
        odd = [*_ODD, self._told(after)]
        said = random.choice((random.choice(odd), {"sub": random.choice(odd), "access": random.choice(odd)}))
        body = json.dumps({random.choice(("token", "access_token")): jwt(said)}).encode()
        return status, _sized(headers, body), body

    def _size(self, status: int, headers: Headers, body: bytes, after: bool) -> tuple[int, Headers, bytes]:
        random = self._random
        if random.random() < 0.5:
            return status, [*headers, ("X" * random.choice((1, 300, 70000)), "y")], body
        length = str(len(body) + random.choice((-1, 1, 1000, 10**12)))
        return (
            status,
            [(n, v) for n, v in headers if n != "Content-Length"] + [("Content-Length", length)],
            body,
        )

    def _bytes(self, text: bytes, after: bool) -> bytes:
        random, changed = self._random, bytearray(text)
        for _ in range(random.choice((1, 2, 8))):
            at = random.randrange(len(changed) + 1)
            part = random.choice(
                (b"\r\n", b"\n", b"\x00", b"\xff", b'"', b",", b":", b" ", b"\\", b"%", b"@", b"/")
            )
            changed[at : at + random.choice((0, 0, 1, 1, 9))] = random.choice((part, b"", part * 3))
        # By chance it may have become an address that the registry is free to name.
        return bytes(changed) if after or b"https://" + EVIL.encode() not in changed else text

    def _told(self, after: bool) -> str:
        return self._seen if after else "x"

    def _sent(self, text: bytes) -> Pieces:
        random = self._random
        way = random.random()
        if way < 0.7:
            return [text]
        at = random.randrange(len(text) + 1)
        if way < 0.8:
            return [text[:at]]
        if way < 0.9:
            return [text[:at], random.choice((TimeoutError(), ConnectionResetError(), OSError()))]
        if way < 0.93:
            return [text[i : i + 1] for i in range(min(len(text), 600))]
        if way < 0.95:
            return _endless(text, b" " * 65536)
        return _endless(
            text[:at], random.choice((b"HTTP/1.1 100 Continue\r\n\r\n", b"a: b\r\n", text[-1:] or b"x"))
        )


def _endless(text: bytes, more: bytes) -> Iterable[bytes]:
    yield text
    while True:
        yield more


def _sized(headers: Headers, body: bytes) -> Headers:
    rest = [(name, value) for name, value in headers if name != "Content-Length"]
    return [*rest, ("Content-Length", str(len(body)))]


def shows_secret(exchange: Exchange, *secrets: str) -> bool:
    """Whether a request carried any of them."""
    return any(secret.encode() in exchange.request for secret in secrets)
