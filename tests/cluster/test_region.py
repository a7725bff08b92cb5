"""What is done to a region, seen in the region."""

import json
from typing import Any

import pytest

from bahriya_tui.cluster import namespace
from bahriya_tui.cluster.apply import apply
from bahriya_tui.cluster.delete import delete
from bahriya_tui.cluster.objects import path, uid
from bahriya_tui.cluster.transport import Transport
from bahriya_tui.cluster.watch import watching
from bahriya_tui.model.deployment import Spec
from bahriya_tui.model.errors import Failed
from bahriya_tui.model.manifests.workload import manifests
from tests.cluster.conftest import REGION
from tests.cluster.embedded import World

SPEC = Spec("shop", "web", "nginx:1.27", "http", 2, 8080, (("MODE", "live"),))


def applied(transport: Transport, spec: Spec = SPEC, number: int = 1) -> dict[str, Any]:
    namespace.ensure(transport, "shop")
    answers = [apply(transport, one) for one in manifests(spec, number)]
    assert all(answer.ok for answer in answers), answers
    return answers[-1].body


def our_secret(name: str, object_uid: str, registry: str = "ghcr", version: str = "1") -> dict[str, Any]:
    labels = {
        "app.kubernetes.io/managed-by": "bahriya",
        "bahriya.cloud/project": "shop",
        "bahriya.cloud/registry": registry,
    }
    made = foreign("Secret", name, **labels)
    made["metadata"] |= {"uid": object_uid, "annotations": {"bahriya.cloud/version": version}}
    return made


def foreign(kind: str, name: str, **labels: str) -> dict[str, Any]:
    metadata: dict[str, Any] = {"name": name, "uid": "f0", "labels": labels}
    if kind != "Namespace":
        metadata["namespace"] = "bahriya-shop"
    return {"kind": kind, "apiVersion": "v1", "metadata": metadata}


def test_a_missing_namespace_is_made_and_marked_as_ours(world: World, transport: Transport) -> None:
    namespace.ensure(transport, "shop")
    (made,) = [
        one for one in world.objects(REGION, "namespaces") if one["metadata"]["name"] == "bahriya-shop"
    ]
    assert made["metadata"]["labels"]["bahriya.cloud/project"] == "shop"
    namespace.ensure(transport, "shop")
    assert [one for one in world.regions[REGION].requests if one.startswith("PATCH")] == [
        "PATCH /api/v1/namespaces/bahriya-shop?fieldManager=bahriya&force=false&fieldValidation=Strict"
    ]


@pytest.mark.parametrize(
    "labels", [{}, {"app.kubernetes.io/managed-by": "bahriya", "bahriya.cloud/project": "another"}]
)
def test_a_namespace_of_somebody_else_is_refused_and_left_alone(
    world: World, transport: Transport, labels: dict[str, str]
) -> None:
    world.put(REGION, "namespaces", foreign("Namespace", "bahriya-shop", **labels))
    with pytest.raises(Failed, match="not ours"):
        namespace.ensure(transport, "shop")
    assert not any(one.startswith("PATCH") for one in world.regions[REGION].requests)


def test_a_rollout_is_seen_to_its_end_from_the_answer_of_the_apply(
    world: World, transport: Transport
) -> None:
    from bahriya_tui.cluster.rollout import assess

    shown = applied(transport)
    collection = path("Deployment", "bahriya-shop")
    with watching(
        transport, collection, "bahriya.cloud/deployment-id=1", shown["metadata"]["resourceVersion"]
    ) as watch:
        for _ in range(50):
            if assess(shown).state == "done":
                break
            change = watch.next(120)
            assert change is not None
            shown = change[1]
    assert assess(shown).state == "done"
    watches = [one for one in world.regions[REGION].requests if "watch=true" in one]
    assert len(watches) == 1


def test_applying_twice_changes_nothing(transport: Transport) -> None:
    first, second = applied(transport), applied(transport)
    assert first["metadata"]["generation"] == second["metadata"]["generation"]
    assert uid(first) == uid(second)


