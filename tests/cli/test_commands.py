"""The nouns: what is added can be listed, shown, changed and deleted, in words and in JSON."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from bahriya_tui.model.container import AppliedSecret
from bahriya_tui.operations.session import Session, open_session
from bahriya_tui.store import deployments, registries, secrets
from tests.cli.conftest import Commands
from tests.cli.outside import Outside
from tests.operations.conftest import end
from tests.operator import Operator

SERVER = ("--server", "ghcr.io", "--username", "bot", "--no-check")


def test_a_project_comes_and_goes(bahriya: Commands) -> None:
    added = bahriya.good("project", "add", "shop", "--name", "The shop", "--json").json
    assert (added["handle"], added["name"]) == ("shop", "The shop")
    assert [one["handle"] for one in bahriya.good("project", "list", "--json").json] == ["shop"]
    assert "The shop" in bahriya.good("project", "list").out
    assert bahriya.good("project", "show", "shop", "--json").json["registries"] == []
    assert bahriya.good("project", "delete", "shop", "--yes", "--json").json["deleted"] is True
    assert bahriya.good("project", "list", "--json").json == []


def test_a_registry_is_shown_without_anything_secret(team: Commands, canary: str) -> None:
    team.good(
        "container",
        "add",
        "api",
        "--image",
        "registry.example/api:1",
        "--registry",
        "team",
        "--region",
        "helsinki-1",
    )

    shown = team.good("registry", "show", "team", "--json")

    found = shown.json
    assert found["handle"] == "team"
    assert found["project"] == "shop"
    assert found["server"] == "registry.example"
    assert found["username"] == "bot"
    assert found["version"] == 1
    assert found["expires"] is None
    assert found["check"] is None
    assert found["used_by"] == ["api"]
    assert [version["state"] for version in found["versions"]] == ["current"]
    text = team.good("registry", "show", "team").out + team.good("registry", "list").out
    listed = team.good("registry", "list", "--json")
    assert listed.json[0]["used_by"] == ["api"]
    assert canary not in shown.out + text + listed.out
    assert "sealed" not in found


@pytest.mark.parametrize("way", ["stdin", "file", "command"])
def test_a_token_is_sealed_whichever_way_it_comes(
    shop: Commands, canary: str, tmp_path: Path, way: str
) -> None:
    secret = tmp_path / "token"
    secret.write_text(f"{canary}\n")
    sources = {
        "stdin": ["--password-stdin"],
        "file": ["--password-file", str(secret)],
        "command": ["--password-command", f"cat {secret}"],
    }

    added = shop.good(
        "registry", "add", "ghcr", *SERVER, *sources[way], "--json", stdin=f"{canary}\n".encode()
    )

    assert added.json["version"] == 1
    assert canary not in added.out + added.err
    assert canary.encode() not in shop.written()


def test_repairs_of_the_server_are_told(shop: Commands) -> None:
    arguments = ("--username", "bot", "--no-check", "--password-stdin")

    answer = shop.good(
        "registry", "add", "hub", "--server", "https://index.docker.io/v1/", *arguments, stdin=b"x"
    )

    assert "docker.io" in answer.err
    assert all(line.startswith("note: ") for line in answer.err.splitlines())
    assert shop.good("registry", "show", "hub", "--json").json["server"] == "docker.io"


def test_a_rotation_makes_the_next_version_and_forgets_the_old_expiry(team: Commands, canary: str) -> None:
    team.good("registry", "edit", "team", "--expires", "2027-01-31")

    rotated = team.good(
        "registry", "rotate", "team", "--password-stdin", "--no-check", "--json", stdin=b"new"
    )

    assert (rotated.json["version"], rotated.json["expires"]) == (2, None)
    assert "2027-01-31" in rotated.json["notes"][0]
    assert canary.encode() != b"new"


def test_another_user_name_is_a_new_version(team: Commands) -> None:
    arguments = ("--username", "other", "--password-stdin", "--no-check", "--json")

    team.good("registry", "edit", "team", "--expires", "2031-01-31")
    edited = team.good("registry", "edit", "team", *arguments, stdin=b"token").json

    assert (edited["username"], edited["version"], edited["expires"]) == ("other", 2, None)
    assert "2031-01-31 belonged to the old token" in edited["notes"][0]
    dated = ("--expires", "2032-01-31")
    again = team.good("registry", "edit", "team", *arguments, *dated, stdin=b"token").json
    assert (again["version"], again["expires"], again["notes"]) == (3, "2032-01-31", [])


def test_another_user_name_without_its_token_drops_no_version(team: Commands) -> None:
    team.good("registry", "rotate", "team", "--password-stdin", "--no-check", stdin=b"new")
    before = team.stored()

    refused = team("registry", "edit", "team", "--username", "other", "--max-versions", "1", "--no-input")

    assert refused.code == 2
    assert "another server or user name needs the token again" in refused.err
    assert "--password-stdin" in refused.err
    assert team.stored() == before
    arguments = ("--username", "other", "--max-versions", "1", "--password-stdin", "--no-check")
    team.good("registry", "edit", "team", *arguments, stdin=b"token")
    versions = team.good("registry", "show", "team", "--json").json["versions"]
    assert [one["version"] for one in versions if one["state"] in ("current", "previous")] == [3]


def test_a_container_is_defined_changed_and_deleted(team: Commands) -> None:
    image = ("--image", "registry.example/web:1")
    regions = ("--region", "falkenstein-1", "--region", "helsinki-1")
    env = ("--env", "A=1", "--env", "B=x=y")
    added = team.good("container", "add", "web", *image, *regions, *env, "--registry", "team", "--json").json
    assert (added["type"], added["port"], added["replicas"]) == ("http", 80, 1)
    assert added["env"] == {"A": "1", "B": "x=y"}
    assert added["regions"] == ["falkenstein-1", "helsinki-1"]

    edit = ("container", "edit", "web", "--env", "A=2", "--unset", "B", "--region", "helsinki-1", "--json")
    edited = team.good(*edit).json
    assert (edited["env"], edited["regions"], edited["registry"]) == ({"A": "2"}, ["helsinki-1"], "team")

    assert team.good("container", "unlink", "web", "--json").json["registry"] is None
    assert team.good("container", "link", "web", "team", "--json").json["registry"] == "team"
    assert team.good("registry", "unlink", "team", "--json").json["unlinked"] == ["web"]
    assert team.good("container", "show", "web", "--json").json["placements"] == []
    team.good("container", "delete", "web", "--yes")
    assert team.good("container", "list", "--json").json == []


def test_a_deletion_names_every_container_and_says_how_to_go_on(team: Commands) -> None:
    for handle in ("api", "web"):
        team.good(
            "container", "add", handle, "--image", "nginx:1", "--registry", "team", "--region", "helsinki-1"
        )

    refused = team("registry", "delete", "team", "--yes")

    assert refused.code == 3
    assert "api, web" in refused.err
    assert "--unlink" in refused.err
    deleted = team.good("registry", "delete", "team", "--unlink", "--yes", "--json").json
    assert (deleted["unlinked"], deleted["pending_removals"]) == (["api", "web"], [])


def test_a_container_whose_registry_was_deleted_says_so(team: Commands) -> None:
    team.good("container", "add", "api", "--image", "nginx:1", "--registry", "team", "--region", "helsinki-1")
    team.good("registry", "delete", "team", "--force", "--yes")

    shown = team.good("container", "show", "api", "--json")
    assert (shown.json["registry"], shown.json["registry_missing"]) == ("team", True)
    assert "was deleted" in team.good("container", "show", "api").err
    assert "  team (missing)  " in team.good("container", "list").out
    assert team.good("container", "list", "--json").json[0]["registry"] == "team"


def test_unlinking_says_what_was_not_linked_and_which_init_job_still_is(team: Commands) -> None:
    job = ("--init", "migrate=registry.example/tool:1", "--init-registry", "migrate=team")
    team.good("container", "add", "api", "--image", "nginx:1", *job, "--region", "helsinki-1")

    told = team.good("container", "unlink", "api")

    assert told.out == "container api was not linked to a registry\n"
    assert "init job migrate of container api still pulls with registry team" in told.err
    edit = ("container", "edit", "api", "--init-registry", "migrate=")
    assert f"bahriya {' '.join(edit)}" in told.err
    team.good(*edit)
    assert team.good("container", "unlink", "api").err == ""
    team.good("registry", "delete", "team", "--yes")


def test_only_the_newest_deployment_of_a_container_is_said_to_be_tried_again(
    team: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Session, "wake_worker", lambda _: True)
    team.good("container", "add", "web", "--image", "nginx:1", "--region", "helsinki-1")
    for number in (1, 2):
        team.good("deploy", "web", "--no-wait")
        with open_session() as session:
            end(session, deployments.get(session.connection, number), helsinki_1="failed")

    former, newest = (team("deployment", "watch", number, "--json") for number in ("1", "2"))

    assert former.code == newest.code == 1
    assert "bahriya deployment retry 2" in newest.error["hint"]
    assert "deployment 2 of web is newer" in former.error["hint"]
    assert "retry" not in former.error["hint"]


def test_a_region_that_is_gone_for_good_is_given_up_with_what_is_in_it(team: Commands) -> None:
    lost = "helsinki-1"
    team.good("container", "add", "web", "--image", "nginx:1", "--region", lost, "--region", "falkenstein-1")
    with open_session() as session, session.store.write() as tx:
        registry = registries.get(tx.conn, "shop", "team")
        secrets.note(tx, AppliedSecret("shop", lost, "bahriya-team-v1", registry.id, "team", 1, "uid"))
    assert "--forget" not in team("region", "delete", lost, "--yes").err
    assert team("region", "check", lost).code == 1
    refused = team("region", "delete", lost, "--yes")
    assert (refused.code, f"bahriya region delete {lost} --forget" in refused.err) == (3, True)
    assert team("region", "delete", lost, "--forget", "--no-input").code == 2

    done = team.good("region", "delete", lost, "--forget", "--yes", "--json")

    assert done.json == {"id": lost, "deleted": True}
    assert "bahriya-team-v1 of project shop may still be in that cluster" in done.err
    assert team.good("container", "show", "web", "--json").json["regions"] == ["falkenstein-1"]
    (entry,) = team.good("audit", "list", "--registry", "team", "--json").json[:1]
    assert (entry["action"], entry["regions"], entry["versions"]) == ("region.forgotten", [lost], [1])
    alone = team("region", "delete", "falkenstein-1", "--forget", "--yes")
    assert (alone.code, "without another region shop/web" in alone.err) == (3, True)


def test_contexts_become_regions(bahriya: Commands, kubeconfig: Callable[..., str]) -> None:
    path = kubeconfig("falkenstein-1", "admin@Cluster", "helsinki-1")

    refused = bahriya("region", "import", "--kubeconfig", path)
    assert refused.code == 2
    taken = bahriya.good("region", "import", "--kubeconfig", path, "--yes", "--json")

    assert [one["id"] for one in taken.json] == ["falkenstein-1", "helsinki-1"]
    assert "admin@Cluster" in taken.err
    assert taken.json[0]["kubeconfig"] == path
    assert bahriya.good("region", "import", "--kubeconfig", path, "--yes", "--json").json == []
    added = bahriya.good(
        "region", "add", "admin", "--context", "admin@Cluster", "--kubeconfig", path, "--json"
    )
    assert added.json["context"] == "admin@Cluster"
    assert bahriya("region", "check", "admin").code == 1, "nothing listens there"
    bahriya.good("region", "delete", "admin", "--yes")
    text = bahriya.good("region", "list").out
    assert "falkenstein-1" in text
    assert b"not-shown-anywhere" not in bahriya.written()


def test_a_cluster_is_one_region(bahriya: Commands, kubeconfig: Callable[..., str]) -> None:
    path = Path(kubeconfig("helsinki-1", "twin-1", "virginia-1"))
    path.write_text(path.read_text().replace("127.0.0.1:6444", "127.0.0.1:6443/"))

    taken = bahriya.good("region", "import", "--kubeconfig", str(path), "--yes", "--json")
    assert [one["id"] for one in taken.json] == ["helsinki-1", "virginia-1"]
    assert "twin-1: leads to the same API server as region helsinki-1" in taken.err
    before = bahriya.stored()
    refused = bahriya("region", "add", "other", "--context", "twin-1", "--kubeconfig", str(path), "--json")

    assert refused.code == 2
    assert "same cluster as region helsinki-1" in refused.error["message"]
    assert bahriya.stored() == before


def test_a_context_that_does_not_exist_ends_with_4(bahriya: Commands, kubeconfig: Callable[..., str]) -> None:
    answer = bahriya("region", "add", "x-1", "--context", "nope", "--kubeconfig", kubeconfig("a", "b"))

    assert answer.code == 4
    assert "a, b" in answer.err
    assert bahriya.good("region", "list", "--json").json == []


def test_the_kubeconfig_of_the_environment_is_the_default(
    bahriya: Commands, kubeconfig: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBECONFIG", f"{kubeconfig('helsinki-1')}:/other")

    assert bahriya.good("region", "import", "--yes", "--json").json[0]["id"] == "helsinki-1"


def test_a_region_that_leads_elsewhere_is_noticed(bahriya: Commands, kubeconfig: Callable[..., str]) -> None:
    path = Path(kubeconfig("helsinki-1"))
    bahriya.good("region", "import", "--kubeconfig", str(path), "--yes")
    path.write_text(path.read_text().replace("127.0.0.1", "127.0.0.2"))

    answer = bahriya("region", "check", "helsinki-1")

    assert answer.code == 1
    assert "another server" in answer.out


def test_a_region_whose_kubeconfig_is_gone_does_not_keep_others_from_being_checked(
    operator: Operator, world: Outside, tmp_path: Path
) -> None:
    lost, *others = world.regions
    gone = tmp_path / "gone"
    gone.write_bytes(world.kubeconfig.read_bytes())
    gone.chmod(0o600)
    operator.run("region", "add", lost, "--kubeconfig", str(gone), "--context", lost)
    operator.run("region", "import", "--kubeconfig", str(world.kubeconfig), "--yes")
    gone.unlink()

    checked = operator.run("region", "check", "--json", code=1)

    found = {one["id"]: one for one in json.loads(checked.out)}
    assert {id_: one["status"] for id_, one in found.items()} == {
        lost: "unreachable",
        **dict.fromkeys(others, "active"),
    }
    assert f"kubeconfig {gone} cannot be read" in found[lost]["last_error"]
    hint = json.loads(checked.err)["error"]["hint"]
    assert f"bahriya region edit {lost} --kubeconfig F" in hint
    operator.run("region", "edit", lost, "--kubeconfig", str(world.kubeconfig))
    operator.run("region", "check")


def test_images_are_explained_line_by_line(team: Commands) -> None:
    answer = team("image", "explain", "registry.example/api:1", "nginx", "Nginx:1", "--json")

    assert answer.code == 1
    private, public, invalid = (json.loads(line) for line in answer.out.splitlines())
    assert (private["registry"], private["tag"]) == ("team", "1")
    assert (public["normalised"], public["registry"]) == ("docker.io/library/nginx", None)
    assert (invalid["valid"], invalid["domain"]) == (False, None)
    assert "capital" in invalid["error"]


def test_images_are_explained_without_any_project(bahriya: Commands) -> None:
    assert json.loads(bahriya.good("image", "explain", "nginx:1", "--json").out)["registry"] is None


def test_a_key_matches_as_the_kubelet_decides(bahriya: Commands) -> None:
    answer = bahriya.good(
        "image", "match", "--server", "*.example.com", "a.example.com/x:1", "b/x:1", "--json"
    )

    assert [json.loads(line)["matches"] for line in answer.out.splitlines()] == [True, False]


def test_names_from_outside_are_shown_and_never_obeyed(shop: Commands) -> None:
    name = "[red]x[/]\x1b[31m\u202eevil\nline"
    shop.good("project", "add", "bank", "--name", name)

    answer = shop.good("project", "list")

    assert "[red]x[/]\\x1b[31m\\u202eevil\\nline" in answer.out
    assert len(answer.out.splitlines()) == 3
    listed = shop.good("project", "list", "--json")
    assert listed.json[0]["name"] == name
    assert listed.out.isascii()


def test_no_worker_is_no_error(bahriya: Commands) -> None:
    assert bahriya.good("worker", "status", "--json").json == {
        "running": False,
        "pid": None,
        "next_work": None,
    }
    assert bahriya.good("worker", "stop", "--json").json == {"stopped": False}


def test_every_command_takes_the_common_options(bahriya: Commands) -> None:
    from bahriya_tui.cli import COMMANDS
    from bahriya_tui.cli import bahriya as root

    for name in COMMANDS:
        command = root.get_command(None, name)  # type: ignore[arg-type]
        leaves = getattr(command, "commands", {name: command})
        for leaf in leaves.values():
            options = {option for parameter in leaf.params for option in parameter.opts}
            assert {"--project", "--json", "--yes", "--no-input"} <= options, leaf.name
            assert "--password" not in options
    for line in bahriya.good("--help").out.splitlines():
        assert len(line) <= 80


def test_a_region_that_moved_takes_its_new_place_after_a_confirmation(
    bahriya: Commands, kubeconfig: Callable[..., str]
) -> None:
    path = Path(kubeconfig("helsinki-1"))
    before = bahriya.good("region", "import", "--kubeconfig", str(path), "--yes", "--json").json[0]["server"]
    path.write_text(path.read_text().replace("127.0.0.1", "127.0.0.2"))

    assert bahriya("region", "edit", "helsinki-1", "--context", "helsinki-1").code == 2
    assert bahriya.good("region", "show", "helsinki-1", "--json").json["server"] == before
    moved = bahriya.good("region", "edit", "helsinki-1", "--context", "helsinki-1", "--yes", "--json").json

    assert moved["server"] == before.replace("127.0.0.1", "127.0.0.2")


def test_a_login_in_a_kubeconfigs_server_never_reaches_the_store(
    bahriya: Commands, kubeconfig: Callable[..., str], canary: str
) -> None:
    path = Path(kubeconfig("helsinki-1"))
    text = path.read_text()
    at = text.index("https://") + len("https://")
    path.write_text(f"{text[:at]}admin:{canary}@{text[at:]}")

    bahriya("region", "import", "--kubeconfig", str(path), "--yes")
    assert bahriya("region", "add", "x-1", "--context", "helsinki-1", "--kubeconfig", str(path)).code == 2

    assert canary.encode() not in bahriya.written()


def test_a_registry_that_would_serve_what_is_linked_to_none_is_named(team: Commands) -> None:
    server = team.good("registry", "show", "team", "--json").json["server"]
    arguments = ("container", "add", "api", "--region", "falkenstein-1", "--image")
    added = team.good(*arguments, f"{server}/api:1")
    assert "note: team serves its image and is not linked" in added.err
    assert "bahriya container link api team" in added.err
    assert team.good("container", "edit", "api", "--image", "nginx:1.27").err == ""
    assert "not linked" not in team.good("container", "link", "api", "team").err
