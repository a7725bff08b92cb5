"""The opener's other mode: a credential is tried at its registry, and no form of it comes back."""

import asyncio
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bahriya_tui.model.errors import BadInput, Failed
from bahriya_tui.opener.call import NoAnswer, check
from bahriya_tui.sim.oci_registry import OciRegistry
from bahriya_tui.vault.keys import find_public
from bahriya_tui.vault.seal import seal
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
    monkeypatch.setattr("bahriya_tui.opener.call._START_SECONDS", -20.0)
    with pytest.raises(NoAnswer, match="ended without an answer"):
        check(_request(vault, "127.0.0.1:1", canary))


def test_a_token_of_another_server_is_not_tried(vault: Vault, canary: str) -> None:
    request = _request(vault, "127.0.0.1:1", canary)
    request["context"]["server"] = "127.0.0.1:2"
    with pytest.raises(Failed, match="needs re-entry"):
        check(request)
