"""Servers that misbehave: the check ends, says why, and gives the secret to nobody."""

import base64
import socket
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bahriya_tui.model.check import CheckResult, sentence
from bahriya_tui.model.image import parse
from bahriya_tui.oci.probe import check
from tests.oci.certificates import Authority
from tests.oci.odd_server import OddServer, Reply, http

PING = http(401, WWW_Authenticate='Basic realm="x"')


def run(
    server: OddServer, canary: str, deadline: float = 120.0, host: str = "", plain: bool = False
) -> CheckResult:
    host = host or server.address
    return check(host, "op", canary.encode(), [parse(f"{host}/team/app:v1")], plain, None, deadline)


def encoded(canary: str) -> str:
    return base64.b64encode(f"op:{canary}".encode()).decode()


def assert_never_sent(server: OddServer, canary: str) -> None:
    sent = "".join(server.received)
    assert canary not in sent
    assert encoded(canary) not in sent


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (http(200, b"<html>hello</html>", Content_Type="text/html"), "no registry"),
        (http(404, b"{}"), "no registry: /v2/ answered 404"),
        (http(301, Location="http://127.0.0.1:1/v2/"), "redirects"),
        (http(401), "neither Basic nor Bearer"),
        (http(401, WWW_Authenticate="Negotiate abc=="), "neither Basic nor Bearer"),
        (http(401, WWW_Authenticate='Bearer service="x"'), "neither Basic nor Bearer"),
        (http(429, Retry_After="9"), "for 9 seconds"),
        (http(429, Retry_After="soon"), "for a while"),
        (http(503), "in trouble itself (503)"),
        (http(400, b"Client sent an HTTP request to an HTTPS server."), "speaks TLS"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "did not answer in HTTP"),
        (b"HTTP/1.1 abc\r\n\r\n", "did not answer in HTTP"),
        (b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 200 + b"\r\n", "did not answer in HTTP"),
        (http(401, WWW_Authenticate='Bearer realm="http://10.0.0.1/token"'), "not on https"),
        (http(401, WWW_Authenticate='Bearer realm="ftp://127.0.0.1/token"'), "not on https"),
        (http(401, WWW_Authenticate='Bearer realm="https://op@127.0.0.1/token"'), "not valid"),
        (http(401, WWW_Authenticate='Bearer realm="https://127.0.0.1:x/token"'), "not valid"),
        (http(401, WWW_Authenticate='Bearer realm="token"'), "not valid"),
    ],
)
def test_an_answer_that_is_no_registry_stops_the_check_without_the_secret(
    reply: bytes, reason: str, canary: str
) -> None:
    with OddServer(lambda _: reply) as server:
        result = run(server, canary)
    assert result.login == "not proven"
    assert reason in result.reason
    assert_never_sent(server, canary)


@pytest.mark.parametrize("end", ["", "\r\n"])
def test_a_challenge_that_was_cut_off_names_no_token_server(end: str, canary: str) -> None:
    cut = f"HTTP/1.1 401 Answer\r\nWWW-Authenticate: Bearer realm=https://127.0.0.1:1{end}".encode()
    with OddServer(lambda _: cut) as server:
        result = run(server, canary)
    assert (result.login, result.reason) == ("not proven", "it did not answer in HTTP")


def test_a_port_where_nothing_listens_is_told(canary: str, closed_port: int) -> None:
    result = check(f"127.0.0.1:{closed_port}", "op", canary.encode(), [])
    assert (result.login, "refused the connection" in result.reason) == ("not proven", True)


def test_a_name_that_does_not_exist_is_told(canary: str) -> None:
    result = check("registry.invalid", "op", canary.encode(), [])
    assert (result.login, "DNS" in result.reason) == ("not proven", True)


def test_a_resolver_that_never_answers_does_not_hold_up_the_check(
    canary: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: answered.wait(120) and [])
    result = check("registry.example.com", "op", canary.encode(), [], deadline=0.2)
    answered.set()
    assert (result.login, "in time (DNS)" in result.reason) == ("not proven", True)


def test_an_image_whose_turn_never_came_says_so(canary: str) -> None:
    def reply(request: str) -> bytes:
        if "/manifests/" in request:
            return b""
        return http(200) if encoded(canary) in request else PING

    with OddServer(reply) as server:
        images = [parse(f"{server.address}/team/{name}:v1") for name in ("slow", "next", "last")]
        result = check(server.address, "op", canary.encode(), images, deadline=1.0)
    assert (result.login, [image.verdict for image in result.images]) == ("accepted", ["not proven"] * 3)
    late = "the time for the check was over before its turn; check it alone"
    assert [image.reason for image in result.images] == ["it did not answer in time", late, late]


def test_a_server_that_never_answers_does_not_hold_up_the_check(canary: str) -> None:
    with OddServer(lambda _: b"") as server:
        result = run(server, canary, deadline=0.2)
    assert (result.login, "in time" in result.reason) == ("not proven", True)


@pytest.mark.parametrize(
    "reply", [b"HTTP/1.1 200 OK\r\nX: y", http(200, b"{")[:-1].replace(b": 1", b": 999999") + b" "]
)
def test_a_server_that_drips_without_end_does_not_hold_up_the_check(reply: bytes, canary: str) -> None:
    with OddServer(lambda _: reply, drip=True) as server:
        result = run(server, canary, deadline=0.5)
    assert (result.login, "in time" in result.reason) == ("not proven", True)
    assert server.delivered == 0


def test_a_body_without_end_is_not_read_to_its_end(canary: str) -> None:
    endless = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n" + b" " * (64 << 20)
    with OddServer(lambda _: endless) as server:
        result = check(server.address, "op", canary.encode(), [])
    assert (result.login, server.delivered) == ("not needed", 0)


