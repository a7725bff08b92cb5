"""Pull secrets that others made in regions, found and adopted at the command line, over embedded regions."""

import base64
import json
from typing import Any

import pytest

from bahriya_tui.sim.kinds import Json
from tests.cli.outside import USER, Outside
from tests.operator import Operator

REGION = "falkenstein-1"


def login(user: str, password: str) -> Json:
    """Give one login as it stands under its server."""
    return {"auth": base64.b64encode(f"{user}:{password}".encode()).decode()}


def secret(name: str, logins: Json, *, namespace: str = "legacy", type_: str = "dockerconfigjson") -> Json:
    content = {"auths": logins} if type_ == "dockerconfigjson" else logins
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "type": f"kubernetes.io/{type_}",
        "metadata": {
            "name": name,
            "namespace": namespace,
            "uid": f"uid-{name}",
            "creationTimestamp": "2024-05-01T00:00:00Z",
        },
        "data": {f".{type_}": base64.b64encode(json.dumps(content).encode()).decode()},
    }


def put(world: Outside, *secrets: Json, region: str = REGION) -> None:
    async def put_all() -> None:
        for one in secrets:
            world.fleet.regions[region].objects.put("secrets", one)

    world.call(put_all())


def requests(world: Outside, region: str = REGION) -> list[str]:
    return [one for one in world.fleet.regions[region].requests if "secrets" in one]


def adopt(operator: Operator, *arguments: str, code: int = 0) -> Any:
    result = operator.run("registry", "adopt", *arguments, "--region", REGION, "--json", code=code)
    return json.loads(result.out or result.err)


@pytest.fixture
def legacy(world: Outside, online: Operator, canary: str) -> Operator:
    """An operator in whose first region somebody keeps pull secrets of their own."""
    server = {world.registry.address: login(USER, canary)}
    put(
        world,
        secret("pull", server),
        secret("old", server, type_="dockercfg", namespace="attic"),
        {**secret("tls", {}), "type": "kubernetes.io/tls", "data": {"tls.key": "eA=="}},
    )
    return online


def test_foreign_pull_secrets_are_listed_and_nothing_in_them_is_read(
    world: Outside, legacy: Operator
) -> None:
    found = adopt(legacy)

    assert [(one["namespace"], one["name"], one["type"]) for one in found] == [
        ("attic", "old", "kubernetes.io/dockercfg"),
        ("legacy", "pull", "kubernetes.io/dockerconfigjson"),
    ]
    assert found[0]["created_at"] == "2024-05-01T00:00:00Z"
    assert all("fieldSelector=type" in one for one in requests(world))
    assert [one["name"] for one in adopt(legacy, "--namespace", "attic")] == ["old"]


@pytest.mark.parametrize("name", ["legacy/pull", "attic/old"])
def test_what_is_in_a_foreign_secret_becomes_a_registry_and_the_token_is_nowhere(
    world: Outside, legacy: Operator, canary: str, name: str
) -> None:
    before = len(requests(world))

    made = adopt(legacy, "team", "--secret", name)

    assert (made["handle"], made["server"], made["username"]) == ("team", world.registry.address, USER)
    assert (made["version"], made["login"]) == (1, "accepted")
    assert canary not in str(made)
    for form in (canary, base64.b64encode(f"{USER}:{canary}".encode()).decode(), canary.encode().hex()):
        assert form.encode() not in legacy.written()
    assert not any(one.startswith(("PATCH", "PUT", "DELETE")) for one in requests(world)[before:])
    entries = legacy.run("audit", "list", "--json").json
    assert {"credential.opening", "credential.opened", "registry.added"} <= {one["action"] for one in entries}
    assert adopt(legacy)


def test_an_adopted_registry_is_deployed_with(world: Outside, legacy: Operator, canary: str) -> None:
    adopt(legacy, "team", "--secret", "legacy/pull")
    image = f"{world.registry.address}/team/app:v1"
    legacy.run("container", "add", "app", "--image", image, "--registry", "team", *world.everywhere)

    legacy.run("deploy", "app")

    assert world.pull_secrets() == {region: {"bahriya-team-v1"} for region in world.regions}
    assert [one["name"] for one in adopt(legacy)] == ["old", "pull"], "ours are not foreign"


