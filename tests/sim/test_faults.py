"""The faults a region can be given: refused connections, silence, slowness, missing rights."""

import asyncio
import socket

import aiohttp
import pytest

from bahriya_tui.sim.region import Region
from tests.sim.client import Client, deployment

SECRETS = "/api/v1/namespaces/default/secrets"
DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments"


async def test_a_stopped_region_refuses_connections_and_comes_back_on_its_port_with_its_objects(
    client: Client, region: Region
) -> None:
    await client.make(SECRETS, {"metadata": {"name": "one"}})
    port = region.port
    async with client.watch(SECRETS) as stream:
        await stream.next()
        await region.stop()
        assert region.down
        with pytest.raises(aiohttp.ClientError):
            await stream.rest()
    with pytest.raises(aiohttp.ClientConnectorError):
        await client.ask("GET", SECRETS)
    await region.start()
    assert (region.port, region.down) == (port, False)
    assert len((await client.get(SECRETS))["items"]) == 1


async def test_nobody_else_gets_the_port_of_a_region_that_is_down(region: Region) -> None:
    await region.stop()
    with socket.socket() as other, pytest.raises(OSError, match="Address already in use"):
        other.bind(("127.0.0.1", region.port))


async def test_a_frozen_region_takes_requests_and_answers_when_it_thaws(
    client: Client, region: Region
) -> None:
    version = str(region.objects.version)
    async with client.watch(SECRETS, resourceVersion=version) as stream:
        region.frozen = True
        made = asyncio.create_task(client.make(SECRETS, {"metadata": {"name": "one"}}))
        async with asyncio.timeout(120):
            while region.requests[-1] != f"POST {SECRETS}":
                await asyncio.sleep(0)
        done, _ = await asyncio.wait([made], timeout=0.2)
        assert not done
        assert region.objects.list("secrets") == []
        region.frozen = False
        assert (await made)["metadata"]["name"] == "one"
        assert (await stream.next())["type"] == "ADDED"


async def test_latency_comes_before_each_answer(client: Client, region: Region) -> None:
    loop = asyncio.get_running_loop()
    region.latency = 0.2
    begun = loop.time()
    await client.get("/version")
    assert loop.time() - begun >= 0.2


@pytest.mark.parametrize(
    ("rule", "method", "path", "said"),
    [
        (("create", "secrets"), "POST", SECRETS, 'secrets is forbidden: User "operator" cannot create'),
        (("patch", "deployments"), "PATCH", f"{DEPLOYMENTS}/web", 'deployments.apps "web" is forbidden'),
        (("*", "secrets"), "GET", SECRETS, 'cannot list resource "secrets" in API group "" in the namespace'),
        (
            ("watch", "*"),
            "GET",
            f"{DEPLOYMENTS}?watch=true",
            'cannot watch resource "deployments" in API group "apps"',
        ),
    ],
)
async def test_a_missing_right_is_forbidden_in_the_words_of_rbac(
    client: Client, region: Region, rule: tuple[str, str], method: str, path: str, said: str
) -> None:
    region.forbidden.add(rule)
    answer = await client.ask(method, path, {"metadata": {"name": "web"}})
    assert (answer.code, answer.body["reason"]) == (403, "Forbidden")
    assert said in answer.body["message"]
    assert (await client.ask("GET", "/version")).code == 200
    assert (await client.ask("GET", "/api/v1/nodes")).code == 200
    region.forbidden.clear()
    made = await client.apply(f"{DEPLOYMENTS}/web", deployment("web", "nginx:1.27"))
    assert made.code == 201
