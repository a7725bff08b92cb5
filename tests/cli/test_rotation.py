"""Rotations through commands, to the end: what runs, what regions hold, and when the old token may go."""

import base64
import json
import secrets
from typing import Any

import pytest

from tests.cli.conftest import Commands
from tests.cli.outside import USER, Outside
from tests.operator import Operator

V1 = "bahriya-team-v1"


@pytest.fixture
def second(world: Outside, canary: str) -> str:
    """The next token, which the registry takes from now on."""
    token = f"{canary}-{secrets.token_hex(4)}"
    world.registry.users[USER] = token
    return token


def rotate(deployed: Operator, password: str, *more: str, code: int = 0) -> list[Any]:
    arguments = ["registry", "rotate", "team", "--password-stdin", "--json", *more]
    return deployed.run(*arguments, password=password, code=code).lines


def usage(deployed: Operator) -> Any:
    return deployed.run("registry", "usage", "team", "--json").json


def tokens(world: Outside) -> set[str]:
    """Every token in any pull secret of any region."""
    found = set()
    for region in world.regions:
        for one in world.objects(region, "secrets").values():
            config = json.loads(base64.b64decode(one["data"][".dockerconfigjson"]))
            found |= {login["password"] for login in config["auths"].values()}
    return found


def test_a_rotation_in_waves_ends_with_the_word_that_the_old_token_may_go(
    deployed: Operator, world: Outside, canary: str, second: str
) -> None:
    canary_region = world.regions[1]
    lines = rotate(deployed, second, "--deploy", "--canary", canary_region, "--batch", "1")

    verdict = lines[-1]
    assert (verdict["may_revoke"], verdict["verdict"]) == (True, "the old token may be revoked now")
    began = [one["region"] for one in lines[1:-1] if one["phase"] == "connecting"]
    assert began[0] == canary_region
    first, *later = deployed.run("deployment", "list", "--json").json[0]["regions"]
    assert (first["region"], first["wave"], [one["wave"] for one in later]) == (canary_region, 0, [1, 2])
    wanted = {region: {"bahriya-team-v2"} for region in world.regions}
    for _ in range(100):
        if world.pull_secrets() == wanted:
            break
        usage(deployed)
    assert world.pull_secrets() == wanted
    deployed.stop_worker()
    assert tokens(world) == {second}
    assert canary.encode() not in deployed.written()
    assert canary not in json.dumps(lines)


def test_the_token_in_use_is_not_taken_for_a_new_one(
    deployed: Operator, world: Outside, canary: str, second: str
) -> None:
    world.registry.users[USER] = canary
    asked = len(world.registry.requests)

    refused = deployed.run("registry", "rotate", "team", "--password-stdin", password=canary, code=1)

    assert "registry team: this is the token of v1 again" in refused.err
    assert "nothing was changed; make a new one where it is issued" in refused.err
    assert len(world.registry.requests) == asked
    assert deployed.run("registry", "show", "team", "--json").json["version"] == 1
    told = deployed.run("audit", "list", "--json").json
    assert [1, 2] in [one["versions"] for one in told if one["action"] == "credential.opened"]

    forced = rotate(deployed, canary, "--no-check")
    assert forced[0]["version"] == 3
    world.registry.users[USER] = second
    rotate(deployed, second)
    former = deployed.run("registry", "rotate", "team", "--password-stdin", password=canary, code=1)
    assert "registry team: this is the token of v3 again" in former.err
    assert "go back to it: bahriya registry return team v3" in former.err
    world.registry.users[USER] = canary
    # Nothing is entered anew.
    deployed.run("registry", "return", "team", "v1")
    deployed.run("registry", "return", "team", "v3")
    assert deployed.run("registry", "show", "team", "--json").json["version"] == 3