def test_ours_are_never_read_back(world: Outside, legacy: Operator) -> None:
    adopt(legacy, "team", "--secret", "legacy/pull")
    image = f"{world.registry.address}/team/app:v1"
    legacy.run("container", "add", "app", "--image", image, "--registry", "team", *world.everywhere)
    legacy.run("deploy", "app")
    before = len(requests(world))

    refused = adopt(legacy, "again", "--secret", "bahriya-shop/bahriya-team-v1", code=3)

    assert "one of ours" in refused["error"]["message"]
    assert len(requests(world)) == before + 1, "its metadata alone was asked for"


def test_of_several_logins_the_operator_chooses(world: Outside, legacy: Operator, canary: str) -> None:
    both = {world.registry.address: login(USER, canary), "ghcr.io": login("octo", canary)}
    put(world, secret("both", both))

    refused = adopt(legacy, "team", "--secret", "legacy/both", code=2)
    made = adopt(legacy, "team", "--secret", "legacy/both", "--server", "ghcr.io", "--no-check")

    assert "ghcr.io" in refused["error"]["hint"]
    assert world.registry.address in refused["error"]["hint"]
    assert canary not in str(refused)
    assert (made["server"], made["username"]) == ("ghcr.io", "octo")


def test_a_secret_whose_token_is_not_taken_leaves_nothing_behind(
    world: Outside, legacy: Operator, canary: str
) -> None:
    put(world, secret("stale", {world.registry.address: login(USER, f"old-{canary}")}))

    refused = adopt(legacy, "team", "--secret", "legacy/stale", code=1)

    assert "login rejected" in refused["error"]["message"]
    assert legacy.run("registry", "list", "--json").json == []
    assert canary.encode() not in legacy.written()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"ghcr.io": {"auth": "bWU6", "identitytoken": "abc"}}, "identity token"),
        ({"ghcr.io": {"auth": "!"}}, "its auth"),
        ({}, "holds no login"),
    ],
)
def test_what_nodes_ignore_is_refused_with_the_reason(
    world: Outside, legacy: Operator, content: Json, said: str
) -> None:
    put(world, secret("odd", content))

    result = legacy.start("registry", "adopt", "team", "--region", REGION, "--secret", "legacy/odd", "--json")

    assert result.code in (1, 2)
    assert said in result.err
    assert legacy.run("registry", "list", "--json").json == []


def test_a_region_that_does_not_let_us_says_which_right_is_missing(world: Outside, legacy: Operator) -> None:
    async def forbid(verb: str) -> None:
        world.fleet.regions[REGION].forbidden = {(verb, "secrets")}

    world.call(forbid("list"))
    listing = adopt(legacy, code=1)["error"]
    world.call(forbid("get"))
    taking = adopt(legacy, "team", "--secret", "legacy/pull", code=1)["error"]

    assert "not permitted there" in listing["message"]
    assert "--namespace" in listing["hint"]
    assert "get secrets in namespace legacy" in taking["hint"]
    for error in (listing, taking):
        assert f"region {REGION}" in error["message"]


def test_an_unreachable_region_is_named(world: Outside, legacy: Operator) -> None:
    world.stop_region(REGION)

    error = adopt(legacy, code=1)["error"]

    assert REGION in error["message"]
    assert "connection refused" in error["message"]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["team"], 2, "belong together"),
        (["--secret", "legacy/pull"], 2, "belong together"),
        (["team", "--secret", "pull"], 2, "names no namespace"),
        (["team", "--secret", "legacy/gone"], 4, "there is no secret legacy/gone"),
        (["team", "--secret", "legacy/tls"], 2, "no pull secret"),
        (["team", "--secret", "legacy/pull", "--server", "quay.io"], 4, "no login for quay.io"),
    ],
)
def test_bad_input_is_refused(legacy: Operator, arguments: list[str], code: int, said: str) -> None:
    assert said in adopt(legacy, *arguments, code=code)["error"]["message"]


def test_an_unknown_region_is_not_asked(legacy: Operator) -> None:
    refused = legacy.run("registry", "adopt", "--region", "moon-1", "--json", code=4)
    assert "moon-1" in refused.err
