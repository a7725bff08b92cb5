"""What can go wrong in a region: each has its words and a next step, and none is anybody else's matter."""

from typing import Any

from bahriya_tui.sim.podstatus import Ending
from bahriya_tui.sim.progress import progressing
from bahriya_tui.store import regions
from tests.cluster.embedded import World
from tests.worker.conftest import REGIONS
from tests.worker.desk import PROJECT, Desk, until

BAD, *GOOD = REGIONS
NAMESPACE = "bahriya-shop"


def web(desk: Desk, **more: Any) -> int:
    """Deploy a container of a public image to all regions."""
    return desk.deploy(desk.container("web", image="nginx:1.27", **more))


def failed_there(desk: Desk, number: int) -> str:
    """Wait for the end; give the words of the one region that failed."""
    assert desk.ended(number).state == "partial", desk.told(number)
    assert desk.states(number) == {BAD: "failed", **dict.fromkeys(GOOD, "running")}
    return desk.region(number, BAD).message


def rolling(desk: Desk, number: int) -> None:
    until(lambda: desk.region(number, BAD).state == "rolling", say=lambda: desk.told(number))


def watches(world: World) -> list[str]:
    return [one for one in world.regions[BAD].requests if "watch=true" in one]


def test_a_watch_that_is_cut_is_taken_up_again(slow_desk: Desk) -> None:
    desk = slow_desk
    number = web(desk, replicas=3)
    desk.start()
    until(lambda: bool(watches(desk.world)))
    desk.world.stop(BAD)
    desk.world.start(BAD)
    assert desk.ended(number).state == "done", desk.told(number)
    assert len(watches(desk.world)) > 1


def test_a_region_that_forgot_where_the_watch_was_is_listed_afresh(slow_desk: Desk) -> None:
    desk = slow_desk
    number = web(desk, replicas=3)
    desk.start()
    until(lambda: bool(watches(desk.world)))
    desk.world.stop(BAD)
    objects = desk.world.regions[BAD].objects
    node = desk.world.objects(BAD, "nodes")[0]
    desk.world.put(BAD, "nodes", node)
    desk.world.do(objects.forget_history)
    desk.world.start(BAD)
    assert desk.ended(number).state == "done", desk.told(number)
    collection = f"GET /apis/apps/v1/namespaces/{NAMESPACE}/deployments?labelSelector="
    asked = [one for one in desk.world.regions[BAD].requests if one.startswith(collection)]
    assert [("watch=true" in one) for one in asked].count(False) == 1


def test_a_region_that_asks_to_wait_a_little_is_asked_again(desk: Desk) -> None:
    desk.world.regions[BAD].busy_for.extend([1, 1])
    number = web(desk)
    desk.start()
    assert desk.ended(number).state == "done", desk.told(number)


def test_a_region_that_asks_to_wait_for_long_says_for_how_long(desk: Desk) -> None:
    desk.world.regions[BAD].busy_for.append(600)
    number = web(desk)
    desk.start()
    message = failed_there(desk, number)
    assert message == (f"namespace {NAMESPACE}: the region asks to wait 600 s (429); deploy again after that")


def test_a_watch_that_may_not_be_opened_is_a_matter_of_permission(desk: Desk) -> None:
    desk.world.regions[BAD].forbidden.add(("watch", "deployments"))
    number = web(desk)
    desk.start()
    message = failed_there(desk, number)
    assert message.startswith("following the rollout: not permitted there (")
    assert 'cannot watch resource "deployments"' in message
    assert "given this right" in message


def quota(pods: int) -> dict[str, Any]:
    metadata = {"name": "small", "namespace": NAMESPACE, "uid": "q"}
    return {
        "kind": "ResourceQuota",
        "apiVersion": "v1",
        "metadata": metadata,
        "spec": {"hard": {"pods": pods}},
    }


