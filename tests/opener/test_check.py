"""The opener's other mode: a credential is tried at its registry, and no form of it comes back."""

import asyncio
import json
import os
import socket
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from bahriya_tui.model.errors import BadInput, Failed
from bahriya_tui.operations.check import read_result
from bahriya_tui.sim.oci_registry import OciRegistry
from bahriya_tui.vault.keys import find_public
from bahriya_tui.vault.seal import seal
from bahriya_tui.worker.openers import NoAnswer, check
from tests.oci.certificates import Authority
from tests.oci.odd_server import OddServer, http
from tests.oci.proxy_server import ProxyServer
from tests.opener.conftest import CONTEXT, Vault


def _request(vault: Vault, server: str, token: str, *images: str, **changes: Any) -> dict[str, Any]:
    context = replace(CONTEXT, server=server)
    blob = seal(token.encode(), context, find_public(vault.public))
    request = vault.request(token)
    request["context"]["server"] = server
    return {
        **{name: request[name] for name in ("key_path", "context", "auth_key")},
        "mode": "check",
        "sealed": blob.hex(),
        "images": list(images),
        "plain_http": False,
        "ca_file": None,
        **changes,
    }


@pytest.mark.parametrize("auth", ["basic", "token"])
async def test_the_right_token_is_accepted(vault: Vault, canary: str, auth: Any) -> None:
    async with OciRegistry(users={"bot": canary}, private={"team/app": ["v1"]}, auth=auth) as registry:
        image = f"{registry.address}/team/app:v1"
        result = await asyncio.to_thread(check, _request(vault, registry.address, canary, image))
    assert result["login"] == "accepted"
    assert [one["verdict"] for one in result["images"]] == ["ok"]
    assert result["images"][0]["image"]["input"] == image
    assert canary not in json.dumps(result)


@pytest.mark.parametrize(
    ("stored", "changes", "repeats"),
    [
        ("", {}, 2),
        ("-", {}, None),
        ("", {"registry_id": "r2"}, None),
    ],
    ids=["the same", "another", "one that does not open"],
)
async def test_a_token_that_is_in_use_is_told_and_not_tried(
    vault: Vault, canary: str, stored: str, changes: dict[str, Any], repeats: int | None
) -> None:
    async with OciRegistry(users={"bot": canary}, private={"team/app": ["v1"]}) as registry:
        context = replace(CONTEXT, server=registry.address, version=2)
        blob = seal((canary + stored).encode(), context, find_public(vault.public))
        known = {"sealed": blob.hex(), "context": {**asdict(context), **changes}}
        result = await asyncio.to_thread(check, _request(vault, registry.address, canary, known=[known]))
        tried = len(registry.requests)
    assert result["repeats"] == repeats
    assert (result["login"], tried > 0) == (("accepted", True) if repeats is None else ("not proven", False))
    assert canary not in json.dumps(result)


async def test_the_wrong_token_is_rejected(vault: Vault, canary: str) -> None:
    async with OciRegistry(users={"bot": "another"}, private={"team/app": ["v1"]}) as registry:
        result = await asyncio.to_thread(check, _request(vault, registry.address, canary))
    assert result["login"] == "rejected"
    assert canary not in json.dumps(result)


async def test_names_are_looked_up_after_the_lock(vault: Vault, canary: str) -> None:
    async with OciRegistry(users={"bot": canary}, private={"team/app": ["v1"]}) as registry:
        server = registry.address.replace("127.0.0.1", "localhost")
        result = await asyncio.to_thread(check, _request(vault, server, canary))
    assert result["login"] == "accepted"


async def test_what_was_found_comes_back_whole(vault: Vault, canary: str, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    served = OciRegistry({"bot": canary}, {"team/app": ["v1"]}, auth="token", tls=authority.server())
    async with served as registry:
        image = f"{registry.address}/team/app:v1"
        request = _request(vault, registry.address, canary, image, ca_file=authority.ca_file)
        found = read_result(json.loads(json.dumps(await asyncio.to_thread(check, request))))
    assert [step.name for step in found.steps] == ["dns", "tcp", "tls", "challenge", "login", "image"]
    assert all(step.good for step in found.steps)
    assert (found.certificate_days, found.can_push, found.origin) == (8, False, socket.gethostname())


def test_a_registry_is_asked_through_its_proxy(vault: Vault, canary: str) -> None:
    with ProxyServer(http(407)) as proxy:
        url = f"http://{proxy.proxy}"
        result = check(_request(vault, "registry.test", canary, proxy=url))
    assert "the proxy wants a login (407)" in result["reason"]
    assert proxy.heads[0].startswith("CONNECT registry.test:443 ")


def test_a_proxy_with_a_login_is_refused(vault: Vault, canary: str) -> None:
    with pytest.raises(BadInput, match="carries a login") as refused:
        check(_request(vault, "registry.test", canary, proxy=f"http://op:{canary}@127.0.0.1:1"))
    assert canary not in str(refused.value)


@pytest.mark.parametrize(
    ("realm", "answer", "reason"),
    [
        ("http://{0}/token", http(200, '{"token": "x"}'.encode("utf-16")), "without a token"),
        ("http://{0}/token", http(429, Retry_After="Fri, 01 Jan 2100 00:00:00 GMT"), "for a while"),
        ("http://t\xf6ken.{0}/", http(200), "not valid"),
        ("https://xn--tken-5qa.invalid/", http(200), "not known (DNS)"),
    ],
)
def test_nothing_a_registry_says_needs_files_that_are_out_of_reach(
    realm: str, answer: bytes, reason: str, vault: Vault, canary: str
) -> None:
    def reply(request: str) -> bytes:
        challenge = http(401, WWW_Authenticate=f'Bearer realm="{realm.format(server.address)}"')
        return answer if request.startswith("GET /token") else challenge

    with OddServer(reply) as server:
        result = check(_request(vault, server.address, canary))
    assert (result["login"], reason in result["reason"]) == ("not proven", True), result["reason"]


def test_a_registry_that_is_away_proves_nothing(vault: Vault, canary: str, closed_port: int) -> None:
    result = check(_request(vault, f"127.0.0.1:{closed_port}", canary))
    assert result["login"] == "not proven"
    assert "refused the connection" in result["reason"]


def test_a_ca_file_that_is_none_is_told(vault: Vault, canary: str, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("rubbish")
    request = _request(vault, "registry.example", canary, ca_file=os.fspath(tmp_path / "ca.pem"))
    with pytest.raises(BadInput, match="CA file"):
        check(request)


def test_an_opener_that_is_killed_proves_nothing(
    vault: Vault, canary: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bahriya_tui.worker.openers._START_SECONDS", -20.0)
    with pytest.raises(NoAnswer, match="ended without an answer"):
        check(_request(vault, "127.0.0.1:1", canary))


def test_a_token_of_another_server_is_not_tried(vault: Vault, canary: str) -> None:
    request = _request(vault, "127.0.0.1:1", canary)
    request["context"]["server"] = "127.0.0.1:2"
    with pytest.raises(Failed, match="needs re-entry"):
        check(request)


def test_the_password_is_not_shown_to_a_proxy(vault: Vault, canary: str) -> None:
    with ProxyServer() as proxy:
        request = _request(
            vault, "registry.example", canary, plain_http=True, proxy=f"http://127.0.0.1:{proxy.proxy.port}"
        )
        with pytest.raises(BadInput, match="would show the password"):
            check(request)
        assert proxy.heads == []
