"""The whole path through commands: real readers, a real worker and openers, embedded regions and registry."""

import json
import os
import secrets
import signal
import subprocess
import sys

import pytest

from tests.cli.outside import USER, Outside
from tests.operator import Operator


@pytest.fixture
def team(online: Operator, world: Outside, canary: str) -> Operator:
    """Project `shop` with registry `team` and container `app`, whose image is private."""
    connect(online, world, canary)
    image = f"{world.registry.address}/team/app:v1"
    online.run(
        "container",
        "add",
        "app",
        "--image",
        image,
        "--registry",
        "team",
        "--replicas",
        "2",
        *world.everywhere,
    )
    return online


def connect(operator: Operator, world: Outside, password: str, *more: str) -> None:
    server = ["--server", world.registry.address, "--username", USER, "--password-stdin"]
    operator.run("registry", "add", "team", *server, *more, password=password)


def test_a_private_image_is_deployed_rotated_and_forgotten(
    team: Operator, world: Outside, canary: str
) -> None:
    events = team.run("deploy", "app", "--json").lines
    assert {one["region"] for one in events if one["phase"] == "running"} >= set(world.regions)
    assert [one["seq"] for one in events] == sorted(one["seq"] for one in events)
    assert world.pull_secrets() == {key: {"bahriya-team-v1"} for key in world.regions}
    assert team.run("container", "show", "app", "--json").json["status"] == "running"
    assert "app" in world.objects(world.regions[0], "services")

    second = f"{canary}-{secrets.token_hex(4)}"
    world.registry.users[USER] = second
    team.run("registry", "rotate", "team", "--password-stdin", password=f"{canary}-", code=1)
    assert team.run("registry", "show", "team", "--json").json["version"] == 1
    rotated = team.run("registry", "rotate", "team", "--password-stdin", "--json", password=second).json
    assert rotated["check"]["login"] == "accepted"
    assert rotated["check"]["images"][0]["verdict"] == "ok"
    assert world.pull_secrets() == {key: {"bahriya-team-v1"} for key in world.regions}

    team.run("deploy", "--all-using", "team", "--canary", world.regions[1])
    placed = team.run("container", "show", "app", "--json").json["placements"]
    assert {one["version"] for one in placed} == {rotated["version"]}

    refused = team.run("registry", "delete", "team", "--yes", code=3)
    assert "app" in refused.err
    deleted = team.run("registry", "delete", "team", "--unlink", "--yes", "--json").json
    assert deleted["pending_removals"] == []
    assert world.pull_secrets() == {key: set() for key in world.regions}

    team.stop_worker()
    assert canary.encode() not in team.written()


def test_a_wrong_password_is_refused_before_it_is_stored(
    online: Operator, world: Outside, canary: str
) -> None:
    server = ["--server", world.registry.address, "--username", USER, "--password-stdin", "--json"]

    refused = online.run("registry", "add", "team", *server, password=f"not-{canary}", code=1)

    assert "login rejected" in json.loads(refused.err)["error"]["message"]
    assert online.run("registry", "list", "--json").json == []
    assert canary not in refused.out + refused.err
    assert canary.encode() not in online.written()


def test_a_registry_that_cannot_be_asked_is_stored_and_said_not_to_be_proven(
    online: Operator, closed_port: int
) -> None:
    server = ["--server", f"127.0.0.1:{closed_port}", "--username", USER, "--password-stdin"]

    added = online.run("registry", "add", "team", *server, password="token")

    assert "not proven" in added.err
    assert online.run("registry", "check", "team", "--json", code=1).json["login"] == "not proven"


def test_a_failed_pull_ends_with_1_in_the_regions_own_words(
    team: Operator, world: Outside, canary: str
) -> None:
    world.registry.users[USER] = f"changed-{canary}"

    result = team.run("deploy", "app", "--json", code=1)

    failed = [one for one in result.lines if one["phase"] == "failed" and one["region"]]
    assert {one["region"] for one in failed} == set(world.regions)
    assert all("401 Unauthorized" in one["message"] for one in failed)
    error = json.loads(result.err)["error"]
    assert error["code"] == 1
    assert "ended failed" in error["message"]
    number = result.lines[0]["deployment"]
    world.registry.users[USER] = canary
    team.run("deployment", "retry", str(number))
    assert team.run("deployment", "list", "--json").json[0]["state"] == "done"


