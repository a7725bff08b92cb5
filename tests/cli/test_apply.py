"""What a file declares is made so, once; what there is comes out as such a file."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bahriya_tui.model.declared import read
from bahriya_tui.model.errors import BadInput
from tests.cli.conftest import Commands
from tests.cli.outside import USER, Outside
from tests.operator import Operator


def declared(world: Outside) -> dict[str, Any]:
    """A file as an operator writes it."""
    image = f"{world.registry.address}/team/app:v1"
    regions = [{"id": one, "context": one, "kubeconfig": str(world.kubeconfig)} for one in world.regions]
    registry = {"handle": "team", "server": world.registry.address, "username": USER, "expires": "2027-01-31"}
    init = {"name": "migrate", "image": image, "command": "sh -c 'echo hello'", "registry": "team"}
    app = {"handle": "app", "image": image, "registry": "team", "regions": world.regions, "init_jobs": [init]}
    web = {
        "handle": "web",
        "image": "nginx:1.27",
        "regions": world.regions[:1],
        "env": {"A": "1"},
        "port": 8080,
    }
    return {
        "version": 1,
        "regions": regions,
        "projects": [{"handle": "shop", "registries": [registry], "containers": [app, web]}],
    }


def test_a_file_becomes_an_installation(
    operator: Operator, world: Outside, tmp_path: Path, canary: str
) -> None:
    file = tmp_path / "shop.yaml"
    file.write_text(yaml.safe_dump(declared(world)))

    planned = operator.run("apply", "-f", str(file), "--dry-run", "--json", code=1).lines
    assert operator.run("project", "list", "--json").json == []
    done = operator.run("apply", "-f", str(file), "--json", code=1).lines

    assert done == planned
    told = [(one["action"], one["kind"], one["name"]) for one in done]
    assert told == [
        *(("add", "region", one) for one in world.regions),
        ("add", "project", "shop"),
        ("add", "registry", "team"),
        ("wait", "registry", "team"),
        ("wait", "container", "app"),
        ("add", "container", "web"),
    ]
    assert "bahriya registry rotate team" in done[5]["why"]

    dated = ["--expires", "2027-01-31", "--password-stdin"]
    operator.run("registry", "rotate", "team", *dated, password=canary)
    (left,) = operator.run("apply", "-f", str(file), "--json").lines
    assert (left["action"], left["name"]) == ("add", "app")
    assert operator.run("apply", "-f", str(file)).out == "all is as declared\n"
    operator.run("deploy", "app")
    exported = operator.run("export").out
    assert canary not in exported
    file.write_text(exported)
    assert operator.run("apply", "-f", str(file)).out == "all is as declared\n"


def test_what_differs_is_shown_and_changed(shop: Commands) -> None:
    where = ["--region", "helsinki-1", "--region", "falkenstein-1"]
    shop.good("container", "add", "web", "--image", "nginx:1.27", *where, "--env", "A=1", "--env", "B=2")
    document = yaml.safe_load(shop.good("export").out)
    (web,) = document["projects"][0]["containers"]
    assert web == {
        "handle": "web",
        "image": "nginx:1.27",
        "regions": ["helsinki-1", "falkenstein-1"],
        "port": 80,
        "env": {"A": "1", "B": "2"},
    }
    web["regions"].reverse()
    assert (
        shop.good("apply", "-f", "-", stdin=yaml.safe_dump(document).encode()).out == "all is as declared\n"
    )
    web["image"], web["replicas"] = "nginx:1.28", 3
    changed = shop.good("apply", "-f", "-", stdin=yaml.safe_dump(document).encode()).out
    assert changed == "~ container web of project shop: image: nginx:1.27 -> nginx:1.28, replicas: 1 -> 3\n"
    found = shop.good("container", "show", "web", "--json").json
    assert (found["image"], found["replicas"], found["env"]) == ("nginx:1.28", 3, {"A": "1", "B": "2"})


def test_a_link_to_a_registry_that_was_deleted_is_not_as_declared(team: Commands, canary: str) -> None:
    image, where = "registry.example/api:1", ["--region", "helsinki-1"]
    job = ["--init", f"migrate={image}", "--init-registry", "migrate=team"]
    team.good("container", "add", "api", "--image", image, "--registry", "team", *job, *where)
    whole = team.good("export").out.encode()
    team.good("registry", "delete", "team", "--force", "--yes")

    left = team.good("export")

    (api,) = yaml.safe_load(left.out)["projects"][0]["containers"]
    assert "registry" not in api
    assert api["init_jobs"] == [{"name": "migrate", "image": image}]
    assert "left out of container api: registry team was deleted" in left.err
    assert "left out of container api: registry team of init job migrate was deleted" in left.err
    unlinked = team("apply", "-f", "-", "--dry-run", stdin=left.out.encode())
    assert (unlinked.code, "registry: team (missing) -> none" in unlinked.out) == (1, True)

    server = ["--server", "registry.example", "--username", "bot", "--password-stdin", "--no-check"]
    team.good("registry", "add", "team", *server, stdin=canary.encode())
    assert "registry: team (missing) -> team" in team.good("apply", "-f", "-", stdin=whole).out
    found = team.good("container", "show", "api", "--json").json
    assert (found["registry_missing"], found["init_jobs"][0]["registry_missing"]) == (False, False)
    assert team.good("apply", "-f", "-", stdin=whole).out == "all is as declared\n"
    assert team.good("export").out.encode() == whole


def test_another_server_needs_its_token(team: Commands) -> None:
    document = yaml.safe_load(team.good("export").out)
    document["projects"][0]["registries"][0]["server"] = "ghcr.io"
    waiting = team("apply", "-f", "-", "--json", stdin=yaml.safe_dump(document).encode())
    assert waiting.code == 1
    assert "bahriya registry edit team --server ghcr.io" in waiting.json["why"]
    assert team.good("registry", "show", "team", "--json").json["server"] == "registry.example"


def test_the_way_to_a_registry_is_declared_too(team: Commands) -> None:
    document = yaml.safe_load(team.good("export").out)
    registry = document["projects"][0]["registries"][0]
    authority = team.home / "ca.pem"
    authority.write_text("certificates")
    registry |= {"ca_file": str(authority), "proxy": "http://127.0.0.1:1"}
    new = {**registry, "handle": "other"}
    document["projects"][0]["registries"] = [new]
    assert team("apply", "-f", "-", stdin=yaml.safe_dump(document).encode()).code == 1
    shown = team.good("registry", "show", "other", "--json").json
    assert (shown["ca_file"], shown["proxy"]) == (str(authority), "http://127.0.0.1:1")
    exported = yaml.safe_load(team.good("export").out)["projects"][0]["registries"]
    assert new in exported


@pytest.mark.parametrize("handle", ["team", "other"])
def test_a_file_in_the_home_of_nobody_is_said_to_be_missing(team: Commands, handle: str) -> None:
    document = yaml.safe_load(team.good("export").out)
    registry = {**document["projects"][0]["registries"][0], "handle": handle}
    document["projects"][0]["registries"] = [{**registry, "ca_file": "~nobody-of-that-name/ca.pem"}]
    refused = team("apply", "-f", "-", "--json", stdin=yaml.safe_dump(document).encode())
    assert (refused.code, refused.error["message"]) == (4, "there is no CA file ~nobody-of-that-name/ca.pem")


def test_a_protected_region_is_named_before_anything_is_done(shop: Commands) -> None:
    where = ["--region", "helsinki-1", "--region", "falkenstein-1"]
    shop.good("container", "add", "web", "--image", "nginx:1.27", *where)
    shop.good("region", "edit", "helsinki-1", "--protected")
    document = yaml.safe_load(shop.good("export").out)
    project = document["projects"][0]
    project["containers"][0]["regions"] = ["falkenstein-1"]
    project["containers"].insert(0, {"handle": "new", "image": "nginx:1.27", "regions": ["helsinki-1"]})
    file, before = yaml.safe_dump(document).encode(), shop.stored()
    assert shop("apply", "-f", "-", stdin=file).code == 3
    assert shop.stored() == before
    shop.good("apply", "-f", "-", "--protected", "helsinki-1", stdin=file)
    assert shop.good("container", "show", "web", "--json").json["regions"] == ["falkenstein-1"]


def test_what_waits_for_a_token_touches_no_protected_region(shop: Commands) -> None:
    where = ["--region", "helsinki-1", "--region", "falkenstein-1"]
    shop.good("container", "add", "web", "--image", "ghcr.io/acme/web:1", *where)
    shop.good("region", "edit", "helsinki-1", "--protected")
    document = yaml.safe_load(shop.good("export").out)
    (project,) = document["projects"]
    project["registries"] = [{"handle": "new", "server": "ghcr.io", "username": "bot"}]
    project["containers"][0] |= {"regions": ["falkenstein-1"], "registry": "new"}
    waiting = shop("apply", "-f", "-", stdin=yaml.safe_dump(document).encode())
    assert waiting.code == 1
    assert "bahriya registry rotate new" in waiting.out
    assert set(shop.good("container", "show", "web", "--json").json["regions"]) == set(where[1::2])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"version": 2}, "not of version 1"),
        ({"regoins": []}, "unknown field 'regoins'"),
        ({"regions": {"id": "a"}}, "regions is no list"),
        ({"regions": [{"id": "a-1"}]}, "regions[0] is not complete"),
        ({"projects": [{"handle": "shop"}, {"handle": "shop"}]}, "shop is declared twice"),
        ({"projects": [{"handle": "Shop"}]}, "Shop"),
        (
            {"projects": [{"handle": "shop", "registries": [{"handle": "r", "password": "x"}]}]},
            "holds a password",
        ),
        (
            {"projects": [{"handle": "shop", "containers": [{"handle": "c", "image": "nginx"}]}]},
            "no tag or digest",
        ),
        (
            {
                "projects": [
                    {"handle": "shop", "containers": [{"handle": "c", "image": "n:1", "replicas": "3"}]}
                ]
            },
            "replicas is no int",
        ),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_done(
    shop: Commands, change: dict[str, Any], words: str
) -> None:
    before = shop.stored()
    refused = shop("apply", "-f", "-", "--json", stdin=json.dumps({"version": 1, **change}).encode())
    assert refused.code == 2
    assert words in refused.error["message"]
    assert shop.stored() == before


def test_a_name_that_is_nowhere_is_said(shop: Commands) -> None:
    container = {"handle": "c", "image": "nginx:1", "regions": ["nowhere-1"]}
    document = {"version": 1, "projects": [{"handle": "shop", "containers": [container]}]}
    refused = shop("apply", "-f", "-", "--json", stdin=json.dumps(document).encode())
    assert refused.code == 4
    assert "nowhere-1" in refused.error["message"]


def test_files_that_nobody_named_are_not_read(operator: Operator, tmp_path: Path) -> None:
    assert operator.start("apply", "-f", str(tmp_path / "none.yaml")).code == 4
    (tmp_path / "bad.yaml").write_text("a: [")
    refused = operator.start("apply", "-f", str(tmp_path / "bad.yaml"))
    assert (refused.code, "line" in refused.err) == (2, True)


_scalars = st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.dates()
_names = st.sampled_from(
    ["version", "regions", "projects", "handle", "id", "context", "image", "env", "registries"]
)
_documents = st.recursive(
    _scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_names, inner, max_size=5),
    max_leaves=20,
)


@given(_documents)
def test_whatever_a_file_holds_is_read_or_refused(document: Any) -> None:
    with suppress(BadInput):
        read({"version": 1, **document} if isinstance(document, dict) else document)
