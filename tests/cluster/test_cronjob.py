"""CronJobs in regions of different ages: the API version is found, and used from then on."""

from dataclasses import replace
from typing import Any

import pytest

from bahriya_tui.cluster import namespace as namespaces
from bahriya_tui.cluster.cronjob import apply_cronjob
from bahriya_tui.cluster.delete import delete
from bahriya_tui.cluster.objects import path
from bahriya_tui.cluster.transport import Transport
from bahriya_tui.model.deployment import Spec
from bahriya_tui.model.errors import Failed
from bahriya_tui.model.manifests.workload import manifests
from tests.cluster.conftest import REGION
from tests.cluster.embedded import World
from tests.cluster.scripted import Scripted, says, text

NIGHTLY = Spec("shop", "nightly", "nginx:1.27", "cronjob", 1, None, (), schedule="0 2 * * *")
BOTH = ("v1", "v1beta1")


def manifest(spec: Spec = NIGHTLY) -> dict[str, Any]:
    (one,) = manifests(spec, 7)
    return one


def served(world: World, *versions: str) -> None:
    world.do(lambda: setattr(world.regions[REGION], "cron_versions", versions))


@pytest.fixture
def region(world: World, transport: Transport) -> World:
    namespaces.ensure(transport, "shop")
    return world


def test_a_cronjob_carries_its_schedule_and_the_marks_of_its_deployment() -> None:
    spec = manifest()["spec"]
    assert spec["schedule"] == "0 2 * * *"
    template = spec["jobTemplate"]["spec"]["template"]
    assert template["metadata"]["labels"]["bahriya.cloud/deployment-id"] == "7"
    assert template["metadata"]["labels"]["bahriya.cloud/container"] == "nightly"
    assert template["spec"]["restartPolicy"] == "Never"


@pytest.mark.parametrize(
    ("versions", "known", "found", "requests"),
    [
        (("v1",), "", "batch/v1", 1),
        (("v1beta1",), "", "batch/v1beta1", 2),
        (("v1beta1",), "batch/v1beta1", "batch/v1beta1", 1),
        (BOTH, "", "batch/v1", 1),
        (("v1",), "batch/v1beta1", "batch/v1", 2),
    ],
)
def test_the_version_that_the_region_serves_is_used(
    region: World, transport: Transport, versions: tuple[str, ...], known: str, found: str, requests: int
) -> None:
    served(region, *versions)
    region.regions[REGION].requests.clear()

    answer, version = apply_cronjob(transport, manifest(), known)

    assert (answer.status, version) == (201, found)
    assert answer.body["apiVersion"] == found
    assert len(region.regions[REGION].requests) == requests
    (kept,) = region.objects(REGION, "cronjobs")
    assert kept["spec"]["schedule"] == "0 2 * * *"


def test_a_cronjob_outlives_the_upgrade_of_its_region(region: World, transport: Transport) -> None:
    served(region, "v1beta1")
    born, _ = apply_cronjob(transport, manifest())
    served(region, "v1")

    answer, version = apply_cronjob(transport, manifest(replace(NIGHTLY, schedule="@daily")), "batch/v1beta1")

    assert (answer.status, version) == (200, "batch/v1")
    assert answer.body["metadata"]["uid"] == born.body["metadata"]["uid"]
    assert answer.body["spec"]["schedule"] == "@daily"
    assert delete(transport, "CronJob", "shop", "nightly", None, "batch/v1beta1") == "deleted"
    assert region.objects(REGION, "cronjobs") == []


def test_a_missing_namespace_is_no_missing_version(world: World, transport: Transport) -> None:
    served(world, "v1beta1")
    answer, version = apply_cronjob(transport, manifest())
    assert (answer.status, version) == (404, "batch/v1beta1")


@pytest.mark.parametrize("versions", [("v1",), ("v1beta1",)])
def test_a_cronjob_is_deleted_by_its_uid_alone(
    region: World, transport: Transport, versions: tuple[str, ...]
) -> None:
    served(region, *versions)
    born, _ = apply_cronjob(transport, manifest())
    assert delete(transport, "CronJob", "shop", "nightly", "another") == "not ours"
    assert len(region.objects(REGION, "cronjobs")) == 1
    assert delete(transport, "CronJob", "shop", "nightly", born.body["metadata"]["uid"]) == "deleted"
    assert delete(transport, "CronJob", "shop", "nightly", born.body["metadata"]["uid"]) == "gone"


def test_a_region_without_cronjobs_says_so_and_what_a_proxy_answers_proves_no_deletion(
    scripted: Scripted,
) -> None:
    scripted.script = [text(404, "404 page not found")] * 4
    transport = Transport(scripted.endpoint, sleep=lambda _seconds: None)
    try:
        with pytest.raises(Failed, match="cronjob nightly: the region serves it neither as batch/v1 nor"):
            apply_cronjob(transport, manifest())
        with pytest.raises(Failed, match="neither as batch/v1 nor"):
            delete(transport, "CronJob", "shop", "nightly", "u1")
    finally:
        transport.close()


def test_a_404_of_the_old_api_is_recognised_as_text_too(scripted: Scripted) -> None:
    scripted.script = [text(404, "404 page not found"), says(200, {"metadata": {"uid": "u1"}})]
    transport = Transport(scripted.endpoint, sleep=lambda _seconds: None)
    try:
        _, version = apply_cronjob(transport, manifest())
    finally:
        transport.close()
    assert version == "batch/v1beta1"
    assert path("CronJob", "bahriya-shop", "nightly", version) in scripted.asked[1]