def test_a_quota_that_is_used_up_is_named(desk: Desk) -> None:
    desk.world.put(BAD, "resourcequotas", quota(2))
    number = web(desk, replicas=3)
    desk.start()
    message = failed_there(desk, number)
    assert message.startswith('the quota there allows no further replica: pods "web-')
    assert "exceeded quota: small, requested: pods=1, used: pods=2, limited: pods=2" in message
    assert message.endswith("free some of it or have it raised, then deploy again")


def test_a_quota_that_is_raised_in_time_lets_the_rollout_go_on(slow_desk: Desk) -> None:
    desk = slow_desk
    desk.world.put(BAD, "resourcequotas", quota(2))
    number = web(desk, replicas=3)
    desk.start()

    def blocked() -> bool:
        (shown,) = desk.world.objects(BAD, "deployments", NAMESPACE) or [{}]
        conditions = shown.get("status", {}).get("conditions") or []
        return "ReplicaFailure" in [one["type"] for one in conditions]

    until(blocked)
    desk.world.put(BAD, "resourcequotas", quota(3))
    assert desk.ended(number).state == "done", desk.told(number)


def deleting(world: World) -> None:
    """Put the namespace there as one that is being deleted and does not come to its end."""
    labels = {"app.kubernetes.io/managed-by": "bahriya", "bahriya.cloud/project": "shop"}
    metadata = {"name": NAMESPACE, "uid": "n", "labels": labels, "deletionTimestamp": "2026-11-24T10:00:00Z"}
    world.put(BAD, "namespaces", {"kind": "Namespace", "apiVersion": "v1", "metadata": metadata})


def test_a_namespace_that_is_being_deleted_is_told_before_anything_is_put_there(desk: Desk) -> None:
    deleting(desk.world)
    number = web(desk)
    desk.start()
    message = failed_there(desk, number)
    assert message == f"namespace {NAMESPACE} is being deleted there: deploy again when it is gone"


def test_a_known_namespace_that_is_being_deleted_is_told_apart_from_a_missing_right(
    desk: Desk, canary: str
) -> None:
    deleting(desk.world)
    with desk.store.write() as tx:
        regions.note_namespace(tx, BAD, PROJECT)
    bare = web(desk)
    private = desk.deploy(desk.container("app", registry=desk.registry("team", canary)))
    desk.start()
    for number, thing in ((bare, "deployment web"), (private, "pull secret bahriya-team-v1")):
        message = failed_there(desk, number)
        assert message.startswith(f"{thing}: its namespace is being deleted there (")
        assert message.endswith("deploy again when it is gone")
        assert "not permitted" not in message


def test_an_admission_webhook_that_says_no_is_named_with_its_reason(desk: Desk) -> None:
    desk.world.regions[BAD].webhook = "images must come from our own registry"
    number = web(desk)
    desk.start()
    assert failed_there(desk, number) == (
        "deployment web: admission webhook policy.example denied it: images must come from our own registry;"
        " change the container, or that policy there"
    )


def test_a_rollout_without_progress_fails_at_the_regions_own_deadline(slow_desk: Desk) -> None:
    desk = slow_desk
    number = web(desk, replicas=3)
    desk.start()
    rolling(desk, number)
    until(lambda: bool(watches(desk.world)))
    (shown,) = desk.world.objects(BAD, "deployments", NAMESPACE)
    condition = {"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded"}
    condition["message"] = 'ReplicaSet "web-1" has timed out progressing.'
    status = {"observedGeneration": shown["metadata"]["generation"], "conditions": [condition]}
    desk.world.put(BAD, "deployments", shown | {"status": status})
    message = failed_there(desk, number)
    assert message.startswith('no progress for 300 s: ReplicaSet "web-1" has timed out progressing')
    assert f"look at its pods, then: bahriya deployment retry {number}" in message


def test_a_deployment_that_is_deleted_while_it_rolls_out_is_told(slow_desk: Desk) -> None:
    desk = slow_desk
    number = web(desk, replicas=3)
    desk.start()
    rolling(desk, number)
    (shown,) = desk.world.objects(BAD, "deployments", NAMESPACE)
    desk.world.do(lambda: desk.world.regions[BAD].objects.remove("deployments", shown))
    message = failed_there(desk, number)
    assert message.startswith("the Deployment was deleted in the region")
    assert message.endswith("deploy again")


