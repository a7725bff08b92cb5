"""Logins of Docker and Podman become registries at the command line; with real tools where there are some."""

import base64
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Commands
from tests.cli.outside import USER, Outside
from tests.operator import Operator

SKOPEO = shutil.which("skopeo")


def auth(user: str, password: str) -> dict[str, str]:
    return {"auth": base64.b64encode(f"{user}:{password}".encode()).decode()}


@pytest.fixture
def file(tmp_path: Path, canary: str) -> Path:
    """A file with two logins that can be taken, and an identity token."""
    path = tmp_path / "auth.json"
    content = {
        "auths": {
            "quay.io/org": auth("org+robot", canary),
            "https://index.docker.io/v1/": auth("me", canary),
            "shop.azurecr.io": {**auth("u", ""), "identitytoken": canary},
        }
    }
    path.write_text(json.dumps(content))
    return path


def taken(bahriya: Commands, *arguments: str, **given: Any) -> dict[str, Any]:
    """Import and give what became of each server."""
    answer = bahriya("registry", "import", *arguments, "--yes", "--json", "--no-check", **given)
    return {one["server"]: one for one in map(json.loads, answer.out.splitlines())}


def test_the_plan_is_shown_and_nothing_happens_without_a_yes(shop: Commands, file: Path, canary: str) -> None:
    before = shop.stored()

    answer = shop("registry", "import", "--file", str(file))

    assert answer.code == 2
    assert "needs a confirmation" in answer.err
    for words in ("org+robot", "docker-hub", "identity token", "the path"):
        assert words in answer.out + answer.err
    assert canary not in answer.out + answer.err
    assert shop.stored() == before


def test_what_can_be_taken_becomes_registries_and_no_token_is_left_readable(
    shop: Commands, file: Path, canary: str
) -> None:
    told = taken(shop, "--file", str(file), "--handle", "quay.io=team")

    assert {server: one["fate"] for server, one in told.items()} == {
        "quay.io": "added",
        "docker.io": "added",
        "shop.azurecr.io": "refused",
    }
    assert told["quay.io"]["handle"] == "team"
    assert "/org" in told["quay.io"]["notes"][0]
    listed = shop.good("registry", "list", "--json").json
    assert [(one["handle"], one["server"], one["username"], one["version"]) for one in listed] == [
        ("docker-hub", "docker.io", "me", 1),
        ("team", "quay.io", "org+robot", 1),
    ]
    assert canary not in str(told)
    assert canary.encode() not in shop.written()


def test_what_is_there_already_is_left_alone(shop: Commands, file: Path) -> None:
    taken(shop, "--file", str(file))

    again = taken(shop, "--file", str(file))

    assert (again["quay.io"]["fate"], again["quay.io"]["handle"]) == ("there", "quay")
    assert "registry rotate quay" in again["quay.io"]["reason"]
    assert {one["version"] for one in shop.good("registry", "list", "--json").json} == {1}


def test_only_what_is_named_is_taken_and_a_refused_one_is_a_failure(shop: Commands, file: Path) -> None:
    assert set(taken(shop, "--file", str(file), "--only", "docker.io")) == {"docker.io"}
    where = ["--file", str(file), "--yes", "--no-check"]
    assert shop("registry", "import", *where, "--only", "shop.azurecr.io").code == 1
    assert shop("registry", "import", *where, "--only", "gcr.io").code == 4


def test_a_pull_secret_comes_through_standard_input(shop: Commands, canary: str) -> None:
    content = base64.b64encode(json.dumps({"auths": {"ghcr.io": auth("octo", canary)}}).encode()).decode()
    secret = {
        "kind": "Secret",
        "type": "kubernetes.io/dockerconfigjson",
        "metadata": {"name": "pull", "namespace": "legacy"},
        "data": {".dockerconfigjson": content},
    }

    told = taken(shop, "--stdin", stdin=json.dumps({"kind": "List", "items": [secret]}).encode())

    assert told["ghcr.io"]["fate"] == "added"
    assert told["ghcr.io"]["source"] == "standard input, secret legacy/pull"
    assert canary.encode() not in shop.written()