def test_a_region_that_was_missed_still_needs_the_old_token(
    deployed: Operator, world: Outside, second: str
) -> None:
    down = world.regions[0]
    world.stop_region(down)

    lines = rotate(deployed, second, "--deploy", code=1)

    assert lines[-1]["may_revoke"] is False
    (still,) = lines[-1]["still"]
    assert (still["container"], still["region"], still["holds"]) == ("app", down, 1)
    assert f"app still pulls with v1 in {down}" in lines[-1]["verdict"]
    told = deployed.run("registry", "usage", "team").out
    assert f"app still pulls with v1 in {down}" in told
    world.start_region(down)
    number = deployed.run("deployment", "list", "--json").json[0]["id"]
    deployed.run("deployment", "retry", str(number))
    assert usage(deployed)["may_revoke"] is True


def test_a_leaked_token_leaves_every_region_and_nothing_restarts(
    deployed: Operator, world: Outside, canary: str, second: str
) -> None:
    before = {region: world.objects(region, "deployments")["app"] for region in world.regions}

    registry, pushed, verdict = rotate(deployed, second, "--push-now")

    assert registry["version"] == 2
    assert pushed == {"withdrawn": [1], "asked": 3, "written": 3}
    assert (verdict["may_revoke"], verdict["pending_writes"]) == (True, [])
    assert tokens(world) == {second}
    assert world.pull_secrets() == {region: {V1} for region in world.regions}
    assert {region: world.objects(region, "deployments")["app"] for region in world.regions} == before
    shown = usage(deployed)["versions"][0]
    assert (shown["version"], shown["replaced_by"]) == (1, 2)
    assert {(one["version"], one["holds"]) for one in shown["used_by"]} == {(1, 2)}
    refused = deployed.run("registry", "return", "team", "v1", code=1)
    assert "withdrawn" in refused.err
    assert "holds v2" not in refused.err
    assert deployed.run("audit", "verify", "--json").json["good"]
    deployed.stop_worker()
    assert canary.encode() not in deployed.written()
    assert second.encode() not in deployed.written()


def test_a_region_that_is_down_is_named_and_gets_the_new_token_later(
    deployed: Operator, world: Outside, canary: str, second: str
) -> None:
    down = world.regions[2]
    world.stop_region(down)

    told = deployed.run(
        "registry", "rotate", "team", "--password-stdin", "--push-now", password=second, code=1
    )

    assert "1 of 3 pull secrets do not hold the new token yet" in told.err
    assert "2 of 3 pull secrets hold the new token" in told.out
    assert "do not revoke the old token yet" in told.out
    assert f"{V1} in {down} does not hold v2 yet" in told.err
    assert tokens(world) == {canary, second}
    shown = deployed.run("registry", "show", "team", "--json").json
    assert [one["region"] for one in shown["pending_writes"]] == [down]
    world.start_region(down)
    deployed.run("region", "check", down)
    for _ in range(100):
        if not usage(deployed)["pending_writes"]:
            break
    assert usage(deployed)["may_revoke"] is True
    assert tokens(world) == {second}


def test_a_registry_returns_to_a_version_that_still_works_and_to_no_other(
    deployed: Operator, world: Outside, canary: str, second: str
) -> None:
    rotate(deployed, second)
    refused = deployed.run("registry", "return", "team", "v1", code=1)
    assert "login rejected" in refused.err
    assert deployed.run("registry", "show", "team", "--json").json["version"] == 2

    world.registry.users[USER] = canary
    remembered = deployed.run("registry", "return", "team", "v1", code=1)
    assert "was not sent again" in remembered.err
    returned = deployed.run("registry", "return", "team", "v1", "--again", "--deploy", "--json").lines

    assert (returned[0]["version"], returned[0]["check"]["login"]) == (1, "accepted")
    assert returned[-1]["may_revoke"] is True
    assert {
        one["version"] for one in deployed.run("container", "show", "app", "--json").json["placements"]
    } == {1}
    assert deployed.run("audit", "verify", "--json").json["good"]
    third = world.registry.users[USER] = f"{second}-third"
    assert rotate(deployed, third)[0]["version"] == 3


