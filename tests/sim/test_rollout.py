"""The deployment controller: new pods replace old ones step by step, and the status says how far it is."""

import asyncio

import pytest

from bahriya_tui.sim.objects import Change
from bahriya_tui.sim.progress import limits
from bahriya_tui.sim.region import Region
from tests.sim.client import Client, Json, deployment, rolled_out, until, waiting_reasons

DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments"


def condition(obj: Json, kind: str) -> tuple[str, str]:
    found = next(each for each in obj["status"]["conditions"] if each["type"] == kind)
    return found["status"], found["reason"]


async def deploy(client: Client, image: str, replicas: int = 3) -> Json:
    answer = await client.apply(f"{DEPLOYMENTS}/web", deployment("web", image, replicas=replicas))
    assert answer.code in (200, 201), answer
    return answer.body


async def done(region: Region, generation: int) -> Json:
    found: Json = await until(
        region.objects,
        lambda: (
            (dep := rolled_out(region, "web")) and dep["status"]["observedGeneration"] == generation and dep
        ),
    )
    return found


async def test_a_new_deployment_gets_its_pods_and_says_it_is_done(client: Client, region: Region) -> None:
    assert (await deploy(client, "nginx:1.27"))["status"] == {}
    found = await done(region, 1)
    assert found["metadata"]["annotations"]["deployment.kubernetes.io/revision"] == "1"
    assert condition(found, "Progressing") == ("True", "NewReplicaSetAvailable")
    assert condition(found, "Available") == ("True", "MinimumReplicasAvailable")
    assert "unavailableReplicas" not in found["status"]
    (replica_set,) = region.objects.list("replicasets")
    pods = region.objects.list("pods")
    assert replica_set["metadata"]["name"].startswith("web-")
    mark = replica_set["metadata"]["labels"]["pod-template-hash"]
    assert {pod["metadata"]["labels"]["pod-template-hash"] for pod in pods} == {mark}
    assert all(pod["metadata"]["name"].startswith(f"{replica_set['metadata']['name']}-") for pod in pods)
    assert [pod["status"]["phase"] for pod in pods] == ["Running"] * 3


async def test_during_an_update_no_more_pods_are_missing_or_extra_than_allowed(
    client: Client, region: Region
) -> None:
    await deploy(client, "nginx:1.27", replicas=4)
    await done(region, 1)
    seen: list[tuple[int, int, int]] = []

    def listen(change: Change) -> None:
        if change.plural == "deployments":
            status = change.object["status"]
            counts = [status.get(name, 0) for name in ("replicas", "availableReplicas", "updatedReplicas")]
            seen.append((counts[0], counts[1], counts[2]))

    region.objects.listeners.append(listen)
    await deploy(client, "nginx:latest", replicas=4)
    found = await done(region, 2)
    assert max(total for total, _, _ in seen) == 5
    assert min(available for _, available, _ in seen) == 3
    assert {updated for _, _, updated in seen} == {1, 2, 3, 4}
    assert found["metadata"]["annotations"]["deployment.kubernetes.io/revision"] == "2"
    assert {pod["spec"]["containers"][0]["image"] for pod in region.objects.list("pods")} == {"nginx:latest"}
    assert sorted(rs["spec"]["replicas"] for rs in region.objects.list("replicasets")) == [0, 4]


async def test_old_pods_go_on_serving_while_new_ones_cannot_start(client: Client, region: Region) -> None:
    await deploy(client, "nginx:1.27", replicas=4)
    await done(region, 1)
    await deploy(client, "nginx:missing", replicas=4)
    await until(region.objects, lambda: len(waiting_reasons(region)) == 2)
    found = region.objects.get("deployments", "default", "web")
    assert found
    assert found["status"]["availableReplicas"] == 3
    assert found["status"]["updatedReplicas"] == 2
    assert condition(found, "Available") == ("True", "MinimumReplicasAvailable")
    await deploy(client, "nginx:1.27", replicas=4)
    back = await done(region, 3)
    assert back["metadata"]["annotations"]["deployment.kubernetes.io/revision"] == "3"
    assert len(region.objects.list("replicasets")) == 2


async def test_a_rollout_without_progress_is_called_late_at_its_deadline(
    client: Client, region: Region
) -> None:
    body = deployment("web", "nginx:missing", replicas=1)
    body["spec"]["progressDeadlineSeconds"] = 1
    await client.apply(f"{DEPLOYMENTS}/web", body)

    def late() -> bool:
        found = region.objects.get("deployments", "default", "web")
        conditions = (found or {}).get("status", {}).get("conditions") or []
        return ("False", "ProgressDeadlineExceeded") in [
            (each["status"], each["reason"]) for each in conditions
        ]

    await until(region.objects, late)


async def test_a_quota_stops_new_pods_and_says_so_until_it_is_raised(client: Client, region: Region) -> None:
    def quota(pods: int) -> None:
        metadata = {"name": "small", "namespace": "default"}
        region.objects.put("resourcequotas", {"metadata": metadata, "spec": {"hard": {"pods": pods}}})

    def conditions() -> dict[str, str]:
        found = region.objects.get("deployments", "default", "web") or {}
        return {one["type"]: one["message"] for one in found.get("status", {}).get("conditions") or []}

    quota(1)
    await deploy(client, "nginx:1.27", replicas=2)
    await until(region.objects, lambda: "exceeded quota: small" in conditions().get("ReplicaFailure", ""))
    assert len(region.objects.list("pods")) == 1
    quota(2)
    await done(region, 1)
    assert "ReplicaFailure" not in conditions()


