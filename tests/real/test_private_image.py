"""The whole story against real regions: a private image, its credential, and what becomes of both."""

import json
import secrets

from tests.operator import Operator
from tests.real.app import add_container, connect
from tests.real.cluster import Cluster


def test_a_private_image_runs_in_every_region_and_leaves_nothing_behind(
    cluster: Cluster, operator: Operator, project: str, canary: str
) -> None:
    cluster.set_password(canary)
    connect(operator, cluster, canary)
    add_container(operator, cluster)

    events = operator.run("deploy", "app", "--json").lines

    assert {event["region"] for event in events if event["phase"] == "running"} >= set(cluster.contexts)
    for context in cluster.contexts:
        (pod,) = cluster.objects(context, project, "pods")
        assert pod["status"]["phase"] == "Running"
        assert [secret["name"] for secret in pod["spec"]["imagePullSecrets"]] == ["bahriya-team-v1"]

    second = f"{canary}-{secrets.token_hex(4)}"
    cluster.set_password(second)
    rotated = operator.run("registry", "rotate", "team", "--password-stdin", "--json", password=second)
    assert rotated.json["version"] == 2
    for context in cluster.contexts:
        assert cluster.pull_secrets(context, project) == ["bahriya-team-v1"]

    operator.run("deploy", "app")
    for context in cluster.contexts:
        assert "bahriya-team-v2" in cluster.pull_secrets(context, project)
        (deployment,) = cluster.objects(context, project, "deployments")
        template = deployment["spec"]["template"]["spec"]
        assert template["imagePullSecrets"] == [{"name": "bahriya-team-v2"}]

    refused = operator.run("registry", "delete", "team", "--yes", code=3)
    assert "app" in refused.err
    operator.run("registry", "delete", "team", "--unlink", "--yes")
    for context in cluster.contexts:
        assert cluster.pull_secrets(context, project) == []

    operator.stop_worker()
    assert canary.encode() not in operator.written()


def test_a_wrong_password_is_reported_in_the_regions_own_words(
    cluster: Cluster, operator: Operator, project: str, canary: str
) -> None:
    cluster.set_password(canary)
    connect(operator, cluster, f"not-{canary}", "--no-check")
    add_container(operator, cluster)

    result = operator.run("deploy", "app", "--json", code=1)

    failed = [event for event in result.lines if event["phase"] == "failed" and event["region"]]
    assert {event["region"] for event in failed} == set(cluster.contexts)
    assert all("401 Unauthorized" in event["message"] for event in failed)
    assert operator.run("container", "show", "app", "--json").json["status"] == "error"
    assert canary not in result.out + result.err


def test_a_check_refuses_a_wrong_password_before_it_is_stored(
    cluster: Cluster, operator: Operator, project: str, canary: str
) -> None:
    cluster.set_password(canary)
    arguments = ["--server", cluster.registry, "--username", "op", "--password-stdin", "--json"]

    refused = operator.run("registry", "add", "team", *arguments, password="wrong", code=1)

    assert "team" in json.loads(refused.err)["error"]["message"]
    assert operator.run("registry", "list", "--json").json == []


def test_a_missing_tag_is_told_apart_from_a_wrong_password(
    cluster: Cluster, operator: Operator, project: str, canary: str
) -> None:
    cluster.set_password(canary)
    connect(operator, cluster, canary)
    add_container(operator, cluster, tag="no-such-tag")

    result = operator.run("deploy", "app", "--json", code=1)

    failed = [event for event in result.lines if event["phase"] == "failed" and event["region"]]
    assert failed
    assert all("not found" in event["message"] for event in failed)


def test_a_deleted_registry_makes_the_next_deployment_fail_and_say_why(
    cluster: Cluster, operator: Operator, project: str, canary: str
) -> None:
    cluster.set_password(canary)
    connect(operator, cluster, canary)
    add_container(operator, cluster)
    operator.run("deploy", "app")

    operator.run("registry", "delete", "team", "--force", "--yes")
    connect(operator, cluster, canary)
    result = operator.run("deploy", "app", "--json", code=1)

    shown = operator.run("container", "show", "app", "--json").json
    assert shown["registry"] == "team"
    assert shown["registry_missing"] is True
    failed = [event for event in result.lines if event["phase"] == "failed" and event["region"]]
    assert failed
    assert all("bahriya-team-v1" in event["message"] for event in failed)


def test_a_region_that_leaves_loses_workload_and_secret(
    cluster: Cluster, operator: Operator, project: str, canary: str
) -> None:
    cluster.set_password(canary)
    connect(operator, cluster, canary)
    add_container(operator, cluster)
    operator.run("deploy", "app")
    stays, *leave = cluster.contexts

    operator.run("container", "edit", "app", "--region", stays)

    for context in leave:
        assert cluster.objects(context, project, "deployments") == []
        assert cluster.pull_secrets(context, project) == []
    assert len(cluster.objects(stays, project, "deployments")) == 1
