"""The kubelet: asks the registry with the pod's pull secrets, and tells failures in containerd's words."""

import asyncio

import pytest

from bahriya_tui.sim.fleet import Fleet
from bahriya_tui.sim.oci_registry import OciRegistry
from bahriya_tui.sim.podstatus import Ending
from bahriya_tui.sim.region import Region
from tests.sim.client import (
    Client,
    Json,
    deployment,
    pull_secret,
    rolled_out,
    said,
    until,
    waiting_reasons,
)

SECRETS = "/api/v1/namespaces/default/secrets"
DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments"


async def run(client: Client, image: str, secret: str = "", **pod: object) -> None:
    answer = await client.apply(
        f"{DEPLOYMENTS}/web", deployment("web", image, replicas=1, secret=secret, **pod)
    )
    assert answer.code in (200, 201), answer


def start(region: Region, spec: Json) -> None:
    """Put a pod into the region, without the API."""
    metadata = {"name": "web", "namespace": "default", "uid": "u"}
    pod = {
        "kind": "Pod",
        "apiVersion": "v1",
        "metadata": metadata,
        "spec": spec,
        "status": {"phase": "Pending"},
    }
    region.objects.put("pods", pod)


async def trouble(region: Region, reason: str = "ErrImagePull") -> str:
    """The message of the first container that waits for this reason."""

    def found() -> str:
        return next((message for why, message in waiting_reasons(region) if why == reason), "")

    message: str = await until(region.objects, found)
    return message


async def test_a_private_image_runs_with_the_right_secret(
    client: Client, region: Region, registry: OciRegistry
) -> None:
    await client.apply(f"{SECRETS}/pull", pull_secret("pull", registry.address, "op", "pw"))
    await run(client, f"{registry.address}/team/app:v1", "pull")
    await until(region.objects, lambda: rolled_out(region, "web"))
    (pod,) = region.objects.list("pods")
    (status,) = pod["status"]["containerStatuses"]
    assert status["ready"]
    assert status["imageID"].startswith("sha256:")
    assert pod["spec"]["nodeName"] == "r1-node-1"
    assert [request.status for request in registry.requests] == [401, 200]
    for reason in ("Scheduled", "Pulling", "Pulled", "Created", "Started"):
        assert len(said(region, reason)) == 1, reason


@pytest.mark.parametrize("password", ["wrong", None])
async def test_a_refused_login_is_told_with_image_host_and_status(
    client: Client, region: Region, registry: OciRegistry, password: str | None
) -> None:
    if password:
        await client.apply(f"{SECRETS}/pull", pull_secret("pull", registry.address, "op", password))
    image = f"{registry.address}/team/app:v1"
    await run(client, image, "pull" if password else "")
    why = f"pulling from host {registry.address} failed with status code [manifests v1]: 401 Unauthorized"
    expected = f'failed to pull and unpack image "{image}": failed to resolve reference "{image}": {why}'
    assert await trouble(region) == expected
    backed_off = await trouble(region, "ImagePullBackOff")
    assert backed_off == f'Back-off pulling image "{image}": ErrImagePull: {expected}'
    reported = {
        f'Failed to pull image "{image}": {expected}',
        "Error: ErrImagePull",
        "Error: ImagePullBackOff",
    }
    assert set(said(region, "Failed")) == reported
    assert not rolled_out(region, "web")


async def test_a_missing_tag_is_not_found(client: Client, region: Region, registry: OciRegistry) -> None:
    await client.apply(f"{SECRETS}/pull", pull_secret("pull", registry.address, "op", "pw"))
    image = f"{registry.address}/team/app:v9"
    await run(client, image, "pull")
    assert (await trouble(region)).endswith(f'failed to resolve reference "{image}": {image}: not found')


async def test_a_missing_secret_is_said_and_the_pull_goes_on_without(client: Client, region: Region) -> None:
    await run(client, "nginx:1.27", "gone")
    await until(region.objects, lambda: rolled_out(region, "web"))
    expected = (
        "Unable to retrieve some image pull secrets (gone); attempting to pull the image may not succeed."
    )
    assert said(region, "FailedToRetrieveImagePullSecret") == [expected]


async def test_a_failed_pull_is_tried_again_until_the_secret_is_right(
    client: Client, region: Region, registry: OciRegistry
) -> None:
    await client.apply(f"{SECRETS}/pull", pull_secret("pull", registry.address, "op", "wrong"))
    await run(client, f"{registry.address}/team/app:v1", "pull")
    await trouble(region, "ImagePullBackOff")
    await client.apply(f"{SECRETS}/pull", pull_secret("pull", registry.address, "op", "pw"))
    await until(region.objects, lambda: rolled_out(region, "web"))


async def test_a_changed_password_counts_for_the_next_pod(
    client: Client, region: Region, registry: OciRegistry
) -> None:
    await client.apply(f"{SECRETS}/pull", pull_secret("pull", registry.address, "op", "pw"))
    await run(client, f"{registry.address}/team/app:v1", "pull")
    await until(region.objects, lambda: rolled_out(region, "web"))
    registry.users["op"] = "new"
    await run(client, f"{registry.address}/team/app:v2", "pull")
    assert "401 Unauthorized" in await trouble(region)


