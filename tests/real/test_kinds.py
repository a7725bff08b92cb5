"""Cronjobs and init jobs in real regions, which serve CronJobs in a version of their own."""

from tests.operator import Operator
from tests.real.app import connect, image
from tests.real.cluster import Cluster


def test_a_cronjob_is_scheduled_pulls_with_its_secret_and_is_terminated(
    cluster: Cluster, operator: Operator, project: str, canary: str
) -> None:
    region, *_ = cluster.contexts
    cluster.set_password(canary)
    connect(operator, cluster, canary)
    named = ["--image", image(cluster, "v1"), "--registry", "team", "--region", region]
    operator.run("container", "add", "nightly", *named, "--type", "cronjob", "--schedule", "15 3 * * *")

    operator.run("deploy", "nightly")

    (made,) = cluster.objects(region, project, "cronjobs")
    pod = made["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    assert (made["spec"]["schedule"], pod["imagePullSecrets"]) == (
        "15 3 * * *",
        [{"name": "bahriya-team-v1"}],
    )
    operator.run("container", "terminate", "nightly", "--yes")
    assert cluster.objects(region, project, "cronjobs") == []


def test_an_init_job_with_a_registry_of_its_own_runs_first_and_is_named_when_it_cannot_be_pulled(
    cluster: Cluster, operator: Operator, project: str, canary: str
) -> None:
    region, *_ = cluster.contexts
    cluster.set_password(canary)
    connect(operator, cluster, canary)
    server = ["--server", cluster.registry, "--username", "op"]
    operator.run("registry", "add", "jobs", *server, "--password-stdin", password=canary)
    named = ["--image", image(cluster, "v1"), "--registry", "team", "--region", region, "--type", "worker"]
    init = ["--init", f"migrate={image(cluster, 'v9')}", "--init-registry", "migrate=jobs"]
    operator.run("container", "add", "app", *named, *init)

    told = operator.run("deploy", "app", "--json", code=1).lines
    (failed,) = [one["message"] for one in told if one["phase"] == "failed" and one["region"]]
    assert failed.startswith("image pull of init job migrate failed: ")
    assert "not found" in failed
    assert {"bahriya-jobs-v1", "bahriya-team-v1"} <= set(cluster.pull_secrets(region, project))