def test_a_region_that_is_down_costs_only_itself(team: Operator, world: Outside) -> None:
    broken, *others = world.regions
    world.stop_region(broken)

    result = team.run("deploy", "app", code=1)

    shown = team.run("deployment", "list", "--json").json[0]
    assert shown["state"] == "partial"
    assert {run["region"]: run["state"] for run in shown["regions"]} == {
        broken: "unreachable",
        **dict.fromkeys(others, "running"),
    }
    assert broken in result.err
    world.start_region(broken)
    team.run("deployment", "retry", str(shown["id"]))
    assert [run["region"] for run in team.run("deployment", "list", "--json").json[0]["regions"]] == [broken]


def test_a_secret_in_a_region_that_is_down_stays_as_a_pending_removal(team: Operator, world: Outside) -> None:
    team.run("deploy", "app")
    broken = world.regions[2]
    world.stop_region(broken)

    deleted = team.run("registry", "delete", "team", "--unlink", "--yes", "--json").json

    (pending,) = deleted["pending_removals"]
    assert (pending["region"], pending["name"]) == (broken, "bahriya-team-v1")
    assert pending["last_error"]
    assert team.run("region", "show", broken, "--json").json["pending_removals"][0]["id"] == pending["id"]
    assert "bahriya-team-v1" in team.run("region", "delete", broken, "--yes", code=3).err


def test_a_region_that_is_left_loses_workload_and_secret(team: Operator, world: Outside) -> None:
    team.run("deploy", "app")
    stays, *leave = world.regions

    team.run("container", "edit", "app", "--region", stays)

    for region in leave:
        assert world.objects(region, "deployments") == {}
        assert world.objects(region, "services") == {}
    assert world.pull_secrets() == {stays: {"bahriya-team-v1"}, **{region: set() for region in leave}}


def test_a_deleted_registry_makes_the_next_deployment_fail_and_say_why(
    team: Operator, world: Outside, canary: str
) -> None:
    team.run("deploy", "app")
    team.run("registry", "delete", "team", "--force", "--yes")
    connect(team, world, canary)

    result = team.run("deploy", "app", "--json", code=1)

    failed = [one for one in result.lines if one["phase"] == "failed" and one["region"]]
    assert failed
    assert all("bahriya-team-v1" in one["message"] for one in failed)
    assert team.run("container", "show", "app", "--json").json["registry_missing"] is True


def test_a_terminated_container_leaves_nothing_and_can_be_deleted(team: Operator, world: Outside) -> None:
    team.run("deploy", "app")
    assert world.regions[0] in team.run("container", "delete", "app", "--yes", code=3).err

    team.run("container", "terminate", "app", "--yes")

    assert all(world.objects(region, "deployments") == {} for region in world.regions)
    assert world.pull_secrets() == {key: set() for key in world.regions}
    team.run("container", "delete", "app", "--yes")
    for region in world.regions:
        team.run("region", "delete", region, "--yes")


