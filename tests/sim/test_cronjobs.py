"""CronJobs of embedded regions: served in the versions that a release serves, refused when they are wrong."""

from pathlib import Path
from typing import Any

import pytest

from bahriya_tui.sim.fleet import Fleet
from bahriya_tui.sim.region import Region
from tests.sim.client import Client, Json
from tests.sim.test_kubectl import Shell

AT = "/apis/batch/{}/namespaces/default/cronjobs"


def cronjob(version: str = "v1", **spec: Any) -> Json:
    pod = {"restartPolicy": "Never", "containers": [{"name": "app", "image": "nginx:1.27"}]}
    template = {"spec": {"template": {"spec": pod}}}
    return {
        "apiVersion": f"batch/{version}",
        "kind": "CronJob",
        "metadata": {"name": "nightly"},
        "spec": {"schedule": "0 2 * * *", "jobTemplate": template, **spec},
    }


@pytest.mark.parametrize(("served", "missing"), [("v1", "v1beta1"), ("v1beta1", "v1")])
async def test_a_region_knows_only_the_version_of_its_release(
    client: Client, region: Region, served: str, missing: str
) -> None:
    region.cron_versions = (served,)
    made = await client.ask("POST", AT.format(served), cronjob(served))
    assert (made.code, made.body["apiVersion"]) == (201, f"batch/{served}")
    refused = await client.ask("GET", AT.format(missing) + "/nightly")
    assert refused.code == 404
    assert "kind" not in refused.body.get("details", {})
    absent = await client.ask("GET", AT.format(served) + "/other")
    assert absent.body["details"]["kind"] == "cronjobs"
    group = (await client.ask("GET", "/apis/batch")).body
    assert [one["version"] for one in group["versions"]] == [served]


async def test_in_between_both_versions_show_the_same_object(client: Client, region: Region) -> None:
    region.cron_versions = ("v1", "v1beta1")
    made = (await client.ask("POST", AT.format("v1beta1"), cronjob("v1beta1"))).body
    seen = (await client.ask("GET", AT.format("v1") + "/nightly")).body
    assert seen["apiVersion"] == "batch/v1"
    assert seen["metadata"]["uid"] == made["metadata"]["uid"]
    listed = (await client.ask("GET", AT.format("v1"))).body["items"]
    assert [one["apiVersion"] for one in listed] == ["batch/v1"]


async def test_nothing_else_is_served_in_an_old_version(client: Client) -> None:
    answer = await client.ask("GET", "/apis/apps/v1beta1/namespaces/default/deployments")
    assert answer.code == 404


@pytest.mark.parametrize(
    ("spec", "field"),
    [
        ({"schedule": ""}, "spec.schedule"),
        ({"schedule": "61 * * * *"}, "spec.schedule"),
        ({"jobTemplate": {}}, "spec.jobTemplate.spec.template.spec.restartPolicy"),
        (
            {"jobTemplate": {"spec": {"template": {"spec": {"restartPolicy": "Never"}}}}},
            "spec.jobTemplate.spec.template.spec.containers",
        ),
    ],
)
async def test_a_cronjob_that_cannot_run_is_refused(client: Client, spec: Json, field: str) -> None:
    refused = await client.ask("POST", AT.format("v1"), cronjob(**spec))
    assert refused.code == 422
    assert refused.body["details"]["causes"][0]["field"] == field


async def test_kubectl_knows_cronjobs_of_an_old_region(fleet: Fleet, region: Region, tmp_path: Path) -> None:
    region.cron_versions = ("v1beta1",)
    fleet.write_kubeconfig(tmp_path / "kubeconfig")
    kubectl = Shell(tmp_path)
    await kubectl.run("apply", "--server-side", "-f", "-", given=cronjob("v1beta1"))
    listed = (await kubectl.run("get", "cronjobs.v1beta1.batch")).splitlines()
    assert listed[1].split()[:6] == ["nightly", "0", "2", "*", "*", "*"]