def test_the_secret_does_not_follow_a_redirect(canary: str) -> None:
    with OddServer(lambda _: http(200)) as elsewhere:
        moved = http(307, Location=f"http://{elsewhere.address}/v2/")
        with OddServer(lambda request: moved if "Authorization" in request else PING) as server:
            result = run(server, canary)
    assert result.login == "not proven"
    assert "never sent after a redirect" in result.reason
    assert elsewhere.received == []


def test_a_plain_server_that_is_not_on_this_machine_never_gets_the_secret(
    canary: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with OddServer(lambda _: PING) as server:
        everything_is_here(monkeypatch)
        result = run(server, canary, host=f"registry.test:{server.port}", deadline=0.5)
    assert result.login == "not proven"
    assert_never_sent(server, canary)


def test_a_plain_server_gets_the_secret_when_it_was_declared_plain(
    canary: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with OddServer(lambda request: http(200) if encoded(canary) in request else PING) as server:
        everything_is_here(monkeypatch)
        result = run(server, canary, host=f"registry.test:{server.port}", plain=True)
    assert result.login == "accepted"


@pytest.mark.parametrize(("realm", "sent"), [("registry.test", True), ("token.test", False)])
def test_declared_plain_http_covers_the_token_server_of_that_host_only(
    realm: str, sent: bool, canary: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def reply(request: str) -> bytes:
        challenge = f'Bearer realm="http://{realm}:{server.port}/token"'
        return http(403) if encoded(canary) in request else http(401, WWW_Authenticate=challenge)

    with OddServer(reply) as server:
        everything_is_here(monkeypatch)
        result = run(server, canary, host=f"registry.test:{server.port}", plain=True)
    assert result.login == ("rejected" if sent else "not proven")
    assert (encoded(canary) in "".join(server.received)) is sent


def everything_is_here(monkeypatch: pytest.MonkeyPatch) -> None:
    look_up = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *a, **k: look_up("127.0.0.1", *a, **k))


def echo(canary: str) -> Reply:
    """Give back the secret wherever an answer has room for it."""

    def reply(request: str) -> bytes:
        if encoded(canary) not in request:
            return PING
        told = f"{canary} {encoded(canary)}"
        body = f'{{"errors":[{{"code":"{told}","message":"{told}"}}],"token":"{canary}"}}'.encode()
        answer = http(429, body, Retry_After=told, Location=told, WWW_Authenticate=told, X=told)
        return answer.replace(b"Answer", told.encode())

    return reply


def test_a_server_that_echoes_the_secret_cannot_bring_it_into_a_result(canary: str) -> None:
    with OddServer(echo(canary)) as server:
        result = run(server, canary)
    assert encoded(canary) in "".join(server.received)
    told = f"{result!r} {sentence(result)}"
    assert canary not in told
    assert encoded(canary) not in told


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b'{"token": 1}',
        b'{"token": ""}',
        b'{"token": "a\\r\\nX: y"}',
        b'{"token": "' + b"a" * 70000 + b'"}',
        b'{"token": "\xff"}',
        b"[" * 5000,
    ],
)
def test_an_answer_without_a_usable_token_is_not_a_login(body: bytes, canary: str) -> None:
    with OddServer(token_server(lambda: http(200, body))) as server:
        result = run(server, canary)
    assert (result.login, "without a token" in result.reason) == ("not proven", True)


def token_server(token: Callable[[], bytes]) -> Reply:
    def reply(request: str) -> bytes:
        host = request.partition("Host: ")[2].partition("\r\n")[0]
        challenge = http(401, WWW_Authenticate=f'Bearer realm="http://{host}/token",service="x"')
        return token() if request.startswith("GET /token") else challenge

    return reply


PIECES = st.sampled_from(
    [
        b"HTTP/1.1 ",
        b"200",
        b"401",
        b"\r\n",
        b"\r\n\r\n",
        b"WWW-Authenticate: ",
        b"Basic",
        b'Bearer realm="',
        b'"',
        b"http://127.0.0.1",
        b",",
        b"Content-Length: -1",
        b"Transfer-Encoding: chunked",
        b"ffffffff\r\n",
        b'{"token": "a.e30.c"}',
        b"\xff\xfe",
        b"[",
        b"Location: /",
    ]
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(
    pieces=st.lists(PIECES | st.binary(max_size=8), min_size=1, max_size=12),
    start=st.sampled_from([b"", PING[:-4]]),
)
def test_no_answer_whatever_is_an_error_or_a_proof(pieces: list[bytes], start: bytes, canary: str) -> None:
    with OddServer(lambda _: start + b"".join(pieces)) as server:
        result = run(server, canary, deadline=0.2)
    assert result.images[0].verdict != "ok"
    assert canary not in repr(result)


def test_the_certificate_that_ends_first_is_told_also_where_it_is_the_token_servers(
    canary: str, tmp_path: Path
) -> None:
    authority = Authority(tmp_path)
    token = http(200, b'{"token": "e30.eyJzdWIiOiAib3AifQ.c2ln"}')
    with OddServer(lambda _: token, authority.server(ends=timedelta(days=4))) as tokens:
        challenge = http(401, WWW_Authenticate=f'Bearer realm="https://{tokens.address}/token"')
        with OddServer(lambda _: challenge, authority.server(ends=timedelta(days=90))) as server:
            result = check(server.address, "op", canary.encode(), [], ca_file=authority.ca_file)
    assert sentence(result) == "login accepted; its TLS certificate ends in 3 days"
    assert "89 days left" in next(step.detail for step in result.steps if step.name == "tls")
