"""While real regions are sent a credential it exists in the opener alone, and afterwards in the regions."""

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hostile import processes
from tests.hostile.memory import NEEDS_ROOT, may_read_memory
from tests.hostile.scene import Scene
from tests.operator import Operator
from tests.real.app import add_container, connect
from tests.real.cluster import Cluster

pytestmark = pytest.mark.skipif(not may_read_memory, reason=NEEDS_ROOT)
TRIES = 5
"""Deployments in which the opener may slip by before it is caught once."""
DEPLOYMENTS = 3
"""Deployments during which everything is looked into, again and again."""


@pytest.fixture
def scene(tmp_path: Path, canary: str) -> Iterator[Scene]:
    made = Scene(tmp_path, canary)
    yield made
    made.close()


@pytest.fixture
def operator(scene: Scene) -> Operator:
    """The operator of the scene, in whose home the project is."""
    return scene.operator


@pytest.fixture
def app(cluster: Cluster, operator: Operator, project: str, canary: str) -> None:
    """Container `app`, whose image only the canary opens."""
    cluster.set_password(canary)
    connect(operator, cluster, canary)
    add_container(operator, cluster)


def secrets_in_regions_hold(canary: str, cluster: Cluster, project: str) -> bool:
    configs = [
        base64.b64decode(item["data"][".dockerconfigjson"])
        for context in cluster.contexts
        for item in cluster.objects(context, project, "secrets")
        if item["type"] == "kubernetes.io/dockerconfigjson"
    ]
    return len(configs) == len(cluster.contexts) and all(canary.encode() in config for config in configs)


def test_nothing_is_found_but_in_the_opener_while_it_sends(
    scene: Scene, app: None, cluster: Cluster, project: str, canary: str
) -> None:
    for _ in range(TRIES):
        command = scene.start("deploy", "app", "--json")
        hits = scene.catch_opener_in_passing(command)
        if hits:
            break
    assert hits["utf-8"] > 0, f"no opener was caught in {TRIES} deployments, or the scanner finds nothing"
    # The command may have ended already: what the opener still has to do is to end.
    assert scene.look(processes.worker(scene.home)) == {}

    scene.let_openers_go()
    command.ends_with(0)
    assert secrets_in_regions_hold(canary, cluster, project)
    assert scene.look(processes.worker(scene.home)) == {}


def test_nothing_is_found_at_any_time_of_a_deployment_or_after_it(
    scene: Scene, app: None, cluster: Cluster, project: str, canary: str
) -> None:
    for _ in range(DEPLOYMENTS):
        command = scene.start("deploy", "app", "--json")
        while command.process.poll() is None:
            assert scene.look() == {}
        command.ends_with(0)
    assert secrets_in_regions_hold(canary, cluster, project)

    for arguments in (["deployment", "list"], ["registry", "show", "team"], ["container", "show", "app"]):
        assert not scene.scanner.scan(scene.operator.run(*arguments, "--json").out.encode())
    assert scene.look(processes.worker(scene.home)) == {}
    scene.operator.stop_worker()
    assert scene.look() == {}
