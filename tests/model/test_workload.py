"""What is put into a region, as the region would read it."""

from dataclasses import replace
from typing import Any

from bahriya_tui.model.deployment import InitRun, Spec
from bahriya_tui.model.manifests.workload import manifests

PUBLIC = Spec("shop", "web", "nginx:1.27", "http", 2, 8080, (("MODE", "live"),))
PRIVATE = replace(
    PUBLIC, registry="ghcr", registry_id="r1", server="ghcr.io", version=2, secret="bahriya-ghcr-v2"
)


def pod(spec: Spec) -> Any:
    return manifests(spec, 7)[-1]["spec"]["template"]["spec"]


def test_a_private_image_names_its_pull_secret_and_is_always_pulled() -> None:
    assert pod(PRIVATE)["imagePullSecrets"] == [{"name": "bahriya-ghcr-v2"}]
    assert pod(PRIVATE)["containers"][0]["imagePullPolicy"] == "Always"


def test_a_public_image_names_no_secret_and_leaves_the_policy_to_the_region() -> None:
    assert "imagePullSecrets" not in pod(PUBLIC)
    assert "imagePullPolicy" not in pod(PUBLIC)["containers"][0]


def test_a_deleted_registrys_secret_stays_in_the_template() -> None:
    deleted = replace(PRIVATE, registry_id=None, server=None, version=None)
    assert pod(deleted)["imagePullSecrets"] == [{"name": "bahriya-ghcr-v2"}]
    assert pod(deleted)["containers"][0]["imagePullPolicy"] == "Always"


def test_init_jobs_come_before_the_container_and_each_secret_is_named_once() -> None:
    own = InitRun("migrate", "ghcr.io/m:1", ("up",), "ghcr", "r1", "ghcr.io", "bot", 2, "bahriya-ghcr-v2")
    other = InitRun("seed", "quay.io/s:1", (), "quay", "r2", "quay.io", "bot", 5, "bahriya-quay-v5")
    public = InitRun("wait", "busybox:1")
    found = pod(replace(PRIVATE, init_jobs=(own, other, public)))
    assert found["initContainers"] == [
        {"name": "migrate", "image": "ghcr.io/m:1", "imagePullPolicy": "Always", "command": ["up"]},
        {"name": "seed", "image": "quay.io/s:1", "imagePullPolicy": "Always"},
        {"name": "wait", "image": "busybox:1"},
    ]
    assert found["imagePullSecrets"] == [{"name": "bahriya-ghcr-v2"}, {"name": "bahriya-quay-v5"}]


def test_each_deployment_starts_new_pods_although_nothing_else_changed() -> None:
    first, second = (manifests(PUBLIC, number)[-1]["spec"] for number in (7, 8))
    assert first["template"] != second["template"]
    assert first["selector"] == second["selector"]


def test_the_selector_finds_the_pods_and_the_service_finds_them_too() -> None:
    service, deployment = manifests(PUBLIC, 7)
    labels = deployment["spec"]["template"]["metadata"]["labels"]
    assert deployment["spec"]["selector"]["matchLabels"].items() <= labels.items()
    assert service["spec"]["selector"].items() <= labels.items()
    assert service["spec"]["ports"] == [{"name": "http", "port": 8080, "targetPort": 8080, "protocol": "TCP"}]


def test_a_worker_has_no_service() -> None:
    kinds = [one["kind"] for one in manifests(replace(PUBLIC, type="worker", port=None), 7)]
    assert kinds == ["Deployment"]


def test_everything_carries_the_marks_by_which_it_is_found_again() -> None:
    for one in manifests(PRIVATE, 7):
        assert one["metadata"]["namespace"] == "bahriya-shop"
        marks = {
            "app.kubernetes.io/managed-by": "bahriya",
            "bahriya.cloud/project": "shop",
            "bahriya.cloud/container": "web",
        }
        assert marks.items() <= one["metadata"]["labels"].items()


def test_a_watch_for_one_deployment_finds_it_by_its_number() -> None:
    assert manifests(PUBLIC, 7)[-1]["metadata"]["labels"]["bahriya.cloud/deployment-id"] == "7"


def test_a_rollout_may_stand_still_for_five_minutes_and_for_as_long_again_for_each_init_job() -> None:
    def deadline(spec: Spec) -> int:
        return int(manifests(spec, 7)[-1]["spec"]["progressDeadlineSeconds"])

    jobs = (InitRun("migrate", "busybox:1"), InitRun("seed", "busybox:1"))
    assert deadline(PUBLIC) == 300
    assert deadline(replace(PUBLIC, init_jobs=jobs)) == 900