def test_a_registry_that_never_answers_delays_no_container_of_another(desk: Desk, canary: str) -> None:
    desk.world.registry.silent.add("team/app")
    stuck = desk.deploy(desk.container("app", registry=desk.registry("team", canary)))
    desk.start()
    until(lambda: all(run.state == "rolling" for run in desk.deployment(stuck).regions))

    assert desk.ended(web(desk)).state == "done"

    assert desk.states(stuck) == dict.fromkeys(REGIONS, "rolling")


def test_a_frozen_region_delays_no_later_deployment_elsewhere(desk: Desk) -> None:
    with desk.store.write() as tx:
        regions.note_namespace(tx, BAD, PROJECT)
    desk.world.freeze(BAD)
    stuck = web(desk)
    desk.start()
    until(lambda: all(desk.region(stuck, one).state == "running" for one in GOOD))

    other = desk.deploy(desk.container("docs", image="nginx:1.27", places=GOOD))
    assert desk.ended(other).state == "done", desk.told(other)

    assert desk.deployment(stuck).state == "running"
    assert desk.region(stuck, BAD).state == "workload"


def limit_range(memory: str) -> dict[str, Any]:
    metadata = {"name": "room", "namespace": NAMESPACE, "uid": "l"}
    limits = {"limits": [{"type": "Container", "defaultRequest": {"memory": memory}}]}
    return {"kind": "LimitRange", "apiVersion": "v1", "metadata": metadata, "spec": limits}


def test_pods_that_no_node_has_room_for_are_told_while_the_rollout_waits(desk: Desk) -> None:
    (node,) = desk.world.objects(BAD, "nodes")
    room = {"allocatable": {"memory": "1Gi"}}
    desk.world.put(BAD, "nodes", node | {"status": node["status"] | room})
    desk.world.put(BAD, "limitranges", limit_range("900Mi"))
    number = web(desk, replicas=3)
    desk.start()
    words = "2 pods wait for a node: insufficient memory; free some there, or add a node"
    until(lambda: words in desk.region(number, BAD).message, say=lambda: desk.told(number))
    assert desk.region(number, BAD).state == "rolling"
    desk.world.put(BAD, "nodes", node)
    assert desk.ended(number).state == "done", desk.told(number)


def test_a_container_that_crashes_is_told_with_its_exit_code_while_the_rollout_waits(desk: Desk) -> None:
    endings = desk.world.regions[BAD].kubelet.endings
    endings["nginx:1.27"] = Ending(1, message="DATABASE_URL is not set")
    number = web(desk)
    desk.start()
    words = "1 pod keeps crashing: exit code 1, last words: DATABASE_URL is not set"
    until(lambda: words in desk.region(number, BAD).message, say=lambda: desk.told(number))
    assert "kubectl logs" in desk.region(number, BAD).message
    endings.clear()
    assert desk.ended(number).state == "done", desk.told(number)
    assert desk.region(number, BAD).message == "1 of 1 replicas run the new revision"


def test_a_rollout_that_never_gets_there_ends_with_what_its_pods_wait_for(desk: Desk) -> None:
    desk.world.regions[BAD].kubelet.endings["nginx:1.27"] = Ending(1)
    number = web(desk)
    desk.start()
    until(lambda: "keeps crashing" in desk.region(number, BAD).message, say=lambda: desk.told(number))

    (shown,) = desk.world.objects(BAD, "deployments", NAMESPACE)
    late = progressing("ProgressDeadlineExceeded", "web-1")
    conditions = [one for one in shown["status"]["conditions"] if one["type"] != "Progressing"]
    status = shown["status"] | {"conditions": [*conditions, late]}
    desk.world.put(BAD, "deployments", shown | {"status": status})

    message = failed_there(desk, number)
    assert message.startswith("no progress for 300 s: ReplicaSet")
    assert "has timed out progressing; 1 pod keeps crashing: exit code 1" in message
    assert message.endswith(f"look at its pods, then: bahriya deployment retry {number}")