async def test_scaling_changes_the_number_of_pods_and_makes_no_new_set(
    client: Client, region: Region
) -> None:
    await deploy(client, "nginx:1.27", replicas=1)
    await done(region, 1)
    await deploy(client, "nginx:1.27", replicas=3)
    await done(region, 2)
    await deploy(client, "nginx:1.27", replicas=0)
    found = await done(region, 3)
    assert region.objects.list("pods") == []
    assert len(region.objects.list("replicasets")) == 1
    assert found["metadata"]["annotations"]["deployment.kubernetes.io/revision"] == "1"


async def test_a_label_in_the_template_alone_starts_new_pods(client: Client, region: Region) -> None:
    await deploy(client, "nginx:1.27", replicas=1)
    await done(region, 1)
    (before,) = region.objects.list("pods")
    body = deployment("web", "nginx:1.27", replicas=1)
    body["spec"]["template"]["metadata"]["labels"] = {"app": "web", "bahriya.cloud/deployment-id": "7"}
    await client.apply(f"{DEPLOYMENTS}/web", body)
    await done(region, 2)
    (after,) = region.objects.list("pods")
    assert after["metadata"]["uid"] != before["metadata"]["uid"]
    assert after["metadata"]["labels"]["bahriya.cloud/deployment-id"] == "7"


async def test_a_deleted_pod_is_replaced(client: Client, region: Region) -> None:
    await deploy(client, "nginx:1.27", replicas=1)
    await done(region, 1)
    (before,) = region.objects.list("pods")
    await client.ask("DELETE", f"/api/v1/namespaces/default/pods/{before['metadata']['name']}")
    await until(
        region.objects,
        lambda: any(
            pod["metadata"]["uid"] != before["metadata"]["uid"] for pod in region.objects.list("pods")
        ),
    )
    await done(region, 1)


async def test_recreate_removes_all_old_pods_before_the_first_new_one(client: Client, region: Region) -> None:
    body = deployment("web", "nginx:1.27", replicas=2)
    body["spec"]["strategy"] = {"type": "Recreate"}
    await client.apply(f"{DEPLOYMENTS}/web", body)
    await done(region, 1)
    images: list[set[str]] = []

    def listen(change: Change) -> None:
        if change.plural == "pods":
            images.append({pod["spec"]["containers"][0]["image"] for pod in region.objects.list("pods")})

    region.objects.listeners.append(listen)
    body["spec"]["template"]["spec"]["containers"][0]["image"] = "nginx:latest"
    await client.apply(f"{DEPLOYMENTS}/web", body)
    await done(region, 2)
    assert {"nginx:1.27", "nginx:latest"} not in images
    assert set() in images


async def test_a_paused_deployment_waits_until_it_is_resumed(client: Client, region: Region) -> None:
    await deploy(client, "nginx:1.27", replicas=1)
    await done(region, 1)
    await client.patch(f"{DEPLOYMENTS}/web", {"spec": {"paused": True}})
    body = deployment("web", "nginx:latest", replicas=1)
    await client.apply(f"{DEPLOYMENTS}/web", body)

    def observed() -> Json | None:
        found = region.objects.get("deployments", "default", "web")
        return found if found and found["status"].get("observedGeneration") == 3 else None

    found = await until(region.objects, observed)
    assert condition(found, "Progressing") == ("Unknown", "DeploymentPaused")
    assert len(region.objects.list("replicasets")) == 1
    await client.patch(f"{DEPLOYMENTS}/web", {"spec": {"paused": None}})
    await done(region, 4)
    assert len(region.objects.list("replicasets")) == 2


async def test_as_many_old_sets_are_kept_as_the_history_limit_says(client: Client, region: Region) -> None:
    body = deployment("web", "nginx:1.27", replicas=1)
    body["spec"]["revisionHistoryLimit"] = 1
    for generation, image in enumerate(("nginx:1.27", "nginx:latest", "acme/app:v1"), start=1):
        body["spec"]["template"]["spec"]["containers"][0]["image"] = image
        await client.apply(f"{DEPLOYMENTS}/web", body)
        await done(region, generation)
    await until(region.objects, lambda: len(region.objects.list("replicasets")) == 2)


async def test_an_idle_region_has_no_tasks(client: Client, region: Region) -> None:
    await deploy(client, "nginx:1.27", replicas=2)
    await done(region, 1)
    async with asyncio.timeout(120):
        while region.busy:
            await asyncio.sleep(0)
    quiet = region.objects.version
    await client.get(DEPLOYMENTS)
    assert not region.busy
    assert region.objects.version == quiet


@pytest.mark.parametrize(
    ("replicas", "surge", "missing", "expected"),
    [
        (1, "25%", "25%", (1, 0)),
        (3, "25%", "25%", (1, 0)),
        (4, "25%", "25%", (1, 1)),
        (10, "25%", "25%", (3, 2)),
        (5, 2, 1, (2, 1)),
        (3, 0, 0, (0, 1)),
        (0, "25%", "25%", (0, 1)),
    ],
)
def test_surge_is_rounded_up_and_unavailability_down(
    replicas: int, surge: int | str, missing: int | str, expected: tuple[int, int]
) -> None:
    rolling = {"maxSurge": surge, "maxUnavailable": missing}
    spec = {"replicas": replicas, "strategy": {"type": "RollingUpdate", "rollingUpdate": rolling}}
    assert limits(spec) == expected