def test_a_helper_is_named_before_it_is_run(
    shop: Commands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, canary: str
) -> None:
    program, ran = tmp_path / "docker-credential-fake", tmp_path / "ran"
    answer = json.dumps({"Username": "octo", "Secret": canary})
    program.write_text(f"#!/bin/sh\ntouch {ran}\necho '{answer}'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    (tmp_path / "config.json").write_text(json.dumps({"auths": {"ghcr.io": {}}, "credsStore": "fake"}))
    where = ["--file", str(tmp_path / "config.json")]

    planned = shop("registry", "import", *where)

    assert str(program) in planned.out
    assert not ran.exists()
    told = taken(shop, *where)
    assert (told["ghcr.io"]["fate"], told["ghcr.io"]["username"]) == ("added", "octo")
    again = taken(shop, *where)
    assert again["ghcr.io"]["fate"] == "there"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--file", "/nowhere/auth.json"], 4, "there is no file"),
        (["--file", "/etc/hostname"], 2, "is no file of logins"),
        (["--file", "/etc", "--stdin"], 2, "two places"),
        (["--file", "/etc"], 2, "is a folder"),
        (["--handle", "ghcr.io"], 2, "--handle"),
    ],
)
def test_bad_input_is_refused(shop: Commands, arguments: list[str], code: int, said: str) -> None:
    answer = shop("registry", "import", *arguments, "--yes")
    assert answer.code == code
    assert said in answer.err


def test_a_handle_for_a_server_that_is_not_taken_is_refused(shop: Commands, file: Path) -> None:
    answer = shop("registry", "import", "--file", str(file), "--yes", "--handle", "ghcr.io=team")
    assert answer.code == 2
    assert "no login for ghcr.io is taken" in answer.err
    assert shop.good("registry", "list", "--json").json == []


def test_the_standard_input_of_a_command_that_is_locked_in_reaches_the_registry(
    online: Operator, world: Outside, canary: str
) -> None:
    content = json.dumps({"auths": {world.registry.address: auth(USER, canary)}})

    done = online.run("registry", "import", "--stdin", "--yes", "--json", password=content)

    (one,) = done.lines
    assert (one["fate"], one["login"], one["version"]) == ("added", "accepted", 1)
    assert canary not in done.out + done.err
    assert canary.encode() not in online.written()


def test_a_token_that_the_registry_does_not_take_is_not_stored(
    online: Operator, world: Outside, tmp_path: Path, canary: str
) -> None:
    other = {"ghcr.io": auth("u", "x")}
    path = tmp_path / "auth.json"
    path.write_text(json.dumps({"auths": {world.registry.address: auth(USER, f"old-{canary}"), **other}}))

    done = online.run(
        *("registry", "import", "--file", str(path), "--only", world.registry.address, "--yes", "--json"),
        code=1,
    )

    (one,) = done.lines
    assert one["fate"] == "failed"
    assert "login rejected" in one["reason"]
    assert online.run("registry", "list", "--json").json == []


@pytest.mark.skipif(SKOPEO is None, reason="skopeo is not installed")
def test_what_skopeo_logged_in_to_is_imported_from_its_usual_place_and_deployed(
    online: Operator, world: Outside, tmp_path: Path, canary: str
) -> None:
    assert SKOPEO is not None
    online.environment["XDG_RUNTIME_DIR"] = str(tmp_path / "runtime")
    online.environment["HOME"] = str(tmp_path)
    for name in ("REGISTRY_AUTH_FILE", "DOCKER_CONFIG"):
        online.environment.pop(name, None)
    (tmp_path / "runtime").mkdir()
    command = [SKOPEO, "login", "--tls-verify=false", "--username", USER, "--password-stdin"]
    subprocess.run(
        [*command, world.registry.address],
        input=canary,
        text=True,
        check=True,
        capture_output=True,
        env=online.environment,
        timeout=60,
    )

    online.run("registry", "import", "--yes", "--handle", f"{world.registry.address}=team")
    image = f"{world.registry.address}/team/app:v1"
    online.run("container", "add", "app", "--image", image, "--registry", "team", *world.everywhere)
    online.run("deploy", "app")

    assert world.pull_secrets() == {region: {"bahriya-team-v1"} for region in world.regions}
    assert canary.encode() not in online.written()