async def test_an_image_on_the_node_is_asked_for_again_only_with_the_policy_always(
    client: Client, region: Region, registry: OciRegistry
) -> None:
    async def again(mark: str, policy: str) -> int:
        body = deployment("web", "nginx:1.27", replicas=1)
        body["spec"]["template"]["metadata"]["labels"]["mark"] = mark
        body["spec"]["template"]["spec"]["containers"][0]["imagePullPolicy"] = policy
        assert (await client.apply(f"{DEPLOYMENTS}/web", body)).code in (200, 201)
        await until(
            region.objects,
            lambda: (
                rolled_out(region, "web")
                and [pod["metadata"]["labels"]["mark"] for pod in region.objects.list("pods")] == [mark]
            ),
        )
        return len(registry.requests)

    first = await again("1", "IfNotPresent")
    assert await again("2", "IfNotPresent") == first
    assert 'Container image "nginx:1.27" already present on machine' in said(region, "Pulled")
    assert await again("3", "Always") == first + 1


async def test_a_policy_of_never_and_a_bad_name_fail_without_asking(
    client: Client, region: Region, registry: OciRegistry
) -> None:
    pods = "/api/v1/namespaces/default/pods"
    for name, image, policy in (("a", "nginx:1.27", "Never"), ("b", "not a name", "Always")):
        container = {"name": "app", "image": image, "imagePullPolicy": policy}
        await client.make(pods, {"metadata": {"name": name}, "spec": {"containers": [container]}})
    assert "pull policy of Never" in await trouble(region, "ErrImageNeverPull")
    assert "invalid reference format" in await trouble(region, "InvalidImageName")
    assert registry.requests == []


async def test_images_of_all_hosts_are_asked_at_the_mirror_with_the_login_of_their_own_host(
    client: Client, region: Region, registry: OciRegistry
) -> None:
    registry.private["acme/private"] = ["v1"]
    await client.apply(f"{SECRETS}/hub", pull_secret("hub", "https://index.docker.io/v1/", "op", "pw"))
    await run(client, "acme/private:v1", "hub")
    await until(region.objects, lambda: rolled_out(region, "web"))
    assert {request.path for request in registry.requests} == {"/v2/acme/private/manifests/v1"}


async def test_a_login_of_another_host_is_not_used(
    client: Client, region: Region, registry: OciRegistry
) -> None:
    await client.apply(f"{SECRETS}/pull", pull_secret("pull", "ghcr.io", "op", "pw"))
    await run(client, f"{registry.address}/team/app:v1", "pull")
    assert "401 Unauthorized" in await trouble(region)


async def test_every_matching_login_is_tried(client: Client, region: Region, registry: OciRegistry) -> None:
    await client.apply(f"{SECRETS}/old", pull_secret("old", registry.address, "op", "old"))
    await client.apply(f"{SECRETS}/new", pull_secret("new", registry.address, "op", "pw"))
    both: Json = {"imagePullSecrets": [{"name": "old"}, {"name": "new"}]}
    await run(client, f"{registry.address}/team/app:v1", **both)
    await until(region.objects, lambda: rolled_out(region, "web"))


async def test_init_containers_come_first_and_hold_the_others_back(
    client: Client, region: Region, registry: OciRegistry
) -> None:
    init = [{"name": "migrate", "image": f"{registry.address}/team/init:v1"}]
    await run(client, "nginx:1.27", "pull", initContainers=init)
    assert "401 Unauthorized" in await trouble(region)
    (pod,) = region.objects.list("pods")
    assert pod["status"]["containerStatuses"][0]["state"] == {"waiting": {"reason": "PodInitializing"}}
    await client.apply(f"{SECRETS}/pull", pull_secret("pull", registry.address, "op", "pw"))
    await until(region.objects, lambda: rolled_out(region, "web"))
    (pod,) = region.objects.list("pods")
    assert pod["status"]["initContainerStatuses"][0]["state"]["terminated"]["reason"] == "Completed"


async def test_a_pod_that_goes_is_not_pulled_for_any_more(
    client: Client, region: Region, registry: OciRegistry
) -> None:
    await run(client, f"{registry.address}/team/app:v1")
    await trouble(region)
    await client.ask("DELETE", f"{DEPLOYMENTS}/web")
    async with asyncio.timeout(120):
        while region.busy:
            await asyncio.sleep(0)


async def test_no_password_stands_in_events_or_pods(
    client: Client, region: Region, registry: OciRegistry, canary: str
) -> None:
    await client.apply(f"{SECRETS}/pull", pull_secret("pull", registry.address, "op", canary))
    await run(client, f"{registry.address}/team/app:v1", "pull")
    await trouble(region, "ImagePullBackOff")
    shown = [
        obj
        for plural in ("events", "pods", "replicasets", "deployments")
        for obj in region.objects.list(plural)
    ]
    assert canary not in repr(shown)


