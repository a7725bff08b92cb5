"""Real regions: any clusters that a kubeconfig names, and a real private registry they can pull from.

BAHRIYA_TEST_KUBECONFIG   the kubeconfig; each of its first three contexts is a region
BAHRIYA_TEST_REGISTRY     the registry's host and port (default 127.0.0.1:31500; user op, image team/app:v1)
BAHRIYA_TEST_PASSWD       command that changes the registry's password to its last argument
"""

import json
import os
import secrets
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.operator import Operator

_KUBECTL = str(Path(sys.executable).with_name("kubectl"))
_BESIDE = Path(__file__).parents[3] / "shared" / "cluster" / "kube"


@dataclass(frozen=True)
class Cluster:
    """Real regions with their registry, seen from outside through kubectl."""

    kubeconfig: Path
    contexts: tuple[str, ...]
    registry: str
    passwd: tuple[str, ...]

    def kubectl(self, context: str, *arguments: str) -> str:
        """Ask one region; give what kubectl printed."""
        command = [_KUBECTL, "--kubeconfig", str(self.kubeconfig), "--context", context, *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout

    def pull_secrets(self, context: str, project: str) -> list[str]:
        """Name the pull secrets that are in a project's namespace."""
        found = self.objects(context, project, "secrets")
        return [
            item["metadata"]["name"] for item in found if item["type"] == "kubernetes.io/dockerconfigjson"
        ]

    def objects(self, context: str, project: str, kind: str) -> list[dict[str, Any]]:
        """List the objects of one kind in a project's namespace."""
        answer = self.kubectl(context, "get", kind, "--namespace", f"bahriya-{project}", "--output", "json")
        items: list[dict[str, Any]] = json.loads(answer)["items"]
        return items

    def set_password(self, password: str) -> None:
        """Let the registry accept only `password` from the next request on."""
        subprocess.run([*self.passwd, password], check=True, capture_output=True, timeout=60)


@pytest.fixture(scope="session")
def cluster() -> Cluster:
    """The clusters to test against; skips when none are named."""
    named = os.environ.get("BAHRIYA_TEST_KUBECONFIG")
    if not named:
        pytest.skip("BAHRIYA_TEST_KUBECONFIG names no kubeconfig: no real regions to test against")
    passwd = shlex.split(
        os.environ.get("BAHRIYA_TEST_PASSWD", f"{_BESIDE} passwd" if _BESIDE.exists() else "")
    )
    if not passwd:
        pytest.skip("BAHRIYA_TEST_PASSWD names no command that changes the registry's password")
    asked = [_KUBECTL, "--kubeconfig", named, "config", "get-contexts", "--output", "name"]
    contexts = subprocess.run(asked, check=True, capture_output=True, text=True).stdout.split()
    registry = os.environ.get("BAHRIYA_TEST_REGISTRY", "127.0.0.1:31500")
    return Cluster(Path(named), tuple(contexts[:3]), registry, tuple(passwd))


@pytest.fixture
def project(cluster: Cluster, operator: Operator) -> Iterator[str]:
    """A project of its own, with the real regions in the store; its namespaces go afterwards."""
    handle = f"t{secrets.token_hex(4)}"
    operator.run("project", "add", handle)
    operator.run("region", "import", "--kubeconfig", str(cluster.kubeconfig), "--yes")
    yield handle
    for context in cluster.contexts:
        cluster.kubectl(
            context, "delete", "namespace", f"bahriya-{handle}", "--ignore-not-found", "--wait=false"
        )
