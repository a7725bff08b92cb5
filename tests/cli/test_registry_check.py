"""`bahriya registry check` and the settings of a connection, with a real worker, openers and a registry."""

import secrets
from collections.abc import Iterator

import pytest

from tests.cli.conftest import Commands
from tests.cli.outside import USER, Outside
from tests.operator import Operator


@pytest.fixture
def connected(operator: Operator, world: Outside, canary: str) -> Iterator[Operator]:
    """Project `shop` with registry `team`, and nothing that uses it."""
    operator.run("project", "add", "shop")
    add(operator, world, "team", canary)
    yield operator
    operator.stop_worker()
    assert canary.encode() not in operator.written()


def add(operator: Operator, world: Outside, handle: str, password: str, *more: str) -> None:
    server = ["--server", world.registry.address, "--username", USER, "--password-stdin"]
    operator.run("registry", "add", handle, *server, *more, password=password)


def logins(world: Outside) -> int:
    """Count the requests that reached the registry."""
    return len(world.registry.requests)


def test_a_check_says_what_was_asked_when_and_from_where(connected: Operator, world: Outside) -> None:
    image = f"{world.registry.address}/team/app:v1"

    found = connected.run("registry", "check", "team", "--image", image, "--json").json
    shown = connected.run("registry", "check", "team", "--image", image).out

    assert set(found) == {
        "handle",
        "version",
        "at",
        "from",
        "good",
        "login",
        "reason",
        "verdict",
        "images",
        "steps",
        "limit",
        "rejected_since",
    }
    assert (found["handle"], found["version"], found["good"]) == ("team", 1, True)
    assert [one["verdict"] for one in found["images"]] == ["ok"]
    first, *_, last = shown.splitlines()
    assert first == f"registry team: {found['verdict']}"
    assert last.startswith(f"checked v1 from {found['from']} at 20")
    assert "IMAGE" in shown
    kept = connected.run("registry", "show", "team", "--json").json["check"]
    assert (kept["version"], kept["current"], kept["from"]) == (1, True, found["from"])


def test_a_rejected_token_is_sent_once_and_again_only_on_purpose(
    connected: Operator, world: Outside, canary: str
) -> None:
    world.registry.users[USER] = f"changed-{canary}"
    first = connected.run("registry", "check", "team", "--json", code=1).json
    sent = logins(world)

    again = connected.run("registry", "check", "team", "--json", code=1).json
    told = connected.run("registry", "check", "team", code=1).out

    assert logins(world) == sent
    assert (again["login"], again["rejected_since"], again["at"]) == ("rejected", first["at"], first["at"])
    assert f"v1 has been rejected since {first['at']} and was not sent again" in told
    assert "--again" in told
    world.registry.users[USER] = canary
    assert connected.run("registry", "check", "team", "--again", "--json").json["login"] == "accepted"
    assert logins(world) > sent


def test_a_new_token_is_a_new_attempt(connected: Operator, world: Outside, canary: str) -> None:
    second = f"{canary}-{secrets.token_hex(4)}"
    world.registry.users[USER] = second
    connected.run("registry", "check", "team", code=1)
    told = connected.run("registry", "rotate", "team", "--password-stdin", password=second).out
    assert "login accepted" in told
    assert connected.run("registry", "check", "team", "--json").json["version"] == 2


def test_all_registries_are_checked_each_on_a_line(
    connected: Operator, world: Outside, canary: str, closed_port: int
) -> None:
    away = ["--server", f"127.0.0.1:{closed_port}", "--username", USER, "--password-stdin", "--no-check"]
    connected.run("registry", "add", "away", *away, password=canary)

    found = {
        one["handle"]: one for one in connected.run("registry", "check", "--all", "--json", code=1).lines
    }
    assert {handle: one["login"] for handle, one in found.items()} == {
        "team": "accepted",
        "away": "not proven",
    }
    named = connected.run("registry", "check", "away", "team", code=1).out
    assert named.count("checked v1 from") == 2
    assert connected.run("registry", "check", "team", "team", "--json").lines[0]["good"]


def test_a_new_registry_is_tried_with_an_image_and_kept_only_if_that_works(
    connected: Operator, world: Outside, canary: str
) -> None:
    server = ["--server", world.registry.address, "--username", USER, "--password-stdin"]
    gone = f"{world.registry.address}/team/app:gone"
    refused = connected.run("registry", "add", "new", *server, "--image", gone, password=canary, code=1)
    assert "team/app:gone was not found" in refused.err
    assert [one["handle"] for one in connected.run("registry", "list", "--json").json] == ["team"]

    image = f"{world.registry.address}/team/app:v1"
    told = connected.run("registry", "add", "new", *server, "--image", image, password=canary).out
    assert "team/app:v1 can be pulled" in told
    assert connected.run("registry", "check", "new", "--json").json["images"] == []


def test_settings_are_shown_changed_and_kept_only_if_they_work(connected: Operator, world: Outside) -> None:
    def settings() -> tuple[object, ...]:
        shown = connected.run("registry", "show", "team", "--json").json
        return shown["plain_http"], shown["ca_file"], shown["proxy"]

    assert settings() == (False, None, None)
    told = connected.run("registry", "edit", "team", "--plain-http")
    assert "every node's container runtime has to allow it" in told.err
    assert "login accepted" in told.out
    assert settings() == (True, None, None)

    # A file with a certificate says that the registry speaks TLS, which it does not.
    refused = connected.run(
        "registry",
        "edit",
        "team",
        "--no-plain-http",
        "--ca-file",
        "/etc/ssl/certs/ca-certificates.crt",
        code=1,
    )
    assert "nothing was changed" in refused.err
    assert settings() == (True, None, None)

    proxy = ["--proxy", "http://proxy.example:3128", "--no-check"]
    assert "show the password" in connected.run("registry", "edit", "team", *proxy, code=2).err
    connected.run("registry", "edit", "team", *proxy, "--no-plain-http")
    assert settings() == (False, None, "http://proxy.example:3128")
    assert "http://proxy.example:3128" in connected.run("registry", "show", "team").out
    connected.run("registry", "edit", "team", "--no-proxy", "--no-check")
    assert settings() == (False, None, None)


def test_a_check_of_a_former_version_says_so(connected: Operator, canary: str) -> None:
    connected.run("registry", "rotate", "team", "--password-stdin", "--no-check", password=canary)
    check = connected.run("registry", "show", "team", "--json").json["check"]
    assert (check["version"], check["current"]) == (1, False)
    assert "of v1, not of the current v2" in connected.run("registry", "show", "team").out


def test_a_project_without_registries_has_nothing_to_check(bahriya: Commands) -> None:
    bahriya.good("project", "add", "shop")
    answer = bahriya.good("registry", "check", "--all")
    assert answer.out == ""
    assert "no registry" in answer.err
    assert bahriya.good("registry", "check", "--all", "--json").out == ""