@pytest.mark.parametrize(
    ("user", "tag", "words"),
    [
        ("op", "v1", ""),
        ("op", "v9", "/team/app:v9: not found"),
        (
            "who",
            "v1",
            "failed to authorize: failed to fetch oauth token: unexpected status: 401 Unauthorized",
        ),
        ("", "v1", "server message: insufficient_scope: authorization failed"),
    ],
)
async def test_a_registry_with_a_token_server_is_asked_for_a_token_first(
    user: str, tag: str, words: str
) -> None:
    private = {"team/app": ["v1"]}
    async with (
        OciRegistry(users={"op": "pw"}, private=private, auth="token") as oci,
        Fleet(["r1"], pace=0.005) as fleet,
    ):
        region = fleet.regions["r1"]
        if user:
            secret = pull_secret("pull", oci.address, user, "pw")
            region.objects.put("secrets", secret | {"metadata": {"name": "pull", "namespace": "default"}})
        image = f"{oci.address}/team/app:{tag}"
        spec = {"containers": [{"name": "app", "image": image}], "imagePullSecrets": [{"name": "pull"}]}
        start(region, spec)
        if words:
            assert words in await trouble(region)
        else:
            await until(
                region.objects, lambda: region.objects.list("pods")[0]["status"]["phase"] == "Running"
            )


async def test_a_registry_that_is_not_there_refuses_the_connection(closed_port: int) -> None:
    address = f"127.0.0.1:{closed_port}"
    async with Fleet(["r2"], pace=0.005) as direct:
        other = direct.regions["r2"]
        start(other, {"containers": [{"name": "app", "image": f"{address}/team/app:v1"}]})
        url = f"http://{address}/v2/team/app/manifests/v1"
        expected = f'failed to do request: Head "{url}": dial tcp {address}: connect: connection refused'
        assert expected in await trouble(other)


async def test_a_pod_for_which_no_node_has_room_waits_and_says_so_until_there_is(
    client: Client, region: Region, registry: OciRegistry
) -> None:
    def node(**status: object) -> None:
        (known,) = region.objects.list("nodes")
        region.objects.put("nodes", known | {"status": known["status"] | {"allocatable": status}})

    limits = {"limits": [{"type": "Container", "defaultRequest": {"memory": "3Gi", "cpu": "500m"}}]}
    metadata = {"name": "room", "namespace": "default", "uid": "l"}
    region.objects.put("limitranges", {"metadata": metadata, "spec": limits})
    node(cpu="2", memory="2Gi")
    await run(client, f"{registry.address}/library/nginx:1.27")

    def without_node() -> str:
        found = [one for pod in region.objects.list("pods") for one in pod["status"].get("conditions") or ()]
        return next((one["message"] for one in found if one.get("reason") == "Unschedulable"), "")

    assert (await until(region.objects, without_node)).startswith(
        "0/1 nodes are available: 1 Insufficient memory. no new claims to deallocate, preemption: "
    )
    assert len(said(region, "FailedScheduling")) == 1
    node(cpu="2", memory="4Gi")
    await until(region.objects, lambda: rolled_out(region, "web"))


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({"unschedulable": True}, "1 node(s) were unschedulable."),
        (
            {"taints": [{"key": "team", "value": "db", "effect": "NoSchedule"}]},
            "1 node(s) had untolerated tai",
        ),
    ],
)
async def test_a_node_that_takes_no_pods_is_named_in_the_schedulers_words(
    client: Client, region: Region, registry: OciRegistry, spec: Json, message: str
) -> None:
    (node,) = region.objects.list("nodes")
    region.objects.put("nodes", node | {"spec": spec})
    await run(client, f"{registry.address}/library/nginx:1.27")
    await until(region.objects, lambda: said(region, "FailedScheduling"))
    (told,) = said(region, "FailedScheduling")
    assert told.startswith(f"0/1 nodes are available: {message}")


async def test_a_container_that_ends_by_itself_is_backed_off_from_and_never_ready(
    client: Client, region: Region, registry: OciRegistry
) -> None:
    image = f"{registry.address}/library/nginx:1.27"
    region.kubelet.endings[image] = Ending(137, "OOMKilled")
    await run(client, image)
    waits = await trouble(region, "CrashLoopBackOff")
    assert waits.startswith("back-off 10s restarting failed container=app pod=web-")
    (pod,) = region.objects.list("pods")
    (status,) = pod["status"]["containerStatuses"]
    assert status["restartCount"] == 1
    assert status["lastState"]["terminated"]["reason"] == "OOMKilled"
    assert not rolled_out(region, "web")
    del region.kubelet.endings[image]
    await until(region.objects, lambda: rolled_out(region, "web"))


async def test_a_container_that_needs_a_secret_waits_for_it(
    client: Client, region: Region, registry: OciRegistry
) -> None:
    needs = {"valueFrom": {"secretKeyRef": {"name": "db", "key": "url"}}}
    containers = [
        {"name": "app", "image": f"{registry.address}/library/nginx:1.27", "env": [{"name": "DB"} | needs]}
    ]
    await run(client, "", containers=containers)
    assert await trouble(region, "CreateContainerConfigError") == 'secret "db" not found'
    await client.apply(f"{SECRETS}/db", pull_secret("db", registry.address, "op", "pw"))
    await until(region.objects, lambda: rolled_out(region, "web"))
