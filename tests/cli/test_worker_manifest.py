"""The objects with which Bahriya runs in a cluster; `tests/real` applies them."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from bahriya_tui.kubeconfig.endpoint import endpoint
from bahriya_tui.launch.confine import files_left
from bahriya_tui.operations.session import open_session
from bahriya_tui.places import Places, places
from bahriya_tui.worker.lock import only_worker
from tests.cli.conftest import Commands

IMAGE = ("--image", "ghcr.io/acme/bahriya:1.0")


def printed(bahriya: Commands, *options: str) -> dict[str, Any]:
    """The objects by their kinds, of which there is one each."""
    answer = bahriya.good("worker", "manifest", "helsinki-1", *IMAGE, *options)
    found = {one["kind"]: one for one in yaml.safe_load_all(answer.out)}
    assert list(found) == ["Namespace", "ServiceAccount", "ConfigMap", "StatefulSet"]
    return found


def test_a_store_never_has_two_workers_and_stays_when_the_objects_go(bahriya: Commands) -> None:
    spec = printed(bahriya, "--storage", "5Gi", "--storage-class", "fast")["StatefulSet"]["spec"]
    assert spec["replicas"] == 1
    (claim,) = spec["volumeClaimTemplates"]
    assert claim["spec"] == {
        "accessModes": ["ReadWriteOnce"],
        "storageClassName": "fast",
        "resources": {"requests": {"storage": "5Gi"}},
    }
    printed_plain = printed(bahriya)["StatefulSet"]["spec"]["volumeClaimTemplates"][0]["spec"]
    assert "storageClassName" not in printed_plain


def test_the_account_is_the_one_that_gets_rights_from_region_rbac(shop: Commands) -> None:
    made = printed(shop)
    rights = list(yaml.safe_load_all(shop.good("region", "rbac").out))
    assert [made["Namespace"], made["ServiceAccount"]] == rights[:2]
    pod = made["StatefulSet"]["spec"]["template"]["spec"]
    assert pod["serviceAccountName"] == made["ServiceAccount"]["metadata"]["name"]


def test_a_token_that_was_renewed_is_used_and_no_screen_may_read_it(
    bahriya: Commands, tmp_path: Path
) -> None:
    made = printed(bahriya)
    (mount,) = (
        one["mountPath"]
        for one in made["StatefulSet"]["spec"]["template"]["spec"]["containers"][0]["volumeMounts"]
        if one["name"] == "regions"
    )
    found = Places(tmp_path / "store", tmp_path / "keys", tmp_path / "logs")
    assert not any(Path(mount).is_relative_to(one) for one in files_left(found).readable)

    kubeconfig = made["ConfigMap"]["data"]["kubeconfig"].replace(mount, str(tmp_path))
    (tmp_path / "here").write_text(kubeconfig)
    (tmp_path / "ca.crt").write_text("the CA of the cluster")
    for token in ("first", "second"):
        (tmp_path / "token").write_text(token)
        assert endpoint(tmp_path / "here", "helsinki-1").token == token


def test_a_private_image_is_pulled_with_the_secret_that_is_named(bahriya: Commands) -> None:
    pod = printed(bahriya, "--pull-secret", "mine")["StatefulSet"]["spec"]["template"]["spec"]
    assert pod["imagePullSecrets"] == [{"name": "mine"}]
    assert "imagePullSecrets" not in printed(bahriya)["StatefulSet"]["spec"]["template"]["spec"]
    listed = bahriya.good("worker", "manifest", "helsinki-1", *IMAGE, "--pull-secret", "mine", "--json").json
    assert listed["items"][-1]["spec"]["template"]["spec"] == pod


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("helsinki-1", "--image", "ghcr.io/acme/bahriya"), "no tag or digest"),
        (("Helsinki", *IMAGE), "region id"),
        (("helsinki-1", *IMAGE, "--storage", "1 GB"), "no size"),
        (("helsinki-1", *IMAGE, "--pull-secret", "a: b"), "pull secret"),
        (("helsinki-1", *IMAGE, "--storage-class", ""), "storage class"),
        (("helsinki-1",), "--image"),
    ],
)
def test_what_kubernetes_would_refuse_is_refused(
    bahriya: Commands, arguments: tuple[str, ...], says: str
) -> None:
    answer = bahriya("worker", "manifest", *arguments, "--json")
    assert answer.code == 2
    assert says in json.dumps(answer.error)
    assert answer.out == ""


def test_a_probe_fails_without_a_worker_and_where_one_does_nothing(team: Commands) -> None:
    image = ["--image", "registry.example/team/app:v1", "--registry", "team"]
    team.good("container", "add", "app", *image, "--region", "helsinki-1")
    assert "no worker runs" in team("worker", "status", "--exit-code").err
    assert team("worker", "status", "--exit-code").code == 1
    found = places()
    with only_worker(found.worker_lock):
        team.good("deploy", "app", "--no-wait")
        team.good("worker", "status", "--exit-code")
        with open_session() as session, session.store.write() as tx:
            tx.execute("UPDATE deployment SET created_at = '2026-01-01T00:00:00.000Z'")
        answer = team("worker", "status", "--exit-code", "--json")
    assert answer.code == 1
    assert answer.error["message"] == "the worker has fallen silent"
