"""Hooks are run by the worker for what needs a person, once each, with JSON on standard input."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bahriya_tui.model import clock
from tests.cli.outside import Outside
from tests.operator import Operator

Told = Callable[[], list[dict[str, Any]]]
ALL = ("deployment.failed", "deployment.held", "credential.expiring")


def hook(home: Path, script: str, *, on: tuple[str, ...] = ALL) -> Path:
    """Write a command, and the file that names it."""
    program = home / "hook"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o700)
    file = home / "hooks.toml"
    file.write_text(f"[[hook]]\ncommand = [{json.dumps(str(program))}]\non = {json.dumps(on)}\n")
    file.chmod(0o600)
    return file


@pytest.fixture(autouse=True)
def quick(operator: Operator) -> None:
    """Have workers end soon after they found nothing more to do."""
    operator.environment["BAHRIYA_WORKER_IDLE"] = "0.3"


@pytest.fixture
def told(online: Operator) -> Told:
    """Has a hook write down what it was told; gives all of that."""
    hook(online.home, f"cat >> {online.home}/told")
    path = online.home / "told"
    return lambda: [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def rest(operator: Operator) -> None:
    """Wait until the worker has found nothing more to do, and has ended."""
    while operator.run("worker", "status", "--json").json["running"]:
        pass


def container(operator: Operator, world: Outside, tag: str, *more: str) -> None:
    image = f"{world.registry.address}/library/nginx:{tag}"
    operator.run("container", "add", "app", "--image", image, *world.everywhere, *more)


def test_a_failed_deployment_is_told_once(online: Operator, world: Outside, told: Told) -> None:
    container(online, world, "gone")
    online.run("deploy", "app", code=1)
    rest(online)
    (one,) = told()
    assert (one["event"], one["state"], one["container"], one["project"]) == (
        "deployment.failed",
        "failed",
        "app",
        "shop",
    )
    assert {run["region"] for run in one["regions"]} == set(world.regions)
    assert all("not found" in run["message"] for run in one["regions"])
    online.run("region", "check")
    rest(online)
    assert len(told()) == 1


def test_what_goes_well_is_not_told(online: Operator, world: Outside, told: Told) -> None:
    container(online, world, "1.27")
    online.run("deploy", "app")
    rest(online)
    assert told() == []


def test_a_held_deployment_is_told(online: Operator, world: Outside, told: Told) -> None:
    container(online, world, "gone")
    online.run("deploy", "app", "--canary", world.regions[0], code=1)
    rest(online)
    assert [one["event"] for one in told()] == ["deployment.held"]


def test_a_credential_is_told_of_before_it_ends(deployed: Operator, canary: str) -> None:
    path = deployed.home / "told"
    hook(deployed.home, f"cat >> {path}")
    soon = clock.later(clock.now(), timedelta(days=3).total_seconds())[:10]
    deployed.run("registry", "edit", "team", "--expires", soon)
    rest(deployed)
    deployed.run("region", "check")
    rest(deployed)
    deployed.run("region", "check")
    rest(deployed)
    (one,) = [json.loads(line) for line in path.read_text().splitlines()]
    assert (one["event"], one["registry"], one["expires"]) == ("credential.expiring", "team", soon)
    assert (one["expires_at"], one["expires_source"]) == (f"{soon}T23:59:59.999Z", "declared")
    assert one["days_left"] in (2, 3)
    assert canary not in path.read_text()


def test_a_hook_that_fails_is_told_and_stops_nothing(online: Operator, world: Outside) -> None:
    hook(online.home, "exit 3")
    container(online, world, "gone")
    online.run("deploy", "app", code=1)
    rest(online)
    failed = online.run("notify", "test", "--json", code=1)
    assert "ended with 3" in json.loads(failed.err)["error"]["message"]


def test_hooks_are_listed_and_tried(online: Operator, told: Told) -> None:
    assert online.run("notify", "list", "--json").json == [
        {"command": [str(online.home / "hook")], "on": list(ALL)}
    ]
    online.run("notify", "test", "--on", "credential.expiring")
    (one,) = told()
    assert (one["event"], one["test"]) == ("credential.expiring", True)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("hook = 1", "something else than hooks"),
        ("[[hook]]\ncommand = []\non = ['deployment.failed']", "no command"),
        ("[[hook]]\ncommand = ['page']\non = ['deployment.failed']", "no command"),
        ("[[hook]]\ncommand = ['/bin/true']\non = ['weather.bad']", "occasions we know"),
        ("[[hook]\n", "is not TOML"),
    ],
)
def test_a_file_that_is_wrong_is_said(operator: Operator, content: str, words: str) -> None:
    operator.home.mkdir(exist_ok=True)
    (operator.home / "hooks.toml").write_text(content)
    (operator.home / "hooks.toml").chmod(0o600)
    assert words in operator.run("notify", "list", code=2).err


def test_a_file_that_others_may_change_is_refused(operator: Operator) -> None:
    operator.home.mkdir(exist_ok=True)
    hook(operator.home, "exit 0").chmod(0o620)
    assert "changed by others" in operator.run("notify", "list", code=2).err
