"""What an operator reads who uses one of the well-known registries."""

import json
import ssl
from collections.abc import Callable

import pytest

from bahriya_tui.model.check import CheckResult, sentence
from bahriya_tui.model.image import parse
from bahriya_tui.oci.probe import check
from tests.oci.fake_net import Exchange, FakeNet
from tests.oci.mutations import jwt
from tests.oci.odd_server import http

ECR = "123456789012.dkr.ecr.eu-central-1.amazonaws.com"
TLS = ssl.create_default_context()
Answer = Callable[[str, bool], bytes]
Ask = Callable[[str, str, Answer], CheckResult]


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch, canary: str) -> Ask:
    """Checks an image at a server that answers in memory, given the path and whether a login was sent."""

    def asked(server: str, image: str, answer: Answer) -> CheckResult:
        def reply(exchange: Exchange) -> list[bytes]:
            return [
                answer(exchange.request.split(b" ")[1].decode(), b"Authorization: Basic" in exchange.request)
            ]

        net = FakeNet(reply)
        monkeypatch.setattr("bahriya_tui.oci.wire.connect", net.connect)
        monkeypatch.setattr("bahriya_tui.oci.client.connect", net.connect)
        return check(server, "bot", canary.encode(), [parse(image)], False, None, 60, TLS)

    return asked


def test_a_github_token_without_the_scope_is_told_by_its_name(
    ask: Ask,
) -> None:
    def ghcr(path: str, login: bool) -> bytes:
        if path == "/v2/":
            return http(401, WWW_Authenticate='Bearer realm="https://ghcr.io/token",service="ghcr.io"')
        return http(200, b'{"token": "b3BhcXVl"}') if login and "scope" not in path else http(403)

    result = ask("ghcr.io", "ghcr.io/acme/api:v1", ghcr)
    assert sentence(result) == (
        "login works, but the token lacks read:packages for acme/api: give it that right, or correct the name"
    )


def test_docker_hub_is_asked_at_its_api_and_tells_what_is_left(
    ask: Ask,
) -> None:
    def hub(path: str, login: bool) -> bytes:
        if path == "/v2/":
            realm = "https://auth.docker.io/token"
            return http(401, WWW_Authenticate=f'Bearer realm="{realm}",service="registry.docker.io"')
        if path.startswith("/token"):
            access = [{"type": "repository", "name": "acme/api", "actions": ["pull"] if login else []}]
            said = {"sub": "bot" if login else "", "access": access}
            return http(200, json.dumps({"token": jwt(said)}).encode())
        return http(200, RateLimit_Limit="200;w=21600", RateLimit_Remaining="150;w=21600")

    result = ask("docker.io", "acme/api:v1", hub)
    assert result.steps[1].detail == "Bearer, tokens from auth.docker.io"
    assert result.limit is not None
    assert result.limit.words == "150 of 200 pulls in 6 h are left"
    # The manifest was served to the anonymous token too.
    assert (
        sentence(result) == "login accepted; acme/api:v1 can be pulled, but it is public and proves nothing"
    )


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (
            b"Your authorization token has expired. Reauthenticate and try again.",
            "login rejected: the token has expired (its tokens live 12 h); enter a new one",
        ),
        (
            b"",
            "login rejected: user name or password is wrong, or has expired (its tokens live 12 h);"
            " enter it anew",
        ),
    ],
)
def test_an_ecr_token_that_ended_is_told_as_that(body: bytes, said: str, ask: Ask) -> None:
    def ecr(path: str, login: bool) -> bytes:
        return http(403, body) if login else http(401, WWW_Authenticate='Basic realm="ecr"')

    assert sentence(ask(ECR, f"{ECR}/acme/api:v1", ecr)) == said


def test_an_ecr_policy_without_the_action_is_told_by_its_name(
    ask: Ask,
) -> None:
    def ecr(path: str, login: bool) -> bytes:
        if not login:
            return http(401, WWW_Authenticate='Basic realm="ecr"')
        return http(200) if path == "/v2/" else http(403)

    assert sentence(ask(ECR, f"{ECR}/acme/api:v1", ecr)) == (
        "login works, but the token lacks ecr:BatchGetImage for acme/api: give it that right,"
        " or correct the name"
    )
