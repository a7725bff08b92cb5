"""Deployments that go carefully: canary, soak, gate, approval; and taking fields over from other managers."""

import json
import os
import pty
import subprocess
import sys

import pytest

from bahriya_tui.sim.kinds import BY_PLURAL
from bahriya_tui.sim.verbs import MERGE, Call, patch
from tests.cli.outside import Outside
from tests.operator import Operator


@pytest.fixture
def web(online: Operator, world: Outside) -> Operator:
    """Project `shop` with container `web`, of a public image, in all three regions."""
    image = f"{world.registry.address}/library/nginx:1.27"
    online.run("container", "add", "web", "--image", image, *world.everywhere)
    return online


def test_a_gated_deployment_is_approved_by_resuming_it(web: Operator, world: Outside) -> None:
    first, *others = world.regions
    careful = ["--canary", first, "--soak", "1s", "--gate", "--max-failures", "50%"]

    held = web.run("deploy", "web", *careful, "--json", code=1)

    error = json.loads(held.err)["error"]
    number = held.lines[0]["deployment"]
    assert "is held" in error["message"]
    assert f"bahriya deployment resume {number}" in error["hint"]
    phases = [(one["region"], one["phase"]) for one in held.lines]
    assert phases.index((first, "running")) < phases.index((first, "soaking"))
    shown = web.run("deployment", "show", str(number), "--json").json
    known = {
        key: shown[key] for key in ("state", "canary", "soak_seconds", "gate", "max_failures", "take_over")
    }
    assert known == {
        "state": "held",
        "canary": first,
        "soak_seconds": 1,
        "gate": "closed",
        "max_failures": 1,
        "take_over": False,
    }
    assert all(world.objects(region, "deployments") == {} for region in others)

    web.run("deployment", "resume", str(number))

    shown = web.run("deployment", "show", str(number), "--json").json
    assert (shown["state"], shown["gate"]) == ("done", "open")
    assert all("web" in world.objects(region, "deployments") for region in others)


def test_people_read_words_where_scripts_read_phases(web: Operator, world: Outside) -> None:
    careful = ["--canary", world.regions[0], "--soak", "1s"]
    told = web.run("deploy", "web", *careful).out
    assert "soak passed" in told
    assert "soaked" not in told
    lines = web.run("deploy", "web", *careful, "--json").lines
    assert "soaked" in [one["phase"] for one in lines]


def test_a_rollback_goes_in_waves_and_is_approved_like_a_deployment(web: Operator, world: Outside) -> None:
    first, *others = world.regions
    web.run("deploy", "web")
    web.run("container", "edit", "web", "--replicas", "2")
    second = web.run("deploy", "web", "--json").lines[0]["deployment"]
    careful = ["--canary", first, "--soak", "1s", "--gate", "--batch", "1", "--max-failures", "1"]

    held = web.run("deployment", "rollback", str(second), *careful, "--json", code=1)

    number = held.lines[0]["deployment"]
    assert f"bahriya deployment resume {number}" in json.loads(held.err)["error"]["hint"]
    phases = [(one["region"], one["phase"]) for one in held.lines]
    assert phases.index((first, "running")) < phases.index((first, "soaking"))
    assert replicas(world) == {first: 1} | dict.fromkeys(others, 2)
    shown = web.run("deployment", "show", str(number), "--json").json
    assert (shown["canary"], shown["soak_seconds"], shown["max_failures"]) == (first, 1, 1)
    assert [one["wave"] for one in shown["regions"]] == [0, 1, 2]

    web.run("deployment", "resume", str(number))

    assert replicas(world) == dict.fromkeys(world.regions, 1)


def test_a_rollback_with_an_impossible_canary_leaves_everything_as_it_is(
    web: Operator, world: Outside
) -> None:
    web.run("deploy", "web")
    web.run("container", "edit", "web", "--replicas", "2")
    second = web.run("deploy", "web", "--json").lines[0]["deployment"]

    web.run("deployment", "rollback", str(second), "--canary", "atlantis-1", code=4)
    web.run("deployment", "rollback", str(second), "--soak", "5m", code=2)

    assert web.run("container", "show", "web", "--json").json["replicas"] == 2
    assert [one["id"] for one in web.run("deployment", "list", "--json").json] == [second, 1]


def replicas(world: Outside) -> dict[str, int]:
    """Tell how many replicas of `web` each region is to run."""
    return {
        region: world.objects(region, "deployments")["web"]["spec"]["replicas"] for region in world.regions
    }


def test_taking_over_asks_first_and_names_the_manager(web: Operator, world: Outside) -> None:
    region = world.regions[0]
    web.run("deploy", "web")
    world.call(scaled(world, region))
    web.run("container", "edit", "web", "--replicas", "2")
    refused = web.run("deploy", "web", "--json", code=1)
    (told,) = [one["message"] for one in refused.lines if one["phase"] == "failed" and one["region"]]
    assert "kubectl-scale owns .spec.replicas" in told
    assert "bahriya deploy web --take-over" in told

    assert "--yes" in web.run("deploy", "web", "--take-over", "--no-input", code=2).err
    question = answered_no(web, "deploy", "web", "--take-over")
    assert f"Take over web (in {region} deployment web: kubectl-scale owns .spec.replicas)?" in question
    assert world.objects(region, "deployments")["web"]["spec"]["replicas"] == 5

    web.run("deploy", "web", "--take-over", "--yes")
    assert world.objects(region, "deployments")["web"]["spec"]["replicas"] == 2
    assert web.run("deployment", "list", "--json").json[0]["take_over"] is True
    actions = [one["action"] for one in web.run("audit", "list", "--json").json]
    assert actions.count("deployment.taking-over") == 1


def answered_no(operator: Operator, *arguments: str) -> str:
    """Run a command on a terminal, say no to its question, and give what it printed."""
    keyboard, terminal = pty.openpty()
    asking = subprocess.Popen(
        [sys.executable, "-m", "bahriya_tui", *arguments],
        stdin=terminal,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=operator.environment,
    )
    os.write(keyboard, b"n\n")
    printed, _ = asking.communicate(timeout=60)
    os.close(keyboard)
    os.close(terminal)
    assert asking.returncode == 2
    return printed


async def scaled(world: Outside, region: str) -> None:
    """Do what `kubectl scale --replicas 5` does."""
    objects = world.fleet.regions[region].objects
    call = Call("patch", BY_PLURAL["deployments"], "bahriya-shop", "web", manager="kubectl-scale")
    patch(objects, call, {"spec": {"replicas": 5}}, MERGE)
