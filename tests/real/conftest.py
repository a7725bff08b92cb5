"""Real regions: any clusters that a kubeconfig names, and a real private registry they can pull from.

BAHRIYA_TEST_KUBECONFIG   the kubeconfig; each of its first three contexts is a region
BAHRIYA_TEST_REGISTRY     the registry's host and port (default 127.0.0.1:31500; user op, image team/app:v1)
BAHRIYA_TEST_PASSWD       command that changes the registry's password to its last argument
BAHRIYA_TEST_REGION_CONTROL
                          command that is called with `freeze`, `thaw`, `kill` or `revive` and a region, and
                          does that to the region's API server; tests that need it are skipped without it
"""

import os
import secrets
import shlex
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bahriya_tui.model.rbac import manifests
from tests.operator import Operator
from tests.real.cluster import KUBECTL, Cluster, Control, least_rights
from tests.real.underway import Underway


@pytest.fixture(scope="session")
def cluster() -> Cluster:
    """The clusters to test against; skips when none are named."""
    named = os.environ.get("BAHRIYA_TEST_KUBECONFIG")
    if not named:
        pytest.skip("BAHRIYA_TEST_KUBECONFIG names no kubeconfig: no real regions to test against")
    passwd = shlex.split(os.environ.get("BAHRIYA_TEST_PASSWD", ""))
    if not passwd:
        pytest.skip("BAHRIYA_TEST_PASSWD names no command that changes the registry's password")
    asked = [KUBECTL, "--kubeconfig", named, "config", "get-contexts", "--output", "name"]
    contexts = subprocess.run(asked, check=True, capture_output=True, text=True).stdout.split()
    registry = os.environ.get("BAHRIYA_TEST_REGISTRY", "127.0.0.1:31500")
    return Cluster(Path(named), tuple(contexts[:3]), registry, tuple(passwd))


@pytest.fixture(scope="session")
def least(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A kubeconfig whose contexts have the rights of `bahriya region rbac` and no others."""
    return least_rights(cluster, manifests([]), tmp_path_factory.mktemp("least") / "kubeconfig")


@pytest.fixture
def project(cluster: Cluster, least: Path, operator: Operator) -> Iterator[str]:
    """A project of its own, with the real regions in the store; its namespaces go afterwards."""
    handle = f"t{secrets.token_hex(4)}"
    operator.run("project", "add", handle)
    operator.run("region", "import", "--kubeconfig", str(least), "--yes")
    yield handle
    for context in cluster.contexts:
        cluster.kubectl(
            context, "delete", "namespace", f"bahriya-{handle}", "--ignore-not-found", "--wait=false"
        )


@pytest.fixture
def control(project: str) -> Iterator[Control]:
    """Power over the regions' API servers; all of them answer again before anything is cleaned up."""
    command = shlex.split(os.environ.get("BAHRIYA_TEST_REGION_CONTROL", ""))
    if not command:
        pytest.skip("BAHRIYA_TEST_REGION_CONTROL names no command that freezes and kills API servers")
    made = Control(tuple(command))
    yield made
    made.bring_all_back()


@pytest.fixture
def start(operator: Operator, project: str, tmp_path: Path) -> Iterator[Callable[..., Underway]]:
    """Start a command that tells of a deployment; it is read while it runs, and ended with the test."""
    started: list[Underway] = []

    def start_one(*arguments: str) -> Underway:
        started.append(Underway(operator, tmp_path / f"command-{len(started)}", *arguments))
        return started[-1]

    yield start_one
    for one in started:
        one.command.process.kill()
        one.command.process.wait()
