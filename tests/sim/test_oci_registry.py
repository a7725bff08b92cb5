"""The embedded registry behaves like a real one, as far as pulling goes."""

import base64
import hashlib
import json
from collections.abc import AsyncIterator
from typing import Literal

import aiohttp
import pytest

from bahriya_tui.sim.oci_images import manifest_digest
from bahriya_tui.sim.oci_registry import OciRegistry, Request

Auth = Literal["basic", "token"]
APP = "/v2/team/app/manifests/v1"
NGINX = "/v2/library/nginx/manifests/1.27"


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


def registry(auth: Literal["none", "basic", "token"], **more: object) -> OciRegistry:
    return OciRegistry(
        users={"op": "pw", "guest": "pw"},
        private={"team/app": ["v1", "v2"]},
        public={"library/nginx": ["1.27"]},
        auth=auth,
        grants={"guest": set()},
        opaque_tokens=bool(more.get("opaque")),
    )


def basic(user: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


async def status(http: aiohttp.ClientSession, served: OciRegistry, path: str, login: dict[str, str]) -> int:
    async with http.head(served.base + path, headers=login) as answer:
        return answer.status


async def token(
    http: aiohttp.ClientSession, served: OciRegistry, path: str, login: dict[str, str]
) -> dict[str, str]:
    query = {"service": served.tokens.service, "scope": f"repository:{path}:pull"}
    async with http.get(served.base + "/token", params=query, headers=login) as answer:
        assert answer.status == 200
        return {"Authorization": f"Bearer {(await answer.json())['token']}"}


@pytest.mark.parametrize(
    ("login", "ping", "private", "public"),
    [
        ({}, 401, 401, 200),
        (basic("op", "pw"), 200, 200, 200),
        (basic("guest", "pw"), 200, 403, 200),
        (basic("op", "wrong"), 401, 401, 401),
        (basic("nobody", "pw"), 401, 401, 401),
        ({"Authorization": "Basic ???"}, 401, 401, 401),
        ({"Authorization": "Bearer b3A6cHc="}, 401, 401, 401),
    ],
)
async def test_with_basic_a_wrong_login_bars_public_images_too(
    login: dict[str, str], ping: int, private: int, public: int, http: aiohttp.ClientSession
) -> None:
    async with registry("basic") as served:
        assert [await status(http, served, path, login) for path in ("/v2/", APP, NGINX)] == [
            ping,
            private,
            public,
        ]


@pytest.mark.parametrize("opaque", [False, True])
async def test_a_token_opens_the_repositories_it_was_made_for(
    opaque: bool, http: aiohttp.ClientSession
) -> None:
    async with registry("token", opaque=opaque) as served:
        op = await token(http, served, "team/app", basic("op", "pw"))
        guest = await token(http, served, "team/app", basic("guest", "pw"))
        nobody = await token(http, served, "team/app", {})
        other = await token(http, served, "library/nginx", basic("op", "pw"))
        private = [await status(http, served, APP, login) for login in (op, guest, nobody, other, {})]
        public = [await status(http, served, NGINX, login) for login in (op, guest, nobody, other, {})]
    assert private == [200, 401, 401, 401, 401]
    assert public == [200] * 5


async def test_a_wrong_login_or_a_changed_token_gets_nothing(http: aiohttp.ClientSession) -> None:
    async with registry("token") as served:
        async with http.get(served.base + "/token", headers=basic("op", "wrong")) as answer:
            assert answer.status == 401
        good = (await token(http, served, "team/app", basic("op", "pw")))["Authorization"]
        head, body, seal = good.removeprefix("Bearer ").split(".")
        forged = body.replace(body[10:12], body[12:14])
        bad = [
            f"Bearer {head}.{forged}.{seal}",
            f"Bearer {head}.{body}.{seal[:-2]}",
            f"Basic {head}.{body}.{seal}",
        ]
        bad += ["Bearer", "Bearer x", "Bearer a.b.c", "Bearer ü.ü.ü"]
        for value in bad:
            assert await status(http, served, NGINX, {"Authorization": value}) == 401, value


async def test_the_oauth_form_that_nodes_send_first_is_understood(http: aiohttp.ClientSession) -> None:
    async with registry("token") as served:
        form = {
            "grant_type": "password",
            "username": "op",
            "password": "pw",
            "scope": "repository:team/app:pull",
        }
        async with http.post(served.base + "/token", data=form) as answer:
            login = {"Authorization": f"Bearer {(await answer.json())['access_token']}"}
        assert await status(http, served, APP, login) == 200
        for change, expected in (({"password": "wrong"}, 401), ({"grant_type": "refresh_token"}, 400)):
            async with http.post(served.base + "/token", data=form | change) as answer:
                assert answer.status == expected


@pytest.mark.parametrize("auth", ["basic", "token"])
async def test_a_changed_password_counts_from_the_next_request_on(
    auth: Auth, http: aiohttp.ClientSession
) -> None:
    async with registry(auth) as served:
        old = basic("op", "pw")
        login = await token(http, served, "team/app", old) if auth == "token" else old
        assert await status(http, served, APP, login) == 200
        served.users["op"] = "new"
        assert await status(http, served, APP, login) == 401


async def test_a_challenge_names_token_server_service_and_scope(http: aiohttp.ClientSession) -> None:
    async with registry("token") as served:
        async with http.get(served.base + APP) as answer:
            assert answer.headers["WWW-Authenticate"] == (
                f'Bearer realm="http://{served.address}/token",service="embedded-registry",'
                'scope="repository:team/app:pull"'
            )
        guest = await token(http, served, "team/app", basic("guest", "pw"))
        async with http.get(served.base + APP, headers=guest) as answer:
            assert 'error="insufficient_scope"' in answer.headers["WWW-Authenticate"]


@pytest.mark.parametrize(
    ("path", "login", "expected", "code"),
    [
        (APP, {}, 401, "UNAUTHORIZED"),
        (APP, basic("guest", "pw"), 403, "DENIED"),
        ("/v2/team/app/manifests/v9", basic("op", "pw"), 404, "MANIFEST_UNKNOWN"),
        ("/v2/team/none/manifests/v1", basic("op", "pw"), 404, "NAME_UNKNOWN"),
        (f"/v2/team/app/blobs/sha256:{'0' * 64}", basic("op", "pw"), 404, "BLOB_UNKNOWN"),
        ("/v2/team/app/elsewhere", basic("op", "pw"), 404, "NOT_FOUND"),
    ],
)
async def test_errors_have_the_form_of_the_specification(
    path: str, login: dict[str, str], expected: int, code: str, http: aiohttp.ClientSession
) -> None:
    async with registry("basic") as served, http.get(served.base + path, headers=login) as answer:
        body = await answer.json()
    assert answer.status == expected
    assert [error["code"] for error in body["errors"]] == [code]


async def test_an_image_can_be_pulled_whole_and_every_digest_is_true(http: aiohttp.ClientSession) -> None:
    async with registry("none") as served:
        async with http.get(served.base + APP) as answer:
            manifest = await answer.read()
            assert answer.headers["Content-Type"] == "application/vnd.oci.image.manifest.v1+json"
            digest = answer.headers["Docker-Content-Digest"]
        assert digest == "sha256:" + hashlib.sha256(manifest).hexdigest() == manifest_digest("team/app", "v1")
        async with http.get(f"{served.base}/v2/team/app/manifests/{digest}") as answer:
            assert await answer.read() == manifest
        described = json.loads(manifest)
        for part in (described["config"], *described["layers"]):
            async with http.get(f"{served.base}/v2/team/app/blobs/{part['digest']}") as answer:
                content = await answer.read()
            assert "sha256:" + hashlib.sha256(content).hexdigest() == part["digest"]
            assert len(content) == part["size"]


async def test_different_tags_are_different_images() -> None:
    digests = {manifest_digest(path, tag) for path in ("team/app", "team/web") for tag in ("v1", "v2")}
    assert len(digests) == 4


async def test_a_pushed_tag_is_served_at_once(http: aiohttp.ClientSession) -> None:
    async with registry("none") as served:
        served.private["team/app"].append("v3")
        assert await status(http, served, "/v2/team/app/manifests/v3", {}) == 200


async def test_requests_are_remembered_without_headers_and_queries(
    http: aiohttp.ClientSession, canary: str
) -> None:
    async with registry("token") as served:
        served.users["op"] = canary
        login = await token(http, served, "team/app", basic("op", canary))
        await status(http, served, APP, login)
        assert served.requests == [Request("GET", "/token", 200), Request("HEAD", APP, 200)]
        assert str(served.requests[1]) == f"HEAD {APP} 200"
        assert canary not in repr(served.requests)


async def test_a_stopped_registry_refuses_and_starts_again_on_its_port(http: aiohttp.ClientSession) -> None:
    async with registry("none") as served:
        address = served.address
        await served.stop()
        with pytest.raises(aiohttp.ClientConnectorError):
            await status(http, served, "/v2/", {})
        await served.start()
        assert served.address == address
        assert await status(http, served, "/v2/", {}) == 200
