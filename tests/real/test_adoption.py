"""A pull secret that somebody made with kubectl in a real region, found there and adopted."""

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.operator import Operator
from tests.real.access import let_in
from tests.real.cluster import Cluster

MADE = ["create", "secret", "docker-registry", "pull"]


@pytest.fixture
def region(cluster: Cluster) -> str:
    return cluster.contexts[0]


@pytest.fixture
def namespace(cluster: Cluster, region: str, project: str, canary: str) -> Iterator[str]:
    """A namespace of somebody else, with a pull secret of theirs in it."""
    name = f"legacy-{project}"
    cluster.set_password(canary)
    cluster.apply(region, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    login = [f"--docker-server={cluster.registry}", "--docker-username=op", f"--docker-password={canary}"]
    cluster.kubectl(region, *MADE, *login, "--namespace", name)
    yield name
    cluster.kubectl(region, "delete", "namespace", name, "--wait=false")


def test_a_secret_that_kubectl_made_is_listed_and_becomes_a_registry(
    cluster: Cluster, operator: Operator, region: str, namespace: str, canary: str
) -> None:
    listing = ["registry", "adopt", "--region", region, "--json"]
    assert (namespace, "pull") in [(one["namespace"], one["name"]) for one in operator.run(*listing).json], (
        "in all namespaces"
    )
    (found,) = operator.run(*listing, "--namespace", namespace).json
    assert found["type"] == "kubernetes.io/dockerconfigjson"
    before = cluster.kubectl(region, "get", "secret", "pull", "--namespace", namespace, "--output", "json")

    made = operator.run(*listing, "team", "--secret", f"{namespace}/pull").json

    assert (made["server"], made["username"], made["login"]) == (cluster.registry, "op", "accepted")
    after = cluster.kubectl(region, "get", "secret", "pull", "--namespace", namespace, "--output", "json")
    assert after == before
    for form in (canary.encode(), base64.b64encode(f"op:{canary}".encode())):
        assert form not in operator.written()


def test_who_may_not_list_secrets_reads_which_right_is_missing_and_may_still_adopt(
    cluster: Cluster, operator: Operator, region: str, project: str, namespace: str, tmp_path: Path
) -> None:
    cluster.apply(
        region, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": f"bahriya-{project}"}}
    )
    login = [f"--docker-server={cluster.registry}", "--docker-username=op", "--docker-password=x"]
    cluster.kubectl(region, *MADE, *login, "--namespace", f"bahriya-{project}")
    file = tmp_path / "limited"
    let_in(cluster, project, region, {"secrets": ("get",)}, file)
    operator.run("region", "edit", region, "--context", "limited", "--kubeconfig", str(file))
    asked = ["registry", "adopt", "--region", region]

    listing = operator.run(*asked, code=1).err
    other = operator.run(*asked, "team", "--secret", f"{namespace}/pull", code=1).err
    operator.run(*asked, "team", "--secret", f"bahriya-{project}/pull", "--no-check")

    assert 'cannot list resource "secrets"' in listing
    assert "--namespace" in listing
    assert f"let get secrets in namespace {namespace}" in other
