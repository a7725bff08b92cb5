"""The check of a credential against the embedded registry: two answers, one attempt, no leak."""

import asyncio
import base64
import socket
import ssl
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest

from bahriya_tui.model.check import CheckResult, sentence
from bahriya_tui.model.image import Image, parse
from bahriya_tui.oci.connect import Route
from bahriya_tui.oci.probe import check
from bahriya_tui.oci.wire import Answer, ask
from bahriya_tui.sim.oci_registry import OciRegistry
from bahriya_tui.sim.token_server import TokenMode
from tests.oci.certificates import Authority

Auth = Literal["basic", "token"]
AUTHS: list[Auth] = ["basic", "token"]
LOGINS = pytest.mark.parametrize("auth", AUTHS)


def registry(
    password: str,
    auth: Literal["none", "basic", "token"],
    mode: TokenMode = "strict",
    opaque: bool = False,
    tls: ssl.SSLContext | None = None,
) -> OciRegistry:
    return OciRegistry(
        users={"op": password},
        private={"team/app": ["v1"], "other/app": ["v1"]},
        public={"library/nginx": ["1.27"]},
        auth=auth,
        tls=tls,
        grants={"op": {"team/app"}},
        token_mode=mode,
        opaque_tokens=opaque,
    )


async def checked(
    served: OciRegistry, password: str, *images: str, user: str = "op", ca_file: str | None = None
) -> CheckResult:
    wanted = [parse(f"{served.address}/{image}") for image in images]
    return await asyncio.to_thread(check, served.address, user, password.encode(), wanted, False, ca_file)


def verdicts(result: CheckResult) -> list[str]:
    return [image.verdict for image in result.images]


@LOGINS
async def test_the_right_password_is_accepted_and_every_image_has_its_own_verdict(
    auth: Auth, canary: str
) -> None:
    async with registry(canary, auth) as served:
        result = await checked(
            served, canary, "team/app:v1", "team/app:v9", "other/app:v1", "library/nginx:1.27"
        )
    assert result.login == "accepted"
    refused = ["not found", "denied"]
    assert verdicts(result) == ["ok", *refused, "public"]
    assert (result.good, result.refused) == (False, True)


@LOGINS
async def test_a_digest_is_checked_like_a_tag(auth: Auth, canary: str) -> None:
    async with registry(canary, auth) as served:
        result = await checked(served, canary, f"team/app@sha256:{'0' * 64}")
    assert verdicts(result) == ["not found"]


@LOGINS
async def test_a_login_without_images_is_proven_by_the_login_alone(auth: Auth, canary: str) -> None:
    async with registry(canary, auth) as served:
        result = await checked(served, canary)
    assert (result.login, result.images, result.good) == ("accepted", (), True)


