"""`bahriya image`: which registry serves an image and why, one line after another as they come."""

import json
import subprocess
import sys

from tests.cli.conftest import Commands


def add(shop: Commands, handle: str, server: str, canary: str) -> None:
    arguments = ["--server", server, "--username", "bot", "--password-stdin", "--no-check"]
    shop.good("registry", "add", handle, *arguments, stdin=canary.encode())


def test_each_image_says_why_a_registry_serves_it_or_none_does(team: Commands, canary: str) -> None:
    add(team, "ghcr", "ghcr.io", canary)
    add(team, "robots", "ghcr.io", canary)
    images = ("registry.example/api:1", "ghcr.io/acme/api", "quay.io/x", "No")

    answer = team("image", "explain", *images, "--json")

    found = [json.loads(line) for line in answer.out.splitlines()]
    assert [(one["registry"], one["why"]) for one in found] == [
        ("team", "team serves registry.example"),
        ("ghcr", "two registries are at ghcr.io: ghcr, robots; the one linked counts"),
        (None, "no registry of project shop is at quay.io; public images need none"),
        (None, None),
    ]
    assert list(found[0]) == [
        *("input", "valid", "error", "domain", "path", "tag", "digest", "normalised", "familiar"),
        *("registry", "why"),
    ]
    told = team("image", "explain", *images).out.splitlines()
    assert told[0] == "registry.example/api:1  registry: team (team serves registry.example)"
    assert "registry: - (no registry of project shop is at quay.io" in told[2]


def test_without_a_project_to_look_in_the_reason_is_that(bahriya: Commands) -> None:
    assert "no project yet" in bahriya.good("image", "explain", "nginx:1").out
    bahriya.good("project", "add", "shop")
    bahriya.good("project", "add", "office")
    found = bahriya.good("image", "explain", "nginx:1", "--json").json
    assert (found["registry"], found["why"][:44]) == (None, "it is not clear which project is meant: add ")
    assert "office, shop" in found["why"]


def test_bytes_that_are_no_text_are_one_invalid_line_among_others(shop: Commands) -> None:
    answer = shop("image", "explain", "--stdin", "--json", stdin=b"nginx:1\r\n\xff\xfe\n\nredis:7")

    found = [json.loads(line) for line in answer.out.splitlines()]
    assert answer.code == 1
    assert [(one["input"], one["valid"]) for one in found] == [
        ("nginx:1", True),
        ("\\xff\\xfe", False),
        ("", False),
        ("redis:7", True),
    ]


def test_a_line_is_answered_before_the_next_one_comes(shop: Commands) -> None:
    command = [sys.executable, "-m", "bahriya_tui", "image", "explain", "--stdin", "--json"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        for image in ("nginx:1", "quay.io/acme/api:2"):
            running.stdin.write(f"{image}\n")
            running.stdin.flush()
            assert json.loads(running.stdout.readline())["input"] == image
        running.stdin.close()
        assert running.wait(60) == 0


def test_a_key_is_taken_as_given(bahriya: Commands) -> None:
    keys = {
        "https://ghcr.io/v2": False,
        "https://ghcr.io/v2/": True,
        "GHCR.io": False,
        "ghcr.io:443": False,
        "ghcr.io/acme": True,
        "*.io": True,
        "": False,
    }
    for key, matches in keys.items():
        found = bahriya.good("image", "match", "--server", key, "ghcr.io/acme/api:1", "--json").json
        assert found == {"image": "ghcr.io/acme/api:1", "server": key, "matches": matches}
