"""Regions that answer, and refuse: rights, quotas and webhooks, each told in the region's own words."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.operator import Operator
from tests.real.access import ENOUGH, Rights, let_in
from tests.real.app import add_container, connect, image, run_app
from tests.real.cluster import Cluster
from tests.real.underway import Underway

Start = Callable[..., Underway]
ComeAs = Callable[[str, Rights], None]


@pytest.fixture
def come_as(cluster: Cluster, operator: Operator, project: str, tmp_path: Path) -> ComeAs:
    """Let the operator come into a region with no other rights than these from now on."""

    def come(region: str, rights: Rights) -> None:
        file = tmp_path / "limited"
        let_in(cluster, project, region, rights, file)
        operator.run("region", "edit", region, "--context", "limited", "--kubeconfig", str(file))

    return come


def test_each_right_that_is_missing_is_named_and_with_all_of_them_it_runs(
    cluster: Cluster, operator: Operator, start: Start, come_as: ComeAs, canary: str
) -> None:
    region, *_ = cluster.contexts
    run_app(operator, cluster, canary, region)
    for resource, left, words in (
        ("secrets", (), 'cannot patch resource "secrets" in API group ""'),
        ("deployments.apps", (), 'cannot patch resource "deployments" in API group "apps"'),
        ("deployments.apps", ("patch",), 'cannot watch resource "deployments" in API group "apps"'),
    ):
        come_as(region, {**ENOUGH, resource: left})

        deployment = start("deploy", "app")
        deployment.ends_with(1)

        (told,) = deployment.said(region, "failed")
        assert "not permitted there" in told
        assert words in told

    come_as(region, ENOUGH)
    operator.run("deploy", "app")


def test_where_pods_may_not_be_seen_a_rollout_that_hangs_says_so(
    cluster: Cluster, operator: Operator, start: Start, come_as: ComeAs, canary: str
) -> None:
    region, *_ = cluster.contexts
    run_app(operator, cluster, canary, region)
    come_as(region, {**ENOUGH, "pods": ()})
    operator.run("container", "edit", "app", "--image", image(cluster, "no-such-tag"))

    deployment = start("deploy", "app")
    deployment.reaches(region, "rolling", 'cannot list resource "pods"')
    operator.run("deployment", "cancel", deployment.deployment)
    deployment.ends_with(1)


def test_a_namespace_that_may_not_be_looked_at_is_named_before_anything_is_sent(
    cluster: Cluster, operator: Operator, project: str, start: Start, come_as: ComeAs, canary: str
) -> None:
    region, *_ = cluster.contexts
    cluster.set_password(canary)
    connect(operator, cluster, canary)
    add_container(operator, cluster, region)
    cluster.kubectl(region, "create", "namespace", f"bahriya-{project}")
    come_as(region, ENOUGH)

    deployment = start("deploy", "app")
    deployment.ends_with(1)

    (told,) = deployment.said(region, "failed")
    assert f"namespace bahriya-{project}: not permitted there" in told
    assert 'cannot get resource "namespaces"' in told
    assert cluster.pull_secrets(region, project) == []


def test_a_quota_that_forbids_pods_is_told_in_its_words_and_a_retry_gets_through_without_it(
    cluster: Cluster, operator: Operator, project: str, start: Start, canary: str
) -> None:
    full, other, *_ = cluster.contexts
    run_app(operator, cluster, canary, full, other)
    metadata = {"name": "nothing-more", "namespace": f"bahriya-{project}"}
    quota = {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": metadata,
        "spec": {"hard": {"pods": "1"}},
    }
    cluster.apply(full, quota)

    deployment = start("deploy", "app")
    deployment.ends_with(1)

    (told,) = deployment.said(full, "failed")
    assert told.startswith("the quota there allows no further replica")
    assert "exceeded quota: nothing-more" in told
    assert "the former revision keeps serving" in told
    assert deployment.said(other, "running")

    cluster.kubectl(full, "delete", "resourcequota", "nothing-more", "--namespace", f"bahriya-{project}")
    operator.run("deployment", "retry", deployment.deployment)


@pytest.fixture
def deny(cluster: Cluster, project: str) -> "Iterator[Callable[[str, str, str], None]]":
    """Let a webhook that nobody serves decide about new objects of one kind in the project's namespace."""
    asked: list[str] = []

    def deny_new(region: str, group: str, resource: str) -> None:
        asked.append(region)
        rule = {"apiGroups": [group], "apiVersions": ["v1"], "resources": [resource]}
        webhook = {
            "name": "nobody.example.com",
            "clientConfig": {"url": "https://127.0.0.1:1/"},
            "rules": [{**rule, "operations": ["CREATE", "UPDATE"], "scope": "Namespaced"}],
            "namespaceSelector": {"matchLabels": {"bahriya.cloud/project": project}},
            "failurePolicy": "Fail",
            "sideEffects": "None",
            "admissionReviewVersions": ["v1"],
        }
        cluster.apply(
            region,
            {
                "apiVersion": "admissionregistration.k8s.io/v1",
                "kind": "ValidatingWebhookConfiguration",
                "metadata": {"name": f"deny-{project}"},
                "webhooks": [webhook],
            },
        )

    yield deny_new
    for region in asked:
        cluster.kubectl(region, "delete", "validatingwebhookconfiguration", f"deny-{project}")


@pytest.mark.parametrize(
    ("group", "resource", "words"),
    [
        ("apps", "deployments", "deployment app: admission webhook nobody.example.com does not answer there"),
        ("", "pods", "no replica can be created"),
    ],
)
def test_a_webhook_that_denies_is_named(
    cluster: Cluster,
    operator: Operator,
    start: Start,
    deny: Callable[[str, str, str], None],
    canary: str,
    group: str,
    resource: str,
    words: str,
) -> None:
    region, *_ = cluster.contexts
    run_app(operator, cluster, canary, region)
    deny(region, group, resource)

    deployment = start("deploy", "app")
    deployment.ends_with(1)

    (told,) = deployment.said(region, "failed")
    assert told.startswith(words)
    assert "failed calling w" in told
