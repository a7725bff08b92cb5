"""Worker and openers are killed in the middle; what was begun ends as the regions show, and only once."""

import os
import signal
from collections.abc import Callable
from contextlib import suppress

from tests.hostile import processes
from tests.operator import Operator
from tests.real.app import add_container, connect, run_app
from tests.real.cluster import Cluster
from tests.real.underway import Underway, held, hold, release
from tests.worker.desk import until

Start = Callable[..., Underway]


def test_a_worker_killed_during_a_rollout_is_followed_by_one_that_finishes_it(
    cluster: Cluster, operator: Operator, project: str, start: Start, canary: str
) -> None:
    region, *_ = cluster.contexts
    run_app(operator, cluster, canary, region)
    hold(cluster, project, region)
    deployment = start("deploy", "app")
    deployment.reaches(region, "rolling")
    until(lambda: bool(held(cluster, project, region)))
    pods, killed = held(cluster, project, region), processes.worker(operator.home)

    os.kill(killed, signal.SIGKILL)
    until(lambda: len(deployment.said(region, "connecting")) == 2, 40, lambda: deployment.events)
    assert processes.worker(operator.home) != killed
    assert held(cluster, project, region) == pods
    release(cluster, project, region)

    deployment.ends_with(0)
    phases = [one["phase"] for one in deployment.events if one["region"] is None]
    assert phases == ["queued", "running", "taken_over", "done"]
    assert len(cluster.objects(region, project, "replicasets")) == 2


def test_a_deployment_that_goes_on_while_no_worker_lives_ends_as_the_region_shows(
    cluster: Cluster, operator: Operator, project: str, canary: str
) -> None:
    region, *_ = cluster.contexts
    run_app(operator, cluster, canary, region)
    hold(cluster, project, region)
    number = operator.run("deploy", "app", "--no-wait", "--json").json["id"]
    until(lambda: bool(held(cluster, project, region)))
    os.kill(processes.worker(operator.home), signal.SIGKILL)
    release(cluster, project, region)
    rolled_out = ["rollout", "status", "deployment/app", "--namespace", f"bahriya-{project}"]
    cluster.kubectl(region, *rolled_out, "--timeout=30s")
    shown = operator.run("deployment", "show", str(number), "--json").json
    assert shown["state"] == "running"

    # Whoever looks on wakes a worker; here it is somebody who waits for something else.
    operator.run("region", "check", region)
    until(
        lambda: operator.run("deployment", "show", str(number), "--json").json["state"] == "done",
        say=lambda: operator.run("deployment", "show", str(number)).out,
    )


def test_openers_that_are_all_killed_are_named_and_a_retry_without_that_gets_there(
    cluster: Cluster, operator: Operator, project: str, start: Start, canary: str
) -> None:
    region, *_ = cluster.contexts
    cluster.set_password(canary)
    connect(operator, cluster, canary)
    add_container(operator, cluster, region)

    deployment = start("deploy", "app")
    while deployment.command.process.poll() is None:
        for opener in processes.of_kind(operator.home, processes.OPENER):
            with suppress(ProcessLookupError):
                os.kill(opener, signal.SIGKILL)
    deployment.ends_with(1)

    (told,) = deployment.said(region, "failed")
    assert "the opener ended without an answer" in told
    assert cluster.pull_secrets(region, project) == []
    operator.run("deployment", "retry", deployment.deployment)
    assert cluster.pull_secrets(region, project) == ["bahriya-team-v1"]