@LOGINS
@pytest.mark.parametrize("user", ["op", "nobody", ""])
async def test_a_wrong_login_is_rejected_for_public_images_too_after_one_attempt(
    auth: Auth, user: str, canary: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempts: list[str] = []

    def counted(
        method: str,
        url: str,
        route: Route,
        login: bytes | None = None,
        accept: str = "*/*",
        over: socket.socket | None = None,
    ) -> Answer:
        if login is not None and login.startswith(b"Basic "):
            attempts.append(url)
        return ask(method, url, route, login, accept, over=over)

    monkeypatch.setattr("bahriya_tui.oci.client.ask", counted)
    async with registry(canary, auth) as served:
        result = await checked(served, "wrong", "team/app:v1", "library/nginx:1.27", user=user)
    assert result.login == "rejected"
    assert verdicts(result) == ["denied", "denied"]
    assert [image.public for image in result.images] == [False, True]
    assert sentence(result).endswith(f"it breaks public pulls too: {served.address}/library/nginx:1.27")
    assert len(attempts) == 1


async def test_a_403_of_the_token_server_is_a_rejected_login(canary: str) -> None:
    async with registry(canary, "token", "denied403") as served:
        assert (await checked(served, "wrong", "team/app:v1")).login == "rejected"


async def test_a_changed_password_counts_at_once(canary: str) -> None:
    async with registry("old", "token") as served:
        before = await checked(served, "old", "team/app:v1")
        served.users["op"] = canary
        after = [await checked(served, password, "team/app:v1") for password in ("old", canary)]
    assert [result.login for result in (before, *after)] == ["accepted", "rejected", "accepted"]


async def test_an_anonymous_token_for_a_wrong_password_is_a_rejected_login(canary: str) -> None:
    async with registry(canary, "token", "lenient") as served:
        result = await checked(served, "wrong", "library/nginx:1.27")
        right = await checked(served, canary, "team/app:v1")
    assert (result.login, right.login) == ("rejected", "accepted")
    assert "anonymous token" in result.reason


async def test_an_unreadable_token_of_a_lenient_server_never_proves_a_login(canary: str) -> None:
    async with registry(canary, "token", "lenient", opaque=True) as served:
        alone = await checked(served, "wrong")
        public = await checked(served, "wrong", "library/nginx:1.27")
        private = await checked(served, "wrong", "team/app:v1")
    assert [result.login for result in (alone, public, private)] == ["not proven"] * 3
    assert verdicts(public) == ["public"]
    assert verdicts(private) == ["denied"]
    assert "login is good" not in private.images[0].reason


async def test_an_unreadable_token_is_proven_by_a_private_image(canary: str) -> None:
    async with registry(canary, "token", opaque=True) as served:
        result = await checked(served, canary, "team/app:v1")
        assert (result.login, verdicts(result)) == ("accepted", ["ok"])
        assert (await checked(served, "wrong", "team/app:v1")).login == "rejected"


async def test_a_rate_limit_says_nothing_about_the_login(canary: str) -> None:
    async with registry(canary, "token", "limited") as served:
        result = await checked(served, canary, "team/app:v1")
    assert (result.login, verdicts(result)) == ("not proven", ["not proven"])
    assert "37 seconds" in result.reason
    assert not result.refused


async def test_an_open_registry_needs_no_login_and_is_never_sent_one(canary: str) -> None:
    async with registry("x", "none") as served:
        result = await checked(served, canary, "team/app:v1", "team/app:v9")
    assert (result.login, verdicts(result)) == ("not needed", ["public", "not found"])


async def test_an_image_of_another_server_is_not_asked_for(canary: str) -> None:
    async with registry(canary, "basic") as served:
        images = [parse("ghcr.io/team/app:v1")]
        result = await asyncio.to_thread(check, served.address, "op", canary.encode(), images)
        assert not any("team" in request.path for request in served.requests)
    assert verdicts(result) == ["not proven"]
    assert "ghcr.io" in result.images[0].reason


@LOGINS
@pytest.mark.parametrize("password", ["right", "wrong"])
async def test_no_result_holds_any_part_of_the_secret(auth: Auth, password: str, canary: str) -> None:
    async with registry(canary if password == "right" else "other", auth) as served:
        result = await checked(served, canary, "team/app:v1", "other/app:v1", "library/nginx:1.27")
        told = f"{result!r} {sentence(result)} {served.requests}"
    assert canary not in told
    assert base64.b64encode(f"op:{canary}".encode()).decode() not in told


async def test_a_password_may_be_a_bytearray_of_any_bytes() -> None:
    async with registry("pä:ss\n", "basic") as served:
        images: list[Image] = []
        result = await asyncio.to_thread(check, served.address, "op", bytearray("pä:ss\n".encode()), images)
    assert result.login == "accepted"


async def test_a_user_name_with_a_colon_is_not_sent(canary: str) -> None:
    async with registry(canary, "basic") as served:
        result = await checked(served, canary, user="op:x")
        assert served.requests == []
    assert (result.login, "colon" in result.reason) == ("not proven", True)


@LOGINS
async def test_a_private_ca_is_trusted_when_it_is_given(auth: Auth, tmp_path: Path, canary: str) -> None:
    authority = Authority(tmp_path)
    async with registry(canary, auth, tls=authority.server()) as served:
        result = await checked(served, canary, "team/app:v1", ca_file=authority.ca_file)
    assert (result.login, verdicts(result)) == ("accepted", ["ok"])


@pytest.mark.parametrize(
    ("address", "days", "known", "reason"),
    [
        ("127.0.0.1", 9, False, "unknown CA"),
        ("127.0.0.1", -1, True, "expired"),
        ("10.9.8.7", 9, True, "another address"),
    ],
)
async def test_a_certificate_that_is_not_right_stops_the_check_before_the_login(
    address: str, days: int, known: bool, reason: str, tmp_path: Path, canary: str
) -> None:
    authority = Authority(tmp_path)
    other = tmp_path / "other"
    other.mkdir()
    trusted = authority if known else Authority(other)
    tls = authority.server(address, timedelta(days=days))
    async with registry(canary, "basic", tls=tls) as served:
        result = await checked(served, canary, "team/app:v1", ca_file=trusted.ca_file)
        assert served.requests == []
    assert (result.login, reason in result.reason) == ("not proven", True)


async def test_plain_http_on_a_tls_port_and_tls_on_a_plain_port_are_told_apart(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    async with registry("x", "basic") as plain:
        tls_asked = await checked(plain, "x", ca_file=authority.ca_file)
    assert "does not speak TLS" in tls_asked.reason


async def test_a_ca_file_that_cannot_be_read_is_named_as_the_cause(tmp_path: Path) -> None:
    for path in (tmp_path / "none.pem", Path(__file__)):
        result = check("127.0.0.1:1", "op", b"x", [], ca_file=str(path))
        assert (result.login, "CA file" in result.reason) == ("not proven", True)


def test_the_check_imports_nothing_beyond_the_standard_library() -> None:
    code = "import sys; import bahriya_tui.oci.probe; print(*{name.split('.')[0] for name in sys.modules})"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    third_party = {"urllib3", "requests", "aiohttp", "httpx", "kubernetes", "cryptography", "certifi", "yaml"}
    assert third_party.isdisjoint(loaded)
    assert "asyncio" not in loaded
    assert "logging" not in loaded
