"""A token that was revoked before anybody rotated it: what runs keeps running, and a rotation helps."""

import base64
import json
import secrets
from contextlib import closing

from bahriya_tui.cluster import objects
from bahriya_tui.cluster.transport import Answer, Transport
from bahriya_tui.kubeconfig.endpoint import endpoint
from bahriya_tui.model.manifests.marks import HOLDS
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


def test_after_a_push_a_region_refuses_an_older_token_and_takes_what_counts(
    cluster: Cluster, operator: Operator, project: str, canary: str
) -> None:
    run_app(operator, cluster, canary)
    first = {region: apply_late(cluster, region, project, holds=1) for region in cluster.contexts}
    assert {answer.status for answer in first.values()} == {200}
    newer, newest = (f"{canary}-{secrets.token_hex(4)}" for _ in range(2))

    for version, token in ((2, newer), (3, newest)):
        cluster.set_password(token)
        operator.run("registry", "rotate", "team", "--password-stdin", "--push-now", password=token)
        assert holds(cluster, project) == {(f"{version}", "bahriya bahriya-push")}
        for region in cluster.contexts:
            refused = apply_late(cluster, region, project, holds=1)
            assert (refused.status, "bahriya-push" in str(refused.body)) == (409, True)
            seen = str(first[region].body["metadata"]["resourceVersion"])
            changed = apply_late(cluster, region, project, holds=version, resource_version=seen)
            assert (changed.status, "has been modified" in str(changed.body)) == (409, True)
    operator.run("deploy", "app")
    assert "missing" not in operator.run("matrix").out


EMPTY = {
    "type": "kubernetes.io/dockerconfigjson",
    "data": {".dockerconfigjson": base64.b64encode(b'{"auths": {}}').decode()},
}


def apply_late(cluster: Cluster, region: str, project: str, *, holds: int, **metadata: str) -> Answer:
    """Try, without doing it, what an opener sends, with no login in it."""
    name, space = "bahriya-team-v1", f"bahriya-{project}"
    said = {"name": name, "annotations": {HOLDS: str(holds)}}
    if "resource_version" in metadata:
        said["resourceVersion"] = metadata["resource_version"]
    with closing(Transport(endpoint(cluster.kubeconfig, region))) as transport:
        return transport.request(
            "PATCH",
            objects.path("Secret", space, name),
            query={"fieldManager": "bahriya", "force": "false", "dryRun": "All"},
            body={"apiVersion": "v1", "kind": "Secret", "metadata": said, **EMPTY},
            content_type="application/apply-patch+yaml",
            metadata_only=True,
        )


def holds(cluster: Cluster, project: str) -> set[tuple[str, str]]:
    """Say of the pull secret `v1` of every region whose token is in it, and which managers own that mark."""
    found = set()
    for region in cluster.contexts:
        asked = ("get", "secret", "bahriya-team-v1", "--namespace", f"bahriya-{project}")
        shown = json.loads(cluster.kubectl(region, *asked, "--output=json", "--show-managed-fields"))
        metadata = shown["metadata"]
        owners = [one["manager"] for one in metadata["managedFields"] if HOLDS in json.dumps(one)]
        found.add((metadata["annotations"][HOLDS], " ".join(sorted(owners))))
    return found
