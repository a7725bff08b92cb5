"""Registries behind a proxy, which is named explicitly and sees no secret, whatever was declared."""

import base64
from pathlib import Path

import pytest

from bahriya_tui.model.check import CheckResult
from bahriya_tui.model.image import parse
from bahriya_tui.model.proxy import Proxy
from bahriya_tui.oci.probe import check
from tests.oci.certificates import Authority
from tests.oci.odd_server import OddServer, http
from tests.oci.proxy_server import ProxyServer

PING = http(401, WWW_Authenticate='Basic realm="x"')


def run(server: str, canary: str, proxy: Proxy, plain: bool = False, ca: str | None = None) -> CheckResult:
    return check(server, "op", canary.encode(), [parse(f"{server}/team/app:v1")], plain, ca, 120, None, proxy)


def login(canary: str) -> str:
    return base64.b64encode(f"op:{canary}".encode()).decode()


def accepting(canary: str, request: str) -> bytes:
    return http(200) if login(canary) in request else PING


def test_a_registry_with_tls_is_reached_through_a_tunnel_that_sees_no_secret(
    tmp_path: Path, canary: str
) -> None:
    authority = Authority(tmp_path)
    with (
        OddServer(lambda text: accepting(canary, text), authority.server()) as server,
        ProxyServer() as proxy,
    ):
        result = run(server.address, canary, proxy.proxy, ca=authority.ca_file)
    assert (result.login, result.images[0].verdict) == ("accepted", "ok")
    assert {head.splitlines()[0] for head in proxy.heads} == {f"CONNECT {server.address} HTTP/1.1"}
    assert login(canary) not in "".join(proxy.heads)
    assert len(proxy.heads) == len(server.received)
    said = {step.name: step.detail for step in result.steps}
    assert said["dns"] == f"the proxy {proxy.proxy}: 127.0.0.1"
    assert said["tcp"] == f"{proxy.proxy} (the proxy), which connected on"


def test_a_name_that_only_the_proxy_knows_is_looked_up_there(tmp_path: Path, canary: str) -> None:
    authority = Authority(tmp_path)
    certificate = authority.server("registry.test")
    with OddServer(lambda text: accepting(canary, text), certificate) as server, ProxyServer() as proxy:
        result = run(f"registry.test:{server.port}", canary, proxy.proxy, ca=authority.ca_file)
    assert (result.login, result.images[0].verdict) == ("accepted", "ok")
    assert proxy.heads[0].startswith(f"CONNECT registry.test:{server.port} HTTP/1.1\r\n")
    assert f"Host: registry.test:{server.port}\r\n" in server.received[0]


@pytest.mark.parametrize("realm", ["127.0.0.1", "token.test"])
def test_a_token_server_on_plain_http_gets_no_secret_through_a_proxy(
    realm: str, tmp_path: Path, canary: str
) -> None:
    def reply(request: str) -> bytes:
        return http(401, WWW_Authenticate=f'Bearer realm="http://{realm}:{server.port}/token"')

    authority = Authority(tmp_path)
    with OddServer(reply, authority.server()) as server, ProxyServer() as proxy:
        result = run(server.address, canary, proxy.proxy, ca=authority.ca_file)
    assert result.login == "not proven"
    assert "not on https" in result.reason or "plain HTTP" in result.reason
    assert login(canary) not in "".join(proxy.heads + server.received)


@pytest.mark.parametrize("plain", [True, False])
@pytest.mark.parametrize("host", ["127.0.0.1", "registry.test"])
def test_nothing_is_sent_to_a_proxy_without_tls_whatever_was_declared(
    host: str, plain: bool, canary: str
) -> None:
    with OddServer(lambda _: PING) as server, ProxyServer(PING) as proxy:
        result = run(f"{host}:{server.port}", canary, proxy.proxy, plain=plain)
    assert result.login == "not proven"
    assert server.received == []
    assert all(head.startswith("CONNECT ") for head in proxy.heads)
    assert login(canary) not in "".join(proxy.heads)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (http(407, Proxy_Authenticate="Basic"), "the proxy wants a login (407)"),
        (http(502), "the proxy says that it cannot be reached (502)"),
        (http(503), "the proxy says that it cannot be reached (503)"),
        (http(504), "the proxy got no answer from it in time (504)"),
        (b"SSH-2.0-x\r\n\r\n", "did not answer in HTTP"),
    ],
    ids=["407", "502", "503", "504", "SSH"],
)
def test_what_a_proxy_says_instead_is_told(answer: bytes, reason: str, canary: str) -> None:
    with ProxyServer(answer) as proxy:
        result = run("registry.test:5000", canary, proxy.proxy)
    assert (result.login, reason in result.reason) == ("not proven", True)
    assert result.steps[-1].name == "tcp"
    assert result.steps[-1].good is False
    assert "Authorization" not in "".join(proxy.heads)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (http(403), "the proxy does not let it through (403)"),
        (http(302, Location="http://127.0.0.1:1/"), "the proxy answered 302 instead of connecting to it"),
        (b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 5000, "the proxy did not answer in HTTP"),
        (b"HTTP/1.1 200", "the proxy did not answer in HTTP"),
    ],
    ids=["forbids", "moved", "endless", "cut"],
)
def test_a_tunnel_that_is_not_dug_is_told(answer: bytes, reason: str, canary: str) -> None:
    with ProxyServer(answer) as proxy:
        result = run("registry.test:5000", canary, proxy.proxy)
    assert (result.login, reason in result.reason) == ("not proven", True)


def test_a_proxy_that_is_not_there_is_told(canary: str, closed_port: int) -> None:
    result = run("registry.test:5000", canary, Proxy("127.0.0.1", closed_port))
    assert result.reason == f"the proxy 127.0.0.1:{closed_port} cannot be reached from here"
    result = run("registry.test:5000", canary, Proxy("proxy.invalid", 3128))
    assert result.reason == "the proxy's name is not known (DNS)"


def test_the_proxies_of_the_environment_are_ignored(canary: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with OddServer(lambda text: accepting(canary, text)) as server, ProxyServer(http(407)) as proxy:
        for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://{proxy.proxy}")
        result = check(server.address, "op", canary.encode(), [])
    assert (result.login, proxy.heads) == ("accepted", [])


def test_a_tunnel_to_an_ipv6_address_is_written_with_brackets(canary: str) -> None:
    with ProxyServer(http(403)) as proxy:
        run("[fd00::1]:5000", canary, proxy.proxy)
    assert proxy.heads[0].startswith("CONNECT [fd00::1]:5000 HTTP/1.1\r\nHost: [fd00::1]:5000\r\n")
