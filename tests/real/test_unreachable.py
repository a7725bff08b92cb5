"""Regions whose API server stops answering, or goes and comes back: told as it is, and nobody else waits."""

from collections.abc import Callable

from tests.operator import Operator
from tests.real.app import add_container, connect, run_app
from tests.real.cluster import Cluster, Control
from tests.real.underway import Underway, hold, release

Start = Callable[..., Underway]


def test_a_region_frozen_before_a_deployment_holds_nobody_up_and_is_retried_alone(
    cluster: Cluster, operator: Operator, project: str, control: Control, start: Start, canary: str
) -> None:
    cluster.set_password(canary)
    connect(operator, cluster, canary)
    add_container(operator, cluster)
    frozen, *others = cluster.contexts
    control.freeze(frozen)

    deployment = start("deploy", "app")
    deployment.ends_with(1)

    (told,) = deployment.said(frozen, "unreachable")
    assert told.startswith(
        "region cannot be reached: no answer within 3 s; once it can: bahriya deployment retry"
    )
    for region in others:
        assert deployment.said(region, "running")
        assert deployment.place(region, "rolling") < deployment.place(frozen, "unreachable")
    shown = operator.run("deployment", "show", deployment.deployment, "--json").json
    assert shown["state"] == "partial"

    control.bring_back(frozen)
    retried = operator.run("deployment", "retry", deployment.deployment, "--json").lines
    assert {one["region"] for one in retried if one["region"]} == {frozen}
    (pod,) = cluster.objects(frozen, project, "pods")
    assert pod["status"]["phase"] == "Running"
    assert operator.run("container", "show", "app", "--json").json["status"] == "running"


def test_a_region_frozen_during_its_rollout_is_unreachable_while_the_others_end(
    cluster: Cluster, operator: Operator, project: str, control: Control, start: Start, canary: str
) -> None:
    run_app(operator, cluster, canary)
    frozen, *others = cluster.contexts
    for region in cluster.contexts:
        hold(cluster, project, region)
    deployment = start("deploy", "app")
    for region in cluster.contexts:
        deployment.reaches(region, "rolling")

    control.freeze(frozen)
    for region in others:
        release(cluster, project, region)
    deployment.ends_with(1)

    (told,) = deployment.said(frozen, "unreachable")
    assert told.startswith("region cannot be reached: no answer within")
    for region in others:
        assert deployment.place(region, "running") < deployment.place(frozen, "unreachable")

    control.bring_back(frozen)
    release(cluster, project, frozen)
    retried = operator.run("deployment", "retry", deployment.deployment, "--json").lines
    assert {one["region"] for one in retried if one["region"]} == {frozen}


def test_an_api_server_that_restarts_during_a_rollout_is_waited_for_and_one_that_stays_away_is_unreachable(
    cluster: Cluster, operator: Operator, project: str, control: Control, start: Start, canary: str
) -> None:
    killed, restarted, other, *_ = cluster.contexts
    run_app(operator, cluster, canary)
    for region in (killed, restarted):
        hold(cluster, project, region)
    deployment = start("deploy", "app")
    for region in (killed, restarted):
        deployment.reaches(region, "rolling")

    control.kill(restarted)
    control.bring_back(restarted)
    control.kill(killed)
    release(cluster, project, restarted)
    deployment.ends_with(1)

    assert deployment.said(other, "running")
    assert deployment.said(restarted, "running"), deployment.events
    (told,) = deployment.said(killed, "unreachable")
    assert told.startswith("region cannot be reached: connection refused; once it can: ")
    shown = operator.run("region", "show", killed, "--json").json
    assert (shown["status"], shown["last_error"]) == ("unreachable", "connection refused")

    control.bring_back(killed)
    (checked,) = operator.run("region", "check", killed, "--json").json
    assert checked["status"] == "active"