def test_versions_and_where_they_are_used_are_shown(deployed: Operator, second: str) -> None:
    rotate(deployed, second)
    shown = deployed.run("registry", "show", "team").out
    assert "app in 3 regions" in shown
    assert "do not revoke the old token yet" in shown
    versions = deployed.run("registry", "show", "team", "--json").json["versions"]
    assert [(one["version"], one["state"], len(one["used_by"])) for one in versions] == [
        (1, "previous", 3),
        (2, "current", 0),
    ]


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["rotate", "team", "--password-stdin", "--canary", "falkenstein-1"], 2, "add --deploy"),
        (["return", "team", "x"], 2, "is no version"),
        (["return", "team", "v0"], 2, "is no version"),
        (["return", "team", "v1"], 2, "is the current one already"),
        (["return", "team", "v7"], 4, "is not kept"),
        (["return", "nobody", "v1"], 4, "nobody"),
        (["usage", "nobody"], 4, "nobody"),
        (["edit", "team", "--max-versions", "0"], 2, "from 1 to 20"),
        (["edit", "team", "--max-versions", "21"], 2, "from 1 to 20"),
    ],
)
def test_what_cannot_be_done_changes_nothing(
    team_only: Commands, arguments: list[str], code: int, told: str, canary: str
) -> None:
    before = team_only.stored()
    answer = team_only("registry", *arguments, stdin=b"another")
    assert answer.code == code, answer
    assert told in answer.err
    assert team_only.stored() == before


def test_where_no_container_uses_a_registry_there_is_nothing_to_deploy(team_only: Commands) -> None:
    rotate = ("registry", "rotate", "team", "--password-stdin", "--no-check", "--deploy")
    planned = team_only.good(*rotate, "--dry-run", stdin=b"two")
    rotated = team_only.good(*rotate, stdin=b"two")
    for told in (planned, rotated):
        assert "note: no container uses registry team: nothing is to be deployed" in told.err
    assert rotated.out.splitlines() == [
        "registry team was rotated: v2 at registry.example",
        "registry team: do not revoke the old token yet: v2 is not proven; bahriya registry check team",
    ]
    returned = team_only.good("registry", "return", "team", "v1", "--no-check", "--deploy")
    assert "nothing is to be deployed" in returned.err


def test_a_leaked_token_is_needed_until_the_new_one_is_proven(
    deployed: Operator, world: Outside, canary: str, second: str
) -> None:
    *_, verdict = rotate(deployed, f"{second}-mistyped", "--push-now", "--no-check")
    assert (verdict["may_revoke"], verdict["pending_writes"]) == (False, [])
    assert verdict["verdict"].endswith("v2 is not proven; bahriya registry check team")
    deployed.run("registry", "check", "team", code=1)
    assert "do not revoke the old token yet: v2 is rejected by its registry" in (
        deployed.run("registry", "usage", "team").out
    )
    *_, verdict = rotate(deployed, second, "--push-now")
    assert (verdict["may_revoke"], verdict["verdict"]) == (True, "the old token may be revoked now")


def test_how_many_versions_are_kept_is_an_operators_choice(team_only: Commands) -> None:
    team_only.good("registry", "edit", "team", "--max-versions", "2")
    for token in (b"two", b"three"):
        team_only.good("registry", "rotate", "team", "--password-stdin", "--no-check", stdin=token)
    shown = team_only.good("registry", "show", "team", "--json").json
    assert (shown["max_versions"], [one["version"] for one in shown["versions"]]) == (2, [2, 3])
    assert "registry.edited" in [one["action"] for one in team_only.good("audit", "list", "--json").json]


@pytest.fixture
def team_only(shop: Commands, canary: str) -> Commands:
    """Registry `team` without containers, its token unchecked."""
    server = ["--server", "registry.example", "--username", "bot", "--password-stdin", "--no-check"]
    shop.good("registry", "add", "team", *server, stdin=canary.encode())
    return shop
