"""What real regions show when they are read back: edited by hand, missing, in sync; and the repair of it."""

import base64
import json
import secrets

from tests.operator import Operator
from tests.real.app import run_app
from tests.real.cluster import Cluster


def states(operator: Operator, *options: str, code: int = 0) -> dict[str, str]:
    """Give the state of each region's cell."""
    return {
        cell["region"]: cell["state"] for cell in operator.run("matrix", "--json", *options, code=code).json
    }


def token_in(cluster: Cluster, region: str, project: str, name: str) -> str:
    """Read the password out of a pull secret, as an administrator of the region can."""
    (secret,) = (
        one for one in cluster.objects(region, project, "secrets") if one["metadata"]["name"] == name
    )
    (login,) = json.loads(base64.b64decode(secret["data"][".dockerconfigjson"]))["auths"].values()
    password: str = login["password"]
    return password


def test_a_secret_that_was_edited_and_one_that_is_gone_are_found_and_written_again(
    cluster: Cluster, operator: Operator, project: str, canary: str
) -> None:
    edited, gone, untouched, *_ = cluster.contexts
    run_app(operator, cluster, canary)
    assert set(states(operator).values()) == {"in sync"}
    where = ["--namespace", f"bahriya-{project}"]
    other = json.dumps({"stringData": {".dockerconfigjson": '{"auths": {}}'}})
    cluster.kubectl(edited, "patch", "secret", "bahriya-team-v1", "--patch", other, *where)
    cluster.kubectl(gone, "delete", "secret", "bahriya-team-v1", *where)

    found = states(operator, code=1)
    assert found == {edited: "edited", gone: "missing", untouched: "in sync"}

    assert set(states(operator, "--repair").values()) == {"in sync"}
    for region in cluster.contexts:
        assert token_in(cluster, region, project, "bahriya-team-v1") == canary


def test_a_leaked_token_is_replaced_in_every_region_and_no_pod_starts_anew(
    cluster: Cluster, operator: Operator, project: str, canary: str
) -> None:
    run_app(operator, cluster, canary)
    before = {region: cluster.objects(region, project, "pods") for region in cluster.contexts}
    new = f"{canary}-{secrets.token_hex(4)}"
    cluster.set_password(new)

    operator.run("registry", "rotate", "team", "--password-stdin", "--push-now", password=new)

    for region in cluster.contexts:
        assert token_in(cluster, region, project, "bahriya-team-v1") == new
        after = cluster.objects(region, project, "pods")
        assert [pod["metadata"]["uid"] for pod in after] == [pod["metadata"]["uid"] for pod in before[region]]
    usage = operator.run("registry", "usage", "team", "--json").json
    assert usage["may_revoke"] is True
