"""Bahriya inside one of its regions: `worker manifest` applied, and everything done through `kubectl exec`.

The regions here are on this machine, and their API servers on its loopback, which no pod's own network
reaches: the pod gets the node's, and `kubernetes.default.svc` stands in its hosts file. All else is applied
as it was printed.
"""

import json
import secrets
import socket
import subprocess
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from bahriya_tui.model.in_cluster import HERE, NAME, OTHERS, OTHERS_SECRET
from bahriya_tui.model.rbac import HOME, thing
from tests.operator import Operator, Result
from tests.real.cluster import KUBECTL, Cluster
from tests.real.own_image import build, push
from tests.tui.terminal import on_terminal

POD, CLAIM = f"{NAME}-0", f"store-{NAME}-0"
PULL_SECRET = "own-image"
WHERE = ("--namespace", HOME)


@dataclass(frozen=True)
class Inside:
    """The pod, and who comes into it with `kubectl exec`."""

    cluster: Cluster
    project: str
    canary: str
    deployed: list[Any] = field(default_factory=list)
    """What the first deployment told."""

    @property
    def home(self) -> str:
        """The region that it runs in."""
        return self.cluster.contexts[0]

    def command(self, *arguments: str, options: tuple[str, ...] = ()) -> list[str]:
        kubectl = [KUBECTL, "--kubeconfig", str(self.cluster.kubeconfig), "--context", self.home]
        return [*kubectl, "exec", *options, *WHERE, POD, "--", "bahriya", *arguments]

    def run(self, *arguments: str, password: str | None = None, code: int = 0) -> Result:
        options = () if password is None else ("--stdin",)
        command = self.command(*arguments, options=options)
        done = subprocess.run(command, input=password, capture_output=True, text=True, timeout=120)
        assert done.returncode == code, (arguments, done)
        return Result(done.returncode, done.stdout, done.stderr)

    def is_ready(self) -> None:
        """Wait until the StatefulSet's pod is."""
        self.cluster.kubectl(self.home, "rollout", "status", f"statefulset/{NAME}", *WHERE, "--timeout=50s")

    def uid(self) -> str:
        return self.cluster.kubectl(self.home, "get", "pod", POD, *WHERE, "--output=jsonpath={.metadata.uid}")


@pytest.fixture(scope="module")
def inside(cluster: Cluster, least: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inside]:
    """Bahriya in the first region, with a container deployed from there to all of them."""
    folder = tmp_path_factory.mktemp("in-cluster")
    config = yaml.safe_load(least.read_text())
    servers = {one["name"]: urlsplit(one["cluster"]["server"]) for one in config["clusters"]}
    if any(server.hostname != "127.0.0.1" for server in servers.values()):
        pytest.skip("the regions are on other machines: image and volume are made for nodes of this one")
    node = _node_here(cluster)
    made = Inside(cluster, f"t{secrets.token_hex(4)}", f"canary-{secrets.token_hex(16)}")
    home = made.home
    cluster.set_password(made.canary)
    image = push(build(folder), cluster.registry, "team/bahriya", "1", ("op", made.canary))
    try:
        _prepare(made, node, least, folder)
        operator = Operator(folder / "elsewhere")
        printed = operator.run("worker", "manifest", home, "--image", image, "--pull-secret", PULL_SECRET)
        _apply(made, list(yaml.safe_load_all(printed.out)), servers[home].port or 443)
        made.is_ready()
        _deploy(made)
        yield made
    finally:
        _remove(made)


def _node_here(cluster: Cluster) -> str:
    """Name the node of the first region, which its API server has to find for `kubectl exec`."""
    (node,) = json.loads(cluster.kubectl(cluster.contexts[0], "get", "nodes", "--output=json"))["items"]
    name: str = node["metadata"]["labels"]["kubernetes.io/hostname"]
    try:
        socket.getaddrinfo(name, None)
    except socket.gaierror:
        pytest.skip(f"{name} is not in /etc/hosts: its API server cannot pass on what `kubectl exec` sends")
    return name


def _prepare(made: Inside, node: str, least: Path, folder: Path) -> None:
    """Do what is the administrator's: a volume, the image's pull secret, the other regions' kubeconfig."""
    cluster, home = made.cluster, made.home
    volume = folder / "volume"
    volume.mkdir()
    on = {"key": "kubernetes.io/hostname", "operator": "In", "values": [node]}
    cluster.apply(
        home,
        {
            **thing("v1", "PersistentVolume", f"bahriya-{made.project}"),
            "spec": {
                "capacity": {"storage": "1Gi"},
                "accessModes": ["ReadWriteOnce"],
                "claimRef": {"namespace": HOME, "name": CLAIM},
                "local": {"path": str(volume)},
                "nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions": [on]}]}},
            },
        },
    )
    others = json.loads(least.read_text())
    others["contexts"] = [one for one in others["contexts"] if one["name"] != home]
    for one in others["clusters"]:
        # The pod sees no other file of this machine.
        ca = Path(one["cluster"].pop("certificate-authority")).read_bytes()
        one["cluster"]["certificate-authority-data"] = b64encode(ca).decode()
    cluster.apply(home, _secret(OTHERS_SECRET, "Opaque", "kubeconfig", json.dumps(others)))
    login = {"auths": {cluster.registry: {"username": "op", "password": made.canary}}}
    kind = "kubernetes.io/dockerconfigjson"
    cluster.apply(home, _secret(PULL_SECRET, kind, ".dockerconfigjson", json.dumps(login)))


