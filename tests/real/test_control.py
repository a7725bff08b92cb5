"""What an operator does about a deployment, and what the regions then show: cancel, roll back, terminate."""

from collections.abc import Callable

from tests.operator import Operator
from tests.real.app import image, run_app
from tests.real.cluster import Cluster, Control
from tests.real.underway import Underway, hold, release

Start = Callable[..., Underway]


def test_a_cancelled_rollout_leaves_what_ran_before_serving(
    cluster: Cluster, operator: Operator, project: str, start: Start, canary: str
) -> None:
    held, other, *_ = cluster.contexts
    run_app(operator, cluster, canary, held, other)
    (serving,) = cluster.objects(held, project, "pods")
    hold(cluster, project, held)
    deployment = start("deploy", "app")
    deployment.reaches(held, "rolling")
    deployment.reaches(other, "running")

    operator.run("deployment", "cancel", deployment.deployment)
    deployment.ends_with(1)

    shown = operator.run("deployment", "show", deployment.deployment, "--json").json
    assert shown["state"] == "cancelled"
    assert {one["region"]: one["state"] for one in shown["regions"]} == {held: "cancelled", other: "running"}
    names = {
        pod["metadata"]["name"]: pod["status"]["phase"] for pod in cluster.objects(held, project, "pods")
    }
    assert names[serving["metadata"]["name"]] == "Running"

    release(cluster, project, held)
    operator.run("deployment", "retry", deployment.deployment)


def test_a_rollback_brings_back_image_and_registry_version_of_the_revision_before(
    cluster: Cluster, operator: Operator, project: str, canary: str
) -> None:
    region, *_ = cluster.contexts
    run_app(operator, cluster, canary, region)
    operator.run("registry", "rotate", "team", "--password-stdin", "--no-check", password=canary)
    operator.run("container", "edit", "app", "--image", image(cluster, "v2"))
    second = operator.run("deploy", "app", "--json").lines[0]["deployment"]
    assert cluster.pulls(region, project) == (image(cluster, "v2"), "bahriya-team-v2")

    rolled_back = operator.run("deployment", "rollback", str(second), "--json").lines

    assert {one["phase"] for one in rolled_back if one["region"] == region} >= {"running"}
    assert cluster.pulls(region, project) == (image(cluster, "v1"), "bahriya-team-v1")
    shown = operator.run("container", "show", "app", "--json").json
    assert (shown["image"], shown["status"]) == (image(cluster, "v1"), "running")


def test_a_terminated_container_leaves_nothing_once_a_frozen_region_was_retried(
    cluster: Cluster, operator: Operator, project: str, control: Control, start: Start, canary: str
) -> None:
    run_app(operator, cluster, canary)
    frozen, *others = cluster.contexts
    control.freeze(frozen)

    termination = start("container", "terminate", "app", "--yes")
    termination.ends_with(1)

    assert termination.said(frozen, "unreachable")
    for region in others:
        assert termination.said(region, "terminated")
    control.bring_back(frozen)
    operator.run("deployment", "retry", termination.deployment)
    for region in cluster.contexts:
        assert cluster.objects(region, project, "deployments,replicasets,pods") == []
        assert cluster.pull_secrets(region, project) == []
    shown = operator.run("container", "show", "app", "--json").json
    assert (shown["status"], shown["placements"]) == ("terminated", [])
