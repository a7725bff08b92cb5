"""WWW-Authenticate headers as registries send them, and as they should not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bahriya_tui.oci.challenge import Challenge, parse
from bahriya_tui.oci.token import read, realm_refusal, request_url

TOKEN = "https://auth.example.com/token"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ('Basic realm="x"', Challenge("basic", "x")),
        ("basic realm=x", Challenge("basic", "x")),
        ("Basic", Challenge("basic", "")),
        (f'Bearer realm="{TOKEN}",service="s"', Challenge("bearer", TOKEN, "s")),
        (f'BEARER service = "s" , REALM = "{TOKEN}"', Challenge("bearer", TOKEN, "s")),
        (f'Bearer realm="{TOKEN}",scope="repository:a:pull,push"', Challenge("bearer", TOKEN)),
        (f'Basic realm="a, Bearer b", Bearer realm="{TOKEN}"', Challenge("bearer", TOKEN)),
        (f'Bearer realm="{TOKEN}", Basic realm="x"', Challenge("bearer", TOKEN)),
        ('Bearer realm="a\\"b"', Challenge("bearer", 'a"b')),
        ('Bearer service="s", Basic realm="x"', Challenge("basic", "x")),
        ("Negotiate, Basic", Challenge("basic", "")),
        ("Bearer", None),
        ('Bearer realm=""', None),
        ("Negotiate abc==", None),
        ('Digest realm="Basic"', None),
        ("", None),
        (",,,", None),
        ('"Basic"', None),
        ('Bearer realm=https://auth"example.com/token', None),
        ('Bearer realm="https://auth"example.com/token",service="s"', None),
        ('Bearer realm="https://auth.example.com/token', None),
    ],
)
def test_the_best_challenge_we_know_is_chosen(header: str, expected: Challenge | None) -> None:
    assert parse(header) == expected


@given(st.text() | st.text(alphabet='Basic Bearer realm="\\,= ', max_size=200))
def test_any_header_is_read_or_passed_over(header: str) -> None:
    challenge = parse(header)
    assert challenge is None or challenge.scheme == "basic" or challenge.realm


@pytest.mark.parametrize(
    ("realm", "server", "plain", "allowed"),
    [
        ("https://auth.example.com/token", "ghcr.io", False, True),
        ("https://auth.example.com/token", "127.0.0.1:5000", False, True),
        ("http://127.0.0.1:5001/token", "127.0.0.1:5000", False, True),
        ("http://reg.example.com/token", "reg.example.com:5000", True, True),
        ("http://auth.example.com/token", "ghcr.io", False, False),
        ("http://ghcr.io/token", "ghcr.io", False, False),
        ("http://127.0.0.1:5001/token", "ghcr.io", False, False),
        ("http://auth.example.com/token", "127.0.0.1:5000", False, False),
        ("http://auth.example.com/token", "reg.example.com:5000", True, False),
        ("http://reg.example.com@auth.example.com/token", "reg.example.com", True, False),
        ("HTTP://ghcr.io/token", "ghcr.io", False, False),
        ("//ghcr.io/token", "ghcr.io", False, False),
        ("https://xn--bcher-kva.example/token", "ghcr.io", False, True),
        ("https://bücher.example/token", "ghcr.io", False, False),
        ("https://ghcr.io\\@auth.example.com/token", "ghcr.io", False, False),
        ("https://@auth.example.com/token", "ghcr.io", False, False),
        ("https://ghcr.io%2eexample.com/token", "ghcr.io", False, False),
        ("http:ghcr.io/token", "ghcr.io", True, False),
        ("https:///token", "ghcr.io", False, False),
        ("https://ghcr.io\r\nX:/token", "ghcr.io", False, False),
        ("https://[::1/token", "ghcr.io", False, False),
        ("file:///etc/passwd", "127.0.0.1:5000", True, False),
    ],
)
def test_the_secret_may_go_to_a_token_server_only_over_https_or_on_this_machine(
    realm: str, server: str, plain: bool, allowed: bool
) -> None:
    assert (realm_refusal(Challenge("bearer", realm), server, plain) is None) is allowed


def test_a_token_request_keeps_the_query_of_the_realm_and_quotes_the_rest() -> None:
    challenge = Challenge("bearer", "https://x.io/t?a=1#f", "a service&b")
    url = request_url(challenge, "team/app", "robot$ci")
    assert (
        url
        == "https://x.io/t?a=1&service=a+service%26b&scope=repository%3Ateam%2Fapp%3Apull&account=robot%24ci"
    )


def test_a_token_server_without_a_path_is_asked_at_its_root() -> None:
    assert request_url(Challenge("bearer", "https://x.io"), None, "op") == "https://x.io/?account=op"


@given(st.binary() | st.text(alphabet='{}[]":token. ey', max_size=60).map(str.encode))
def test_any_answer_of_a_token_server_is_read_or_passed_over(body: bytes) -> None:
    token = read(body)
    assert token is None or repr(token.value) not in repr(token)
