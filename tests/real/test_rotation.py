"""A token that was revoked before anybody rotated it: what runs keeps running, and a rotation helps."""

import secrets

from tests.operator import Operator
from tests.real.app import run_app
from tests.real.cluster import Cluster
from tests.worker.desk import until


def test_a_revoked_token_stops_the_next_deployment_and_a_rotation_lets_a_retry_through(
    cluster: Cluster, operator: Operator, project: str, canary: str
) -> None:
    run_app(operator, cluster, canary)
    new = f"{canary}-{secrets.token_hex(4)}"
    cluster.set_password(new)

    failed = operator.run("deploy", "app", "--json", code=1).lines

    told = [one for one in failed if one["phase"] == "failed" and one["region"]]
    assert {one["region"] for one in told} == set(cluster.contexts)
    assert all("401 Unauthorized" in one["message"] for one in told)
    assert all("the former revision keeps serving" in one["message"] for one in told)
    for region in cluster.contexts:
        assert "Running" in [pod["status"]["phase"] for pod in cluster.objects(region, project, "pods")]

    operator.run("registry", "rotate", "team", "--password-stdin", password=canary, code=1)
    assert operator.run("registry", "show", "team", "--json").json["version"] == 1
    rotated = operator.run("registry", "rotate", "team", "--password-stdin", "--json", password=new).json
    operator.run("deployment", "retry", str(failed[0]["deployment"]))
    current = f"bahriya-team-v{rotated['version']}"
    for region in cluster.contexts:
        assert cluster.pulls(region, project)[1] == current

    def left() -> dict[str, list[str]]:
        return {region: cluster.pull_secrets(region, project) for region in cluster.contexts}

    until(lambda: left() == {region: [current] for region in cluster.contexts}, say=left)
