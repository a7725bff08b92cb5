"""A reader takes somebody else's pull secret, locked in with one connection, and gives it back sealed."""

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from bahriya_tui.model.errors import BadInput, Failed
from bahriya_tui.vault.context import CredentialContext
from bahriya_tui.vault.keys import find_public, find_recovery, private_path
from bahriya_tui.vault.open import open_sealed
from bahriya_tui.vault.record import parse
from bahriya_tui.worker.openers import adopt
from tests.opener.conftest import CONTEXT, Vault
from tests.opener.region import Region, region

Ask = Callable[..., dict[str, Any]]


def auth(user: str, password: str) -> dict[str, str]:
    return {"auth": base64.b64encode(f"{user}:{password}".encode()).decode()}


def secret(logins: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Give a Secret as an API server answers with it; `metadata` is merged."""
    content = base64.b64encode(json.dumps({"auths": logins}).encode()).decode()
    metadata = {"name": "pull", "namespace": "legacy", "uid": "uid-1", **changes.pop("metadata", {})}
    whole = {
        "kind": "Secret",
        "type": "kubernetes.io/dockerconfigjson",
        "data": {".dockerconfigjson": content},
    }
    return {**whole, **changes, "metadata": metadata}


@pytest.fixture
def there(tmp_path: Path) -> Iterator[Region]:
    with region(tmp_path / "region") as running:
        yield running


@pytest.fixture
def ask(there: Region, vault: Vault) -> Ask:
    """Ask a reader about the secret that the region holds; without a context, what is in it."""

    def asked(
        held: dict[str, Any] | bytes | None,
        context: CredentialContext | None = None,
        number: int = 0,
        status: int = 200,
    ) -> dict[str, Any]:
        if held is not None:
            body = held if isinstance(held, bytes) else json.dumps(held).encode()
            there.reply = lambda _sent: (status, body)
        return adopt(
            {
                "target": there.target(namespace="legacy", secret="pull", uid="uid-1"),
                "vault": find_public(vault.public).raw.hex(),
                "recovery": find_recovery(vault.public).raw.hex(),
                "context": None if context is None else asdict(context),
                "number": number,
                "connect_timeout": 60.0,
                "answer_timeout": 60.0,
            }
        )

    return asked


def opened(vault: Vault, blob: str) -> str:
    text = private_path(vault.private, parse(bytes.fromhex(blob)).key_id).read_text()
    private = X25519PrivateKey.from_private_bytes(bytes.fromhex(text))
    return open_sealed(bytes.fromhex(blob), CONTEXT, private).decode()


def test_a_region_that_is_away_or_cuts_the_connection_is_said(
    ask: Ask, there: Region, closed_port: int
) -> None:
    def cut(_sent: dict[str, Any]) -> tuple[int, bytes]:
        raise ConnectionResetError

    there.reply = cut
    with pytest.raises(Failed, match="region falkenstein-1 cut the connection"):
        ask(None)
    there.port = closed_port
    with pytest.raises(Failed, match="region falkenstein-1 cannot be reached"):
        ask(None)


def test_the_logins_are_told_without_their_secrets(ask: Ask, there: Region, canary: str) -> None:
    keys = ["ghcr.io", "[fd00::1]:5000", "münchen.example/team", "https://index.docker.io/v1/"]

    answer = ask(secret({key: auth("bot", canary) for key in keys}))

    assert [one["server"] for one in answer["logins"]] == [
        "ghcr.io",
        "[fd00::1]:5000",
        "xn--mnchen-3ya.example",
        "docker.io",
    ]
    assert canary not in str(answer)
    ((path, headers, _),) = there.requests
    assert path == "/api/v1/namespaces/legacy/secrets/pull"
    assert headers["Authorization"] == "Bearer t0ken"


def test_a_login_is_sealed_with_both_keys(ask: Ask, vault: Vault, canary: str) -> None:
    answer = ask(secret({"quay.io": auth("x", "y"), "ghcr.io": auth("bot", canary)}), CONTEXT, 1)

    assert opened(vault, answer["sealed"]) == canary
    assert parse(bytes.fromhex(answer["recovery"])).key_id == find_recovery(vault.public).id
    assert canary not in str(answer)


@pytest.mark.parametrize(
    ("context", "number"),
    [
        (replace(CONTEXT, server="evil.example"), 0),
        (replace(CONTEXT, username="other"), 0),
        (CONTEXT, 1),
    ],
)
def test_a_login_is_sealed_for_no_other_server_or_user(
    ask: Ask, canary: str, context: CredentialContext, number: int
) -> None:
    with pytest.raises(Failed, match="is not there any more"):
        ask(secret({"ghcr.io": auth("bot", canary)}), context, number)


@pytest.mark.parametrize(
    ("metadata", "said"),
    [
        ({"labels": {"app.kubernetes.io/managed-by": "bahriya"}}, "one of ours"),
        ({"uid": "uid-2"}, "made anew"),
    ],
)
def test_one_of_ours_and_another_one_than_was_looked_at_are_refused(
    ask: Ask, canary: str, metadata: dict[str, Any], said: str
) -> None:
    with pytest.raises(Failed, match=said):
        ask(secret({"ghcr.io": auth("bot", canary)}, metadata=metadata), CONTEXT)


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"[]", b"[" * 100_000, b'{"metadata": 7, "data": []}', b"\xff" * 10],
    ids=["nothing", "HTML", "a list", "too deep", "other types", "no text"],
)
def test_an_answer_that_is_no_secret_is_refused(ask: Ask, body: bytes) -> None:
    with pytest.raises(Failed):
        ask(body)


@pytest.mark.parametrize("changes", [{"type": "Opaque"}, {"data": {".dockerconfigjson": "%"}}])
def test_a_secret_without_logins_says_what_it_is(ask: Ask, changes: dict[str, Any]) -> None:
    with pytest.raises(BadInput, match="secret legacy/pull: it"):
        ask(secret({}, **changes))


@pytest.mark.parametrize(("status", "said"), [(403, "not permitted"), (404, "refused with 404")])
def test_a_refusal_is_told_without_the_regions_words(ask: Ask, canary: str, status: int, said: str) -> None:
    with pytest.raises(Failed, match=said) as refused:
        ask({"message": canary}, status=status)
    assert canary not in str(refused.value)


def test_a_helper_in_a_secret_is_never_run(ask: Ask) -> None:
    content = base64.b64encode(json.dumps({"credHelpers": {"ghcr.io": "pass"}}).encode()).decode()
    (login,) = ask(secret({}, data={".dockerconfigjson": content}))["logins"]
    assert login["kind"] == "unreadable"
    assert "nodes ignore" in login["reason"]
