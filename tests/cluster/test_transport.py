"""Requests to a server that misbehaves in every way servers do."""

import dataclasses
import json
import os
import pty
import select
import ssl
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bahriya_tui.cluster.errors import Unreachable
from bahriya_tui.cluster.retry import MAX_RETRIES
from bahriya_tui.cluster.transport import Transport
from bahriya_tui.model.errors import Failed
from tests.cluster.scripted import Scripted, cuts, hangs, says, text


class Slept(list[float]):
    """Records the waits instead of waiting."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


@pytest.fixture
def slept() -> Slept:
    return Slept()


@pytest.fixture
def transport(scripted: Scripted, slept: Slept) -> Iterator[Transport]:
    made = Transport(scripted.endpoint, sleep=slept)
    yield made
    made.close()


def test_a_busy_server_is_asked_again_after_the_time_it_named(
    scripted: Scripted, transport: Transport, slept: Slept
) -> None:
    scripted.script = [says(429, Retry_After="3"), says(200, {"kind": "Namespace"})]
    answer = transport.request("GET", "/api/v1/namespaces/bahriya-shop")
    assert (answer.status, answer.body) == (200, {"kind": "Namespace"})
    assert len(slept) == 1
    assert slept[0] >= 3


def test_a_change_is_not_tried_again_by_a_worker_that_lost_its_deployment(scripted: Scripted) -> None:
    class Lost(Exception):
        pass

    owned = iter([True, False])

    def ask() -> None:
        if not next(owned):
            raise Lost

    scripted.script = [says(429, Retry_After="0"), says(200)]
    with closing(Transport(scripted.endpoint, lambda _seconds: None, before_change=ask)) as transport:
        assert transport.request("GET", "/x").ok
        scripted.script = [says(429, Retry_After="0"), says(200)]
        with pytest.raises(Lost):
            transport.request("PATCH", "/x", body={})
    assert scripted.asked == ["GET /x", "GET /x", "PATCH /x"]


def test_a_server_that_stays_broken_is_given_up_on(scripted: Scripted, transport: Transport) -> None:
    scripted.script = [says(503, {"message": "etcd has no leader"})]
    answer = transport.request("GET", "/version")
    assert answer.status == 503
    assert answer.body["message"] == "etcd has no leader"
    assert len(scripted.asked) == MAX_RETRIES + 1


def test_a_connection_that_was_cut_is_made_anew(scripted: Scripted, transport: Transport) -> None:
    scripted.script = [says(200, {"n": 1}), cuts, says(200, {"n": 2})]
    assert transport.request("GET", "/version").body == {"n": 1}
    assert transport.request("PATCH", "/version", body={"a": 1}).body == {"n": 2}


def test_a_server_that_never_answers_is_given_up_after_its_time_and_not_asked_again(
    scripted: Scripted, transport: Transport
) -> None:
    scripted.script = [hangs]
    with pytest.raises(Unreachable, match=r"no answer within 2 s"):
        transport.request("GET", "/version", timeout=2.0)
    assert len(scripted.asked) == 1


def test_a_closed_port_is_unreachable_in_plain_words(
    scripted: Scripted, slept: Slept, closed_port: int
) -> None:
    nowhere = Transport(dataclasses.replace(scripted.endpoint, port=closed_port), sleep=slept)
    with pytest.raises(Unreachable, match="connection refused"):
        nowhere.connect()
    with pytest.raises(Unreachable, match="connection refused"):
        nowhere.request("GET", "/version")
    # Two waits of at most 1 and 2 s while connecting, then four of at most 0.25, 0.5, 1 and 2 s.
    assert sum(slept) <= 6.75


def test_another_certificate_authority_is_refused_before_the_token_is_sent(scripted: Scripted) -> None:
    stranger = Transport(dataclasses.replace(scripted.endpoint, ca_pem=""))
    scripted.script = [says(200)]
    with pytest.raises(Unreachable, match="certificate was not accepted"):
        stranger.request("GET", "/version")
    with pytest.raises(Unreachable, match="certificate was not accepted"):
        stranger.connect()
    assert scripted.asked == []


def test_a_proxys_html_is_an_answer_without_a_document(scripted: Scripted, transport: Transport) -> None:
    scripted.script = [text(403, "<html>no</html>")]
    answer = transport.request("GET", "/version")
    assert (answer.status, answer.body) == (403, {})


def test_a_redirect_is_not_followed_with_the_token(scripted: Scripted, transport: Transport) -> None:
    scripted.script = [says(302, Location="/elsewhere"), says(200)]
    assert transport.request("GET", "/version").status == 302
    assert scripted.asked == ["GET /version"]


def test_metadata_only_is_asked_for_so_that_no_credential_comes_back(
    scripted: Scripted, transport: Transport
) -> None:
    scripted.script = [says(200)]
    transport.request("GET", "/api/v1/namespaces/a/secrets/b", metadata_only=True)
    assert "as=PartialObjectMetadata" in scripted.headers[0]["Accept"]
    assert "," not in scripted.headers[0]["Accept"]


def test_a_connection_opened_beforehand_is_the_one_that_is_used(
    scripted: Scripted, transport: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    handshakes = []
    wrap = ssl.SSLContext.wrap_socket

    def counted(*arguments: Any, **options: Any) -> ssl.SSLSocket:
        handshakes.append(1)
        return wrap(*arguments, **options)

    monkeypatch.setattr(ssl.SSLContext, "wrap_socket", counted)
    scripted.script = [says(200)]
    transport.connect()
    transport.request("GET", "/version")
    assert len(handshakes) == 1
    assert scripted.asked == ["GET /version"]


def test_no_file_is_left_behind_for_a_client_certificate(
    scripted: Scripted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    certificate, key = _pair()
    with_certificate = dataclasses.replace(
        scripted.endpoint, client_cert_pem=certificate, client_key_pem=key, token=""
    )
    scripted.script = [says(200)]
    transport = Transport(with_certificate)
    assert transport.request("GET", "/version").ok
    assert "Authorization" not in scripted.headers[0]
    assert list(tmp_path.iterdir()) == []
    transport.close()


@pytest.mark.parametrize(
    "wrong", ["key of another", "encrypted key", "rubbish key", "rubbish certificate", "rubbish authority"]
)
def test_a_client_certificate_that_cannot_be_used_is_told_without_its_content(
    scripted: Scripted, wrong: str
) -> None:
    certificate, key = _pair()
    fields: dict[str, Any] = {
        "key of another": {"client_key_pem": _pair()[1]},
        "encrypted key": {"client_key_pem": _encrypted(key)},
        "rubbish key": {"client_key_pem": "rubbish"},
        "rubbish certificate": {"client_cert_pem": "rubbish"},
        "rubbish authority": {"ca_pem": "rubbish\N{SNOWMAN}"},
    }[wrong]
    endpoint = dataclasses.replace(scripted.endpoint, client_cert_pem=certificate, client_key_pem=key)
    with pytest.raises(Failed, match="certificates in the kubeconfig are not valid") as failed:
        Transport(dataclasses.replace(endpoint, **fields))
    assert "rubbish" not in str(failed.value)
    assert failed.value.__cause__ is None


def test_an_encrypted_client_key_asks_nobody_for_its_passphrase(scripted: Scripted) -> None:
    certificate, key = _pair()
    endpoint = dataclasses.replace(
        scripted.endpoint, client_cert_pem=certificate, client_key_pem=_encrypted(key)
    )
    ours, theirs = pty.openpty()
    program = (
        "import fcntl, json, os, sys, termios; request = json.load(sys.stdin);"
        "fcntl.ioctl(int(sys.argv[1]), termios.TIOCSCTTY, 0);"
        "from bahriya_tui.cluster.connections import Connections;"
        "from bahriya_tui.kubeconfig.endpoint import Endpoint;"
        "Connections(Endpoint(**request))"
    )
    try:
        done = subprocess.run(
            [sys.executable, "-c", program, str(theirs)],
            input=json.dumps(dataclasses.asdict(endpoint)).encode(),
            capture_output=True,
            pass_fds=[theirs],
            start_new_session=True,
            timeout=120,
        )
        assert select.select([ours], [], [], 0)[0] == []
    finally:
        os.close(ours)
        os.close(theirs)
    assert b"Failed: the certificates in the kubeconfig are not valid" in done.stderr


def _encrypted(key: str) -> str:
    from cryptography.hazmat.primitives import serialization

    private = serialization.load_pem_private_key(key.encode(), None)
    return private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"phrase"),
    ).decode()


def _pair() -> tuple[str, str]:
    import datetime

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "operator")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + datetime.timedelta(days=1))
    ).sign(key, hashes.SHA256())
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return certificate.public_bytes(pem).decode(), private.decode()
