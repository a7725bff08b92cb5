"""Init jobs on the command line, from their definition to the pods in embedded regions."""

import pytest

from tests.cli.conftest import Commands
from tests.cli.outside import Outside
from tests.operator import Operator

ADD = ("container", "add", "api", "--image", "nginx:1", "--region", "helsinki-1")
JOB = (
    "--init",
    "migrate=nginx:1",
    "--init-registry",
    "migrate=team",
    "--init-command",
    "migrate=run 'it all'",
)


def test_init_jobs_are_defined_changed_and_removed(team: Commands) -> None:
    (job,) = team.good(*ADD, *JOB, "--json").json["init_jobs"]
    assert job == {
        "name": "migrate",
        "image": "nginx:1",
        "command": ["run", "it all"],
        "registry": "team",
        "registry_missing": False,
    }
    assert team.good("registry", "show", "team", "--json").json["used_by"] == ["api"]
    edit = ("container", "edit", "api", "--json")
    first, second = team.good(*edit, "--init", "seed=redis:7", "--init", "migrate=nginx:2").json["init_jobs"]
    assert (first["name"], first["image"], first["registry"]) == ("migrate", "nginx:2", "team")
    assert (second["name"], second["image"]) == ("seed", "redis:7")
    (left,) = team.good(*edit, "--no-init", "seed", "--init-registry", "migrate=").json["init_jobs"]
    assert left["registry"] is None


@pytest.mark.parametrize(
    ("code", "more", "words"),
    [
        (2, ("--init", "migrate"), "--init 'migrate' names no init job"),
        (2, ("--init", "a=nginx:1", "--init", "a=nginx:2"), "--init is given twice for init job 'a'"),
        (2, ("--init", "a=nginx"), "nginx"),
        (2, ("--init-registry", "a=team"), "has no init job 'a' yet"),
        (4, ("--init", "a=nginx:1", "--init-registry", "a=nope"), 'no registry "nope"'),
    ],
)
def test_a_wrong_init_job_is_refused_in_words_and_nothing_is_added(
    team: Commands, code: int, more: tuple[str, ...], words: str
) -> None:
    refused = team(*ADD, *more, "--json")
    assert refused.code == code
    assert words in refused.error["message"]
    assert team.good("container", "list", "--json").json == []


def test_a_registry_that_an_init_job_uses_is_not_deleted(team: Commands) -> None:
    team.good(*ADD, *JOB)
    refused = team("registry", "delete", "team", "--yes", "--json")
    assert refused.code == 3
    assert "init job migrate of container api" in refused.error["message"]
    gone = team.good("registry", "delete", "team", "--force", "--yes", "--no-wait", "--json").json
    assert gone["left_without"] == ["api"]
    assert "init job migrate was deleted" in team.good("container", "show", "api").err


def test_an_init_job_of_another_account_runs_in_every_region(
    online: Operator, world: Outside, canary: str
) -> None:
    second = f"second-{canary}"
    oci = world.registry
    oci.users["migrator"] = second
    oci.private["team/migrate"] = ["v1"]
    oci.grants.update(bot={"team/app"}, migrator={"team/migrate"})
    for handle, user, password in (("team", "bot", canary), ("jobs", "migrator", second)):
        server = ["--server", oci.address, "--username", user, "--password-stdin"]
        online.run("registry", "add", handle, *server, password=password)
    image, job = f"{oci.address}/team/app:v1", f"migrate={oci.address}/team/migrate:v1"
    define = ("container", "add", "app", "--image", image, "--registry", "team", *world.everywhere)
    online.run(*define, "--init", job, "--init-registry", "migrate=jobs")

    online.run("deploy", "app")

    both = {"bahriya-team-v1", "bahriya-jobs-v1"}
    assert world.pull_secrets() == dict.fromkeys(world.regions, both)
    for region in world.regions:
        (pod,) = world.objects(region, "pods").values()
        assert pod["status"]["phase"] == "Running"
        assert pod["status"]["initContainerStatuses"][0]["state"]["terminated"]["exitCode"] == 0
    (deployment,) = online.run("deployment", "list", "--json").json
    (told,) = deployment["init_jobs"]
    assert (told["name"], told["registry"], told["version"]) == ("migrate", "jobs", 1)
    placed = online.run("container", "show", "app", "--json").json["placements"]
    assert {tuple(one["init_secrets"]) for one in placed} == {("bahriya-jobs-v1",)}
    checked = online.run("registry", "check", "jobs", "--json").json
    assert [one["verdict"] for one in checked["images"]] == ["ok"]

    online.run("registry", "delete", "jobs", "--unlink", "--yes")
    assert world.pull_secrets() == {key: {"bahriya-team-v1"} for key in world.regions}
    online.stop_worker()
    assert second.encode() not in online.written()