def _secret(name: str, kind: str, key: str, text: str) -> dict[str, Any]:
    return {**thing("v1", "Secret", name, HOME), "type": kind, "stringData": {key: text}}


def _apply(made: Inside, printed: list[dict[str, Any]], port: int) -> None:
    for one in printed:
        if one["kind"] == "ConfigMap":
            server = "https://kubernetes.default.svc"
            one["data"]["kubeconfig"] = one["data"]["kubeconfig"].replace(server, f"{server}:{port}")
        if one["kind"] == "StatefulSet":
            pod = one["spec"]["template"]["spec"]
            pod["hostNetwork"] = True
            pod["hostAliases"] = [{"ip": "127.0.0.1", "hostnames": ["kubernetes.default.svc"]}]
    made.cluster.apply(made.home, *printed)


def _deploy(made: Inside) -> None:
    made.run("project", "add", made.project)
    made.run("region", "import", "--kubeconfig", HERE, "--yes")
    made.run("region", "import", "--kubeconfig", OTHERS, "--yes")
    login = ["--server", made.cluster.registry, "--username", "op", "--password-stdin"]
    made.run("registry", "add", "team", *login, password=made.canary)
    regions = [argument for region in made.cluster.contexts for argument in ("--region", region)]
    image = ["--image", f"{made.cluster.registry}/team/app:v1", "--registry", "team", "--type", "worker"]
    made.run("container", "add", "app", *image, *regions)
    made.deployed.extend(made.run("deploy", "app", "--json").lines)


def _remove(made: Inside) -> None:
    cluster, home = made.cluster, made.home
    named = [
        f"statefulset/{NAME}",
        f"secret/{OTHERS_SECRET}",
        f"secret/{PULL_SECRET}",
        "configmap/bahriya-here",
    ]
    cluster.kubectl(home, "delete", *named, f"pod/{POD}", f"pvc/{CLAIM}", *WHERE, "--ignore-not-found")
    cluster.kubectl(home, "delete", "pv", f"bahriya-{made.project}", "--ignore-not-found")
    for context in cluster.contexts:
        cluster.kubectl(
            context, "delete", "namespace", f"bahriya-{made.project}", "--ignore-not-found", "--wait=false"
        )


def test_a_deployment_runs_in_every_region_from_inside_one_of_them(inside: Inside) -> None:
    running = {one["region"] for one in inside.deployed if one["phase"] == "running"}
    assert running >= set(inside.cluster.contexts)
    for context in inside.cluster.contexts:
        (pod,) = inside.cluster.objects(context, inside.project, "pods")
        assert pod["status"]["phase"] == "Running"
        assert [secret["name"] for secret in pod["spec"]["imagePullSecrets"]] == ["bahriya-team-v1"]
    logs = inside.cluster.kubectl(inside.home, "logs", POD, *WHERE)
    assert inside.canary not in logs


def test_the_locks_hold_inside_a_pod_as_they_do_outside(inside: Inside, operator: Operator) -> None:
    found = {one["subject"]: one for one in inside.run("doctor", "--json").json}
    outside = {one["subject"]: one for one in operator.start("doctor", "--json").json}

    assert [one for one in found.values() if one["state"] == "bad"] == []
    for subject in ("opener lock", "opener memory"):
        assert found[subject] == outside[subject]
    assert found["this process"]["state"] == "good"
    assert "read the worker's memory" in found["this process"]["measured"]
    assert found["after a reboot"]["measured"] == "Kubernetes starts the worker again, with its pod."


def test_the_store_outlives_the_pod(inside: Inside) -> None:
    before = inside.uid()
    inside.cluster.kubectl(inside.home, "delete", "pod", POD, *WHERE)
    inside.is_ready()
    assert inside.uid() != before

    told = inside.run("deploy", "app", "--json").lines

    assert {one["region"] for one in told if one["phase"] == "running"} >= set(inside.cluster.contexts)
    findings = inside.run("doctor", "--json").json
    assert [one for one in findings if one["state"] == "bad"] == []


def test_the_terminal_opens_over_exec_and_shows_what_was_deployed(inside: Inside, operator: Operator) -> None:
    command = inside.command(options=("--stdin", "--tty"))
    with on_terminal(operator.environment, command) as terminal:
        terminal.until("Registries", "team")
        terminal.press("4")
        terminal.until("app", "done")
        terminal.press("q")
        assert terminal.ended() == 0
    assert inside.canary.encode() not in terminal.sent
