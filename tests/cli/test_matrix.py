"""The matrix through commands: a real worker reads embedded regions back, after others changed them."""

import json
from typing import Any

from tests.cli.outside import USER, Outside
from tests.operator import Operator

NAME = "bahriya-team-v1"


def states(cells: list[dict[str, Any]]) -> dict[str, str]:
    return {cell["region"]: cell["state"] for cell in cells}


def test_what_was_deployed_is_in_sync(deployed: Operator, world: Outside) -> None:
    cells = deployed.run("matrix", "--json").json

    assert states(cells) == dict.fromkeys(world.regions, "in sync")
    (first, *_) = cells
    assert list(first) == ["registry", "region", "state", "version", "detail", "read_at", "expires_at"]
    assert (first["registry"], first["version"], first["detail"]) == ("team", 1, "")
    assert all(cell["read_at"] for cell in cells)
    assert deployed.run("matrix").out.splitlines() == [
        "REGION         TEAM",
        *[f"{region:<13}  in sync v1" for region in world.regions],
    ]


def test_drift_ends_with_1_and_says_where_and_what_to_do(deployed: Operator, world: Outside) -> None:
    token = world.registry.users[USER]
    deployed.run("registry", "rotate", "team", "--password-stdin", "--no-check", password=token)
    world.stop_region(world.regions[1])

    found = deployed.run("matrix", "--json", code=1)

    down, *others = world.regions[1], world.regions[0], world.regions[2]
    assert states(found.json) == {down: "unreachable", **dict.fromkeys(others, "stale")}
    error = json.loads(found.err)["error"]
    assert error["message"] == "not in sync in 3 of 3 places: 2 stale, 1 unreachable"
    assert error["hint"] == "bahriya deploy --all-using team"
    told = deployed.run("matrix", "--region", others[0], code=1).out
    assert f"team in {others[0]}: app pulls with v1, current is v2; bahriya deploy --all-using team" in told
    assert down not in told


def test_without_waiting_the_regions_are_not_asked(deployed: Operator, world: Outside) -> None:
    assert states(deployed.run("matrix", "--no-wait", "--json").json) == dict.fromkeys(
        world.regions, "not read"
    )
    deployed.run("matrix")
    for region in world.regions:
        world.stop_region(region)
    shown = deployed.run("matrix", "--no-wait", "--registry", "team", "--json").json
    assert states(shown) == dict.fromkeys(world.regions, "in sync")


def test_a_secret_on_its_way_out_is_shown_until_it_is_gone(deployed: Operator, world: Outside) -> None:
    down = world.regions[1]
    world.stop_region(down)
    deployed.run("registry", "delete", "team", "--unlink", "--yes")

    shown = deployed.run("matrix", "--json").json

    assert states(shown) == {down: "pending removal"}
    assert "TEAM (DELETED)" in deployed.run("matrix").out


def test_a_registry_or_region_that_does_not_exist_is_told(deployed: Operator) -> None:
    deployed.run("matrix", "--registry", "other", code=4)
    deployed.run("matrix", "--region", "moon-1", code=4)


def test_a_repair_writes_again_what_is_missing_or_edited(
    deployed: Operator, world: Outside, canary: str
) -> None:
    edited, deleted, _ = world.regions
    good = world.objects(edited, "secrets")[NAME]
    world.change(edited, {"data": {".dockerconfigjson": "eyJhdXRocyI6IHt9fQ=="}}, manager="kubectl-edit")
    world.delete(deleted, NAME)

    found = deployed.run("matrix", "--json", code=1)
    assert list(states(found.json).values()) == ["edited", "missing", "in sync"]
    assert "matrix --repair --registry team --region" in json.loads(found.err)["error"]["hint"]
    one = deployed.run("matrix", "--repair", "--registry", "team", "--region", deleted)
    assert f"{NAME} in {deleted} is written again, over what others changed in it" in one.err
    assert world.objects(edited, "secrets")[NAME]["data"] != good["data"]

    repaired = deployed.run("matrix", "--repair", "--json").json

    assert states(repaired) == dict.fromkeys(world.regions, "in sync")
    assert all(world.objects(region, "secrets")[NAME]["data"] == good["data"] for region in world.regions)
    log = deployed.run("audit", "list", "--json").json
    assert {entry["regions"][0] for entry in log if entry["action"] == "registry.repaired"} == {
        edited,
        deleted,
    }
    deployed.stop_worker()
    assert canary.encode() not in deployed.written()


def test_a_foreign_secret_of_that_name_is_never_written_over(deployed: Operator, world: Outside) -> None:
    region = world.regions[0]
    world.change(region, {"metadata": {"labels": {"app.kubernetes.io/managed-by": "Helm"}}}, manager="helm")

    left = deployed.run("matrix", "--repair", "--region", region, code=1)

    assert "does not carry our marks" in left.err
    marks = world.objects(region, "secrets")[NAME]["metadata"]["labels"]
    assert marks["app.kubernetes.io/managed-by"] == "Helm"


def test_a_registry_is_deleted_after_what_still_runs_with_it_was_deployed_again(
    deployed: Operator, world: Outside
) -> None:
    image = f"{world.registry.address}/library/nginx:1.27"
    deployed.run("container", "edit", "app", "--image", image)
    deployed.run("container", "unlink", "app")

    told = deployed.run("registry", "delete", "team", "--no-input", code=2)
    assert f"app still runs with it in {', '.join(world.regions)}" in told.err
    assert "first `bahriya deploy app`, or --redeploy" in told.err
    gone = deployed.run("registry", "delete", "team", "--redeploy", "--yes", "--json").json

    assert (gone["redeployed"], gone["pending_removals"]) == (["app"], [])
    assert world.pull_secrets() == {region: set() for region in world.regions}
    for region in world.regions:
        pod = world.objects(region, "deployments")["app"]["spec"]["template"]["spec"]
        assert "imagePullSecrets" not in pod


def test_a_registry_stays_when_what_runs_with_it_cannot_be_deployed_without_it(
    deployed: Operator, world: Outside
) -> None:
    # Another image than the one that the nodes have already.
    deployed.run("container", "edit", "app", "--image", f"{world.registry.address}/team/app:v2")
    deployed.run("container", "unlink", "app")

    deployed.run("registry", "delete", "team", "--redeploy", "--yes", code=1)

    assert deployed.run("registry", "show", "team", "--json").json["version"] == 1
    assert world.pull_secrets() == {region: {NAME} for region in world.regions}