@pytest.mark.usefixtures("signals_count")
def test_ctrl_c_detaches_and_the_deployment_goes_on(team: Operator, world: Outside) -> None:
    broken = world.regions[0]
    world.slow(broken, 1.0)
    watching = subprocess.Popen(
        [sys.executable, "-m", "bahriya_tui", "deploy", "app"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=team.environment,
        start_new_session=True,
    )
    assert watching.stdout is not None
    watching.stdout.readline()

    os.killpg(watching.pid, signal.SIGINT)
    _, err = watching.communicate(timeout=60)

    assert watching.returncode == 130
    assert "deployment 1 goes on; follow it with `bahriya deployment watch 1`" in err
    assert len(err.splitlines()) == 1
    world.slow(broken, 0.0)
    followed = team.run("deployment", "watch", "1", "--json").lines
    assert {one["region"] for one in followed if one["phase"] == "running"} >= set(world.regions)
    assert followed[-1]["phase"] == "done"
    assert team.run("deployment", "watch", "1", "--json").lines == followed


def test_two_deployments_of_one_container_are_refused_unless_one_replaces_the_other(
    team: Operator, world: Outside
) -> None:
    world.registry.silent.add("team/app")
    started = team.run("deploy", "app", "--no-wait", "--json").json
    assert started["state"] in ("queued", "running")

    assert "deployment 1" in team.run("deploy", "app", code=3).err
    world.registry.silent.clear()
    team.run("deploy", "app", "--replace")

    first = team.run("deployment", "show", "1", "--json").json
    assert first["state"] in ("cancelled", "done", "partial")


def test_a_rollback_brings_the_former_image_back(team: Operator, world: Outside) -> None:
    team.run("deploy", "app")
    team.run("container", "edit", "app", "--image", f"{world.registry.address}/team/app:gone")
    bad = team.run("deploy", "app", "--json", code=1).lines[0]["deployment"]

    team.run("deployment", "rollback", str(bad))

    assert team.run("container", "show", "app", "--json").json["image"].endswith("team/app:v1")
    (deployment,) = world.objects(world.regions[0], "deployments").values()
    assert deployment["spec"]["template"]["spec"]["containers"][0]["image"].endswith("team/app:v1")


def test_a_rollback_uses_the_version_of_its_time_and_is_refused_without_it(
    team: Operator, world: Outside, canary: str
) -> None:
    team.run("deploy", "app")
    team.run("registry", "rotate", "team", "--password-stdin", "--no-check", password=canary)
    team.run("container", "edit", "app", "--image", f"{world.registry.address}/team/app:v2")
    second = team.run("deploy", "app", "--json").lines[0]["deployment"]
    assert pulls_with(world) == {"bahriya-team-v2"}

    went = team.run("deployment", "rollback", str(second), "--json")

    assert went.err == "note: it pulls with v1 of registry team; v2 counts now\n"
    back = went.lines[0]["deployment"]
    assert team.run("deployment", "show", str(back), "--json").json["version"] == 1
    assert pulls_with(world) == {"bahriya-team-v1"}

    team.run("registry", "delete", "team", "--force", "--yes")
    connect(team, world, canary)
    refused = team.run("deployment", "rollback", str(back), code=1)
    assert "registry team, which was deleted" in refused.err
    assert pulls_with(world) == {"bahriya-team-v1"}


def pulls_with(world: Outside) -> set[str]:
    """Name the pull secrets that the pods of `app` name, over all regions."""
    found = [world.objects(region, "deployments")["app"] for region in world.regions]
    return {one["name"] for each in found for one in each["spec"]["template"]["spec"]["imagePullSecrets"]}


def test_the_worker_can_be_seen_and_stopped(team: Operator) -> None:
    team.stop_worker()
    team.environment["BAHRIYA_WORKER_IDLE"] = "120"
    team.run("registry", "check", "team")
    status = team.run("worker", "status", "--json").json
    assert status["running"] is True

    assert team.run("worker", "stop", "--json").json["stopped"] is True
    assert team.run("worker", "status", "--json").json["running"] is False


def test_a_worker_in_the_foreground_ends_with_its_lifeline(online: Operator) -> None:
    reading, writing = os.pipe()
    command = [sys.executable, "-m", "bahriya_tui", "worker", "run", "--lifeline", str(reading)]
    worker = subprocess.Popen(command, env=online.environment, pass_fds=[reading])
    os.close(reading)
    try:
        assert worker.poll() is None
    finally:
        os.close(writing)
    assert worker.wait(60) == 0


def test_a_region_check_contacts_the_regions_and_names_those_that_are_down(
    online: Operator, world: Outside
) -> None:
    stays, down = world.regions[0], world.regions[1]
    online.run("region", "check")
    world.stop_region(down)

    checked = online.run("region", "check", stays, down, "--json", code=1)

    found = {one["id"]: one for one in json.loads(checked.out)}
    assert found[stays]["status"] == "active"
    assert found[stays]["last_seen_at"] is not None
    assert (found[down]["status"], found[down]["last_error"]) == ("unreachable", "connection refused")
    assert down in json.loads(checked.err)["error"]["message"]


def test_a_region_check_tells_refused_credentials_from_a_dead_region(
    online: Operator, world: Outside
) -> None:
    region = world.regions[0]
    text = world.kubeconfig.read_text()
    world.kubeconfig.write_text(text.replace(world.fleet.regions[region].token, "somebody-elses-token"))

    online.run("region", "check", region, code=1)

    shown = online.run("region", "show", region, "--json").json
    assert "refused the kubeconfig's credentials" in shown["last_error"]
