"""Credential checks, made by a real opener at the embedded registry."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from bahriya_tui.model import clock
from bahriya_tui.model.connection import ConnectionSettings
from bahriya_tui.model.registry import Registry
from bahriya_tui.store import checks
from bahriya_tui.store.checks import Check
from tests.oci.certificates import Authority
from tests.oci.odd_server import http
from tests.oci.proxy_server import ProxyServer
from tests.worker.desk import Desk, until


def asked(desk: Desk, registry: Registry, *images: str) -> Check:
    named = [f"{desk.world.registry.address}/{image}" for image in images]
    with desk.store.write() as tx:
        number = checks.request(tx, registry.id, 1, named, clock.now())
    if desk.worker is None:
        desk.start()
    until(lambda: checks.get(desk.store.connection, number).state == "done")
    return checks.get(desk.store.connection, number)


def answered(desk: Desk, number: int) -> dict[str, Any]:
    until(lambda: checks.get(desk.store.connection, number).state == "done")
    return checks.get(desk.store.connection, number).result or {}


@pytest.mark.parametrize(("prefix", "login"), [("", "accepted"), ("not-", "rejected")])
def test_a_check_says_whether_the_login_is_accepted(desk: Desk, canary: str, prefix: str, login: str) -> None:
    registry = desk.registry("team", prefix + canary)
    result = asked(desk, registry, "team/app:v1").result
    assert result is not None
    assert result["login"] == login, result
    assert canary not in str(result)


def test_a_check_names_the_image_that_is_missing(desk: Desk, canary: str) -> None:
    registry = desk.registry("team", canary)
    result = asked(desk, registry, "team/app:v1", "team/app:v9").result
    assert result is not None
    assert [image["verdict"] for image in result["images"]] == ["ok", "not found"]


def test_a_check_that_a_dead_worker_left_behind_is_made_by_the_next(desk: Desk, canary: str) -> None:
    registry = desk.registry("team", canary)
    with desk.store.write() as tx:
        number = checks.request(tx, registry.id, 1, [], clock.now())
        claimed = checks.claim(tx)
    assert claimed is not None
    desk.start()
    until(lambda: checks.get(desk.store.connection, number).state == "done")


def test_a_credential_that_cannot_be_opened_is_not_proven_and_says_so(desk: Desk, canary: str) -> None:
    registry = desk.registry("team", canary)
    for key in desk.places.private_keys.iterdir():
        key.unlink()
    result = asked(desk, registry).result
    assert result is not None
    assert result["login"] == "not proven"
    assert "private key" in result["reason"]


def test_a_registry_with_a_proxy_is_asked_through_it(desk: Desk, canary: str, tmp_path: Path) -> None:
    registry = desk.registry("team", canary)
    with ProxyServer(http(407)) as proxy:
        with desk.store.write() as tx:
            tx.execute(
                "UPDATE registry SET ca_file = ?, proxy = ? WHERE id = ?",
                [str(Authority(tmp_path).ca_file), f"http://{proxy.proxy}", registry.id],
            )
        result = asked(desk, registry).result
    assert result is not None
    assert "the proxy wants a login (407)" in result["reason"]
    assert len(proxy.heads) == 1


def test_a_ca_file_that_the_screens_could_have_written_is_not_used(
    desk: Desk, canary: str, tmp_path: Path
) -> None:
    registry = desk.registry("team", canary)
    outside = Authority(tmp_path).ca_file
    planted = shutil.copy(outside, desk.places.store / "ca.pem")
    reasons = []
    for file in (planted, outside):
        with ProxyServer(http(407)) as proxy:
            settings = ConnectionSettings(ca_file=str(file), proxy=f"http://{proxy.proxy}")
            with desk.store.write() as tx:
                number = checks.request(tx, registry.id, 1, [], clock.now(), settings=settings)
            if desk.worker is None:
                desk.start()
            result = answered(desk, number)
            reasons.append((result["reason"], len(proxy.heads)))
    assert "the screens could have written it" in reasons[0][0]
    assert "the proxy wants a login (407)" in reasons[1][0]
    assert [heads for _, heads in reasons] == [0, 1]
