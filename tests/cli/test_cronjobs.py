"""Cronjobs on the command line: defined, changed, refused in words, and scheduled in regions."""

import pytest

from tests.cli.conftest import Commands
from tests.cli.outside import Outside
from tests.operator import Operator

NIGHTLY = (
    "container",
    "add",
    "nightly",
    "--image",
    "nginx:1.27",
    "--type",
    "cronjob",
    "--region",
    "helsinki-1",
)


def test_a_cronjob_shows_its_schedule(shop: Commands) -> None:
    added = shop.good(*NIGHTLY, "--schedule", "*/5  *  * * mon-fri", "--json").json
    assert (added["type"], added["schedule"]) == ("cronjob", "*/5 * * * mon-fri")
    assert (added["replicas"], added["port"]) == (1, None)
    assert "*/5 * * * mon-fri" in shop.good("container", "show", "nightly").out


def test_a_schedule_that_is_wrong_is_refused_with_its_field(shop: Commands) -> None:
    refused = shop(*NIGHTLY, "--schedule", "0 25 * * *", "--json")
    assert refused.code == 2
    assert "hour: 25 is not from 0 to 23" in refused.error["message"]
    assert shop.good("container", "list", "--json").json == []


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ([], "a cronjob needs a schedule"),
        (["--schedule", "@daily", "--replicas", "3"], "has no replicas"),
        (["--schedule", "@daily", "--port", "80"], "has no port"),
    ],
)
def test_what_a_cronjob_needs_or_cannot_have_is_said(shop: Commands, more: list[str], words: str) -> None:
    refused = shop(*NIGHTLY, *more, "--json")
    assert (refused.code, words in refused.error["message"]) == (2, True)


def test_a_container_becomes_a_cronjob_and_a_cronjob_something_else(shop: Commands) -> None:
    shop.good("container", "add", "web", "--image", "nginx:1", "--replicas", "3", "--region", "helsinki-1")
    edit = ("container", "edit", "web", "--json")
    assert shop(*edit, "--type", "cronjob").code == 2

    job = shop.good(*edit, "--type", "cronjob", "--schedule", "@hourly").json
    assert (job["type"], job["schedule"], job["replicas"], job["port"]) == ("cronjob", "@hourly", 1, None)
    assert shop.good(*edit, "--schedule", "@daily").json["schedule"] == "@daily"
    assert shop.good(*edit, "--name", "Nightly").json["schedule"] == "@daily"
    assert shop(*edit, "--replicas", "2").code == 2

    web = shop.good(*edit, "--type", "http").json
    assert (web["type"], web["schedule"], web["port"]) == ("http", None, 80)
    assert shop(*edit, "--schedule", "@daily").code == 2


def test_a_cronjob_is_deployed_rolled_back_and_terminated(online: Operator, world: Outside) -> None:
    old, *new = world.regions
    world.fleet.regions[old].cron_versions = ("v1beta1",)
    online.run(
        "container",
        "add",
        "nightly",
        "--image",
        "nginx:1.27",
        "--type",
        "cronjob",
        "--schedule",
        "0 2 * * *",
        *world.everywhere,
    )

    events = online.run("deploy", "nightly", "--json").lines

    told = {one["region"]: one["message"] for one in events if one["phase"] == "running" and one["region"]}
    assert told == dict.fromkeys(world.regions, "scheduled: 0 2 * * *")
    assert all(set(world.objects(region, "cronjobs")) == {"nightly"} for region in world.regions)
    known = {one["id"]: one["cron_api"] for one in online.run("region", "list", "--json").json}
    assert known == {old: "batch/v1beta1", **dict.fromkeys(new, "batch/v1")}

    online.run("container", "edit", "nightly", "--type", "worker")
    changed = online.run("deploy", "nightly", "--json").lines[0]["deployment"]
    online.run("deployment", "rollback", str(changed))
    shown = online.run("container", "show", "nightly", "--json").json
    assert (shown["type"], shown["schedule"]) == ("cronjob", "0 2 * * *")
    assert {one["kind"] for one in shown["placements"]} == {"CronJob"}

    online.run("container", "terminate", "nightly", "--yes")
    for kind in ("cronjobs", "deployments"):
        assert all(world.objects(region, kind) == {} for region in world.regions)