def test_a_dropped_variable_is_dropped_in_the_region_too(transport: Transport) -> None:
    from dataclasses import replace

    applied(transport)
    fresh = applied(transport, replace(SPEC, env=()), 2)
    assert "env" not in fresh["spec"]["template"]["spec"]["containers"][0]


def test_only_the_object_with_the_known_uid_is_deleted(world: World, transport: Transport) -> None:
    shown = applied(transport)
    assert delete(transport, "Deployment", "shop", "web", "another-uid") == "not ours"
    assert len(world.objects(REGION, "deployments", "bahriya-shop")) == 1
    assert delete(transport, "Deployment", "shop", "web", uid(shown)) == "deleted"
    assert delete(transport, "Deployment", "shop", "web", uid(shown)) == "gone"
    assert world.objects(REGION, "deployments", "bahriya-shop") == []


def test_a_secret_of_ours_that_came_back_from_a_backup_is_deleted_with_its_new_uid(
    world: World, transport: Transport
) -> None:
    namespace.ensure(transport, "shop")
    world.put(REGION, "secrets", our_secret("bahriya-ghcr-v1", "restored"))
    assert delete(transport, "Secret", "shop", "bahriya-ghcr-v1", "noted-before") == "deleted"
    assert world.objects(REGION, "secrets", "bahriya-shop") == []


@pytest.mark.parametrize("marks", [{"registry": "quay"}, {"version": "2"}])
def test_a_secret_that_holds_another_version_is_left_alone(
    world: World, transport: Transport, marks: dict[str, str]
) -> None:
    namespace.ensure(transport, "shop")
    world.put(REGION, "secrets", our_secret("bahriya-ghcr-v1", "another", **marks))
    for known_uid in ("noted-before", None):
        assert delete(transport, "Secret", "shop", "bahriya-ghcr-v1", known_uid) == "not ours"
    assert len(world.objects(REGION, "secrets", "bahriya-shop")) == 1


def test_a_secret_in_a_namespace_that_is_gone_is_gone(transport: Transport) -> None:
    assert delete(transport, "Secret", "shop", "bahriya-ghcr-v1", "noted-before") == "gone"


def test_without_a_known_uid_only_what_carries_our_marks_is_deleted(
    world: World, transport: Transport
) -> None:
    applied(transport)
    world.put(REGION, "secrets", foreign("Secret", "bahriya-ghcr-v1"))
    assert delete(transport, "Secret", "shop", "bahriya-ghcr-v1", None) == "not ours"
    assert delete(transport, "Secret", "shop", "bahriya-ghcr-v2", None) == "gone"
    assert delete(transport, "Deployment", "shop", "web", None) == "deleted"
    assert len(world.objects(REGION, "secrets", "bahriya-shop")) == 1


def test_looking_at_a_secret_never_brings_its_content_here(world: World, transport: Transport) -> None:
    namespace.ensure(transport, "shop")
    secret = foreign("Secret", "bahriya-ghcr-v1") | {"data": {".dockerconfigjson": "c2VjcmV0"}}
    world.put(REGION, "secrets", secret)
    where = path("Secret", "bahriya-shop", "bahriya-ghcr-v1")
    for method in ("GET", "DELETE"):
        answer = transport.request(method, where, metadata_only=True)
        assert answer.ok
        assert "c2VjcmV0" not in json.dumps(answer.body)


def test_a_field_of_another_manager_is_never_taken_by_force(world: World, transport: Transport) -> None:
    from dataclasses import replace

    from bahriya_tui.cluster.words import refusal

    applied(transport)
    where = path("Deployment", "bahriya-shop", "web")
    theirs = {"spec": {"replicas": 5}}
    scaled = transport.request(
        "PATCH",
        where,
        query={"fieldManager": "kubectl-scale"},
        body=theirs,
        content_type="application/merge-patch+json",
    )
    assert scaled.ok
    refused = apply(transport, manifests(replace(SPEC, replicas=3), 2)[-1])
    assert refused.status == 409
    assert "kubectl-scale owns .spec.replicas" in refusal(refused, "deployment web")
    assert world.objects(REGION, "deployments", "bahriya-shop")[0]["spec"]["replicas"] == 5
