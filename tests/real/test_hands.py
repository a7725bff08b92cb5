"""Other hands in our namespace: what they change or delete is told, and not taken from them unasked."""

import json
import re
from collections.abc import Callable

from tests.operator import Operator
from tests.real.app import image, run_app
from tests.real.cluster import Cluster
from tests.real.underway import Underway, hold, release

Start = Callable[..., Underway]


def test_fields_that_others_have_set_stay_theirs_and_they_are_named(
    cluster: Cluster, operator: Operator, project: str, start: Start, canary: str
) -> None:
    by_hand, by_tool, untouched, *_ = cluster.contexts
    run_app(operator, cluster, canary)
    where = ["--namespace", f"bahriya-{project}"]
    cluster.kubectl(by_hand, "set", "image", "deployment/app", f"app={image(cluster, 'v2')}", *where)
    metadata = {"name": "app", "namespace": f"bahriya-{project}"}
    theirs = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": {"replicas": 2}}
    how = ["--validate=false", "--server-side", "--force-conflicts", "--field-manager", "argocd-controller"]
    cluster.kubectl(by_tool, "apply", *how, "--filename", "-", given=json.dumps(theirs))

    deployment = start("deploy", "app")
    deployment.ends_with(1)

    (told,) = deployment.said(by_hand, "failed")
    assert "deployment app: kubectl-set owns" in told
    assert "image" in told
    (told,) = deployment.said(by_tool, "failed")
    assert "deployment app: argocd-controller owns .spec.replicas" in told
    assert deployment.said(untouched, "running")
    assert cluster.pulls(by_hand, project)[0] == image(cluster, "v2")


def test_a_pull_secret_edited_by_hand_is_not_written_over_and_the_hand_is_named(
    cluster: Cluster, operator: Operator, project: str, start: Start, canary: str
) -> None:
    region, *_ = cluster.contexts
    run_app(operator, cluster, canary, region)
    nothing = json.dumps({"stringData": {".dockerconfigjson": '{"auths": {}}'}})
    where = ["--namespace", f"bahriya-{project}"]
    cluster.kubectl(region, "patch", "secret", "bahriya-team-v1", "--patch", nothing, *where)

    deployment = start("deploy", "app")
    deployment.ends_with(1)

    (told,) = deployment.said(region, "failed")
    assert "pull secret bahriya-team-v1" in told
    assert "kubectl-patch" in told
    (secret,) = (
        one for one in cluster.objects(region, project, "secrets") if "team" in one["metadata"]["name"]
    )
    assert secret["data"][".dockerconfigjson"] == "eyJhdXRocyI6IHt9fQ=="


def test_a_deployment_deleted_by_somebody_during_its_rollout_has_failed_at_once(
    cluster: Cluster, operator: Operator, project: str, start: Start, canary: str
) -> None:
    region, *_ = cluster.contexts
    run_app(operator, cluster, canary, region)
    hold(cluster, project, region)
    deployment = start("deploy", "app")
    deployment.reaches(region, "rolling")

    cluster.kubectl(region, "delete", "deployment", "app", "--namespace", f"bahriya-{project}")
    deployment.ends_with(1)

    (told,) = deployment.said(region, "failed")
    assert told.startswith("the Deployment was deleted in the region")
    release(cluster, project, region)
    operator.run("deployment", "retry", deployment.deployment)
    assert "Running" in [pod["status"]["phase"] for pod in cluster.objects(region, project, "pods")]


def test_what_somebody_deleted_between_two_deployments_comes_back_with_the_second(
    cluster: Cluster, operator: Operator, project: str, canary: str
) -> None:
    region, *_ = cluster.contexts
    run_app(operator, cluster, canary, region)
    where = ["--namespace", f"bahriya-{project}"]
    cluster.kubectl(region, "delete", "deployment/app", "secret/bahriya-team-v1", *where)

    operator.run("deploy", "app")

    assert cluster.pulls(region, project) == (image(cluster, "v1"), "bahriya-team-v1")
    assert cluster.pull_secrets(region, project) == ["bahriya-team-v1"]


def test_a_namespace_that_is_being_deleted_is_told_and_made_anew_when_it_is_gone(
    cluster: Cluster, operator: Operator, project: str, start: Start, canary: str
) -> None:
    region, *_ = cluster.contexts
    run_app(operator, cluster, canary, region)
    namespace = f"bahriya-{project}"
    kept = {"name": "kept", "namespace": namespace, "finalizers": ["example.com/kept"]}
    cluster.apply(region, {"apiVersion": "v1", "kind": "ConfigMap", "metadata": kept})
    try:
        cluster.kubectl(region, "delete", "namespace", namespace, "--wait=false")
        emptied = ["deployment/app", "secret/bahriya-team-v1", "--namespace", namespace, "--timeout=30s"]
        cluster.kubectl(region, "wait", "--for=delete", *emptied)
        deployment = start("deploy", "app")
        deployment.ends_with(1)
    finally:
        free = json.dumps({"metadata": {"finalizers": None}})
        cluster.kubectl(region, "patch", "configmap", "kept", "--patch", free, "--namespace", namespace)

    (told,) = deployment.said(region, "failed")
    assert namespace in told
    assert re.search("being (terminated|deleted)", told)
    cluster.kubectl(region, "wait", "--for=delete", f"namespace/{namespace}", "--timeout=60s")
    operator.run("deployment", "retry", deployment.deployment)
    assert cluster.pull_secrets(region, project) == ["bahriya-team-v1"]
