"""Pods that real regions create and cannot run: the region's line says why while the rollout waits."""

from collections.abc import Callable

from tests.operator import Operator
from tests.real.app import connect, image, run_app
from tests.real.cluster import Cluster
from tests.real.underway import Underway, hold, release

Start = Callable[..., Underway]


def test_a_pod_that_no_node_has_room_for_is_told_with_what_is_scarce(
    cluster: Cluster, operator: Operator, project: str, start: Start, canary: str
) -> None:
    region, *_ = cluster.contexts
    run_app(operator, cluster, canary, region)
    hold(cluster, project, region)

    deployment = start("deploy", "app")
    deployment.reaches(region, "rolling", "1 pod waits for a node: insufficient memory; free some there")
    release(cluster, project, region)
    deployment.ends_with(0)


def test_a_deployment_that_somebody_paused_goes_on_when_it_is_resumed(
    cluster: Cluster, operator: Operator, project: str, start: Start, canary: str
) -> None:
    region, *_ = cluster.contexts
    run_app(operator, cluster, canary, region)
    where = ["deployment/app", "--namespace", f"bahriya-{project}"]
    cluster.kubectl(region, "rollout", "pause", *where)

    deployment = start("deploy", "app")
    deployment.reaches(region, "rolling", "somebody has paused the Deployment there")
    cluster.kubectl(region, "rollout", "resume", *where)
    deployment.ends_with(0)


def test_a_container_that_cannot_be_started_is_told_with_what_its_image_lacks(
    cluster: Cluster, operator: Operator, project: str, start: Start, canary: str
) -> None:
    region, *_ = cluster.contexts
    cluster.set_password(canary)
    connect(operator, cluster, canary)
    named = ["--image", image(cluster, "v1"), "--registry", "team", "--region", region, "--type", "worker"]
    init = ["--init", f"migrate={image(cluster, 'v1')}", "--init-command", "migrate=/no-such-program"]
    operator.run("container", "add", "app", *named, *init, "--init-registry", "migrate=team")

    deployment = start("deploy", "app")
    deployment.reaches(region, "rolling", "init job migrate: 1 pod cannot be started: ")
    deployment.reaches(region, "rolling", "no such file or directory")
    operator.run("deployment", "cancel", deployment.deployment)
    deployment.ends_with(1)


def test_a_secret_that_somebody_else_wants_in_the_environment_is_named_when_it_is_missing(
    cluster: Cluster, operator: Operator, project: str, start: Start, canary: str
) -> None:
    region, *_ = cluster.contexts
    run_app(operator, cluster, canary, region)
    added = ["set", "env", "deployment/app", "--from=secret/db", "--namespace", f"bahriya-{project}"]
    cluster.kubectl(region, "create", "secret", "generic", "db", "--from-literal=URL=x", *added[-2:])
    cluster.kubectl(region, *added)
    cluster.kubectl(region, "delete", "secret", "db", *added[-2:])

    deployment = start("deploy", "app")
    deployment.reaches(region, "rolling", '1 pod lacks configuration: secret "db" not found; put it there')
    operator.run("deployment", "cancel", deployment.deployment)
    deployment.ends_with(1)
