"""Deployments through a real worker and real openers, into embedded regions."""

import os
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import yaml

from bahriya_tui.cluster.objects import path
from bahriya_tui.model import clock
from bahriya_tui.store import containers, deployments, regions, registries, removals, secrets
from tests.cluster.conftest import region_transport
from tests.cluster.embedded import World
from tests.worker.conftest import REGIONS
from tests.worker.desk import PROJECT, Desk, until

NAMESPACE = "bahriya-shop"
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def test_a_private_image_runs_in_all_regions(desk: Desk, canary: str) -> None:
    team = desk.registry("team", canary)
    number = desk.deploy(desk.container("app", registry=team, replicas=2, port=8080))
    desk.start()

    ended = desk.ended(number)

    assert ended.state == "done", desk.told(number)
    assert desk.states(number) == dict.fromkeys(REGIONS, "running")
    assert desk.status("app") == "running"
    desk.openings_ended()
    assert (desk.deployment(number).plaintext_ms or 0) > 0
    for region in REGIONS:
        (secret,) = desk.world.objects(region, "secrets", NAMESPACE)
        assert secret["metadata"]["name"] == "bahriya-team-v1"
        assert secret["metadata"]["annotations"]["bahriya.cloud/version"] == "1"
        (service,) = desk.world.objects(region, "services", NAMESPACE)
        assert service["spec"]["ports"][0]["port"] == 8080
        pods = desk.world.objects(region, "pods", NAMESPACE)
        assert [pod["status"]["phase"] for pod in pods] == ["Running", "Running"]
    noted = secrets.applied(desk.store.connection, project=PROJECT)
    assert {one.region for one in noted} == set(REGIONS)
    assert all(one.uid for one in noted)
    placed = containers.placements(desk.store.connection, PROJECT, "app")
    assert all(one.workload_uid and one.service_uid and one.deployment == number for one in placed)


def test_the_password_is_in_no_event_file_or_log(desk: Desk, canary: str) -> None:
    team = desk.registry("team", canary)
    number = desk.deploy(desk.container("app", registry=team))
    worker = desk.start()
    assert desk.ended(number).state == "done", desk.told(number)
    worker.end()

    written = b"".join(path.read_bytes() for path in desk.places.store.parent.rglob("*") if path.is_file())
    assert b"bahriya-team-v1" in written
    assert canary.encode() not in written
    assert canary not in str(desk.told())


def test_a_copy_of_an_older_password_that_kubectl_left_is_removed(desk: Desk, canary: str) -> None:
    team = desk.registry("team", canary)
    app = desk.container("app", registry=team, places=REGIONS[:1])
    first = desk.deploy(app)
    desk.start()
    assert desk.ended(first).state == "done", desk.told(first)
    copy = {"metadata": {"annotations": {LAST_APPLIED: f"an older password, {canary}"}}}
    with closing(region_transport(desk.world, REGIONS[0])) as transport:
        patched = transport.request(
            "PATCH",
            path("Secret", NAMESPACE, "bahriya-team-v1"),
            body=copy,
            content_type="application/merge-patch+json",
            metadata_only=True,
        )
    assert LAST_APPLIED in patched.body["metadata"]["annotations"]

    again = desk.ended(desk.deploy(app))

    assert again.state == "done", desk.told(again.id)
    (left,) = desk.world.objects(REGIONS[0], "secrets", NAMESPACE)
    assert set(left["metadata"]["annotations"]) >= {"bahriya.cloud/version"}
    assert LAST_APPLIED not in left["metadata"]["annotations"]
    assert "removed a copy of an older password" in str(desk.told(again.id))


def test_once_the_namespace_is_known_a_deployment_takes_one_request_for_each_thing(
    desk: Desk, canary: str
) -> None:
    team = desk.registry("team", canary)
    app = desk.container("app", registry=team)
    first = desk.deploy(app)
    desk.start()
    assert desk.ended(first).state == "done", desk.told(first)
    for region in desk.world.regions.values():
        region.requests.clear()

    second = desk.deploy(app)
    assert desk.ended(second).state == "done", desk.told(second)

    for region in desk.world.regions.values():
        asked = [(line.split()[0], line.split()[1].partition("?")[0]) for line in region.requests]
        assert asked == [
            ("PATCH", f"/api/v1/namespaces/{NAMESPACE}/secrets/bahriya-team-v1"),
            ("PATCH", f"/apis/apps/v1/namespaces/{NAMESPACE}/deployments/app"),
            ("GET", f"/apis/apps/v1/namespaces/{NAMESPACE}/deployments"),
        ]


def test_a_wrong_password_fails_in_the_registrys_words_and_not_at_the_deadline(
    desk: Desk, canary: str
) -> None:
    team = desk.registry("team", f"not-{canary}")
    number = desk.deploy(desk.container("app", registry=team))
    desk.start()

    assert desk.ended(number).state == "failed"

    for region in REGIONS:
        run = desk.region(number, region)
        assert run.state == "failed"
        assert "401 Unauthorized" in run.message
        assert f"{desk.world.registry.address}/team/app:v1" in run.message
    assert desk.status("app") == "error"
    assert canary not in str(desk.told())


def test_a_missing_tag_is_told_apart_from_a_wrong_password(desk: Desk, canary: str) -> None:
    team = desk.registry("team", canary)
    image = f"{desk.world.registry.address}/team/app:v9"
    number = desk.deploy(desk.container("app", registry=team, image=image))
    desk.start()
    assert desk.ended(number).state == "failed"
    for region in REGIONS:
        assert "not found" in desk.region(number, region).message
        assert "401 Unauthorized" not in desk.region(number, region).message


def test_a_public_image_needs_no_secret(desk: Desk) -> None:
    number = desk.deploy(desk.container("web", image="nginx:1.27"))
    desk.start()
    assert desk.ended(number).state == "done", desk.told(number)
    for region in REGIONS:
        assert desk.world.objects(region, "secrets", NAMESPACE) == []


def test_a_region_that_is_down_is_unreachable_while_the_others_run(desk: Desk, canary: str) -> None:
    desk.world.stop("helsinki-1")
    team = desk.registry("team", canary)
    number = desk.deploy(desk.container("app", registry=team))
    desk.start()

    assert desk.ended(number).state == "partial"

    down = desk.region(number, "helsinki-1")
    assert down.state == "unreachable"
    assert "connection refused" in down.message
    assert f"once it can: bahriya deployment retry {number}" in down.message
    assert desk.region(number, "falkenstein-1").state == "running"
    assert desk.region(number, "virginia-1").state == "running"
    assert desk.status("app") == "error"
    row = regions.get(desk.store.connection, "helsinki-1")
    assert (row.status, row.last_error) == ("unreachable", "connection refused")
    assert regions.get(desk.store.connection, "virginia-1").status == "active"


def test_a_frozen_region_is_unreachable_and_delays_nobody(desk: Desk, canary: str) -> None:
    team = desk.registry("team", canary)
    app = desk.container("app", registry=team)
    first = desk.deploy(app)
    desk.start()
    assert desk.ended(first).state == "done", desk.told(first)
    desk.world.freeze("helsinki-1")

    second = desk.deploy(app)

    others = ("falkenstein-1", "virginia-1")
    until(lambda: all(desk.region(second, one).state == "running" for one in others))
    assert desk.region(second, "helsinki-1").state == "pull_secret"
    assert desk.ended(second).state == "partial"
    frozen = desk.region(second, "helsinki-1")
    assert (frozen.state, "no answer within" in frozen.message) == ("unreachable", True)
    assert f"once it can: bahriya deployment retry {second}" in frozen.message


def test_a_region_that_freezes_in_the_middle_of_a_rollout_is_unreachable(
    slow_desk: Desk, canary: str
) -> None:
    desk = slow_desk
    team = desk.registry("team", canary)
    number = desk.deploy(desk.container("app", registry=team, replicas=3))
    desk.start()
    until(lambda: desk.region(number, "helsinki-1").state == "rolling")
    desk.world.freeze("helsinki-1")
    assert desk.ended(number).state == "partial"
    assert desk.region(number, "helsinki-1").state == "unreachable"


def test_after_a_rotation_the_next_deployment_pulls_with_the_new_version(desk: Desk, canary: str) -> None:
    team = desk.registry("team", canary)
    app = desk.container("app", registry=team)
    first = desk.deploy(app)
    desk.start()
    assert desk.ended(first).state == "done", desk.told(first)
    desk.world.registry.users["op"] = f"second-{canary}"
    desk.rotate(team, f"second-{canary}")

    second = desk.deploy(app)
    assert desk.ended(second).state == "done", desk.told(second)

    for region in REGIONS:
        (shown,) = desk.world.objects(region, "deployments", NAMESPACE)
        assert shown["spec"]["template"]["spec"]["imagePullSecrets"] == [{"name": "bahriya-team-v2"}]
        (pod,) = desk.world.objects(region, "pods", NAMESPACE)
        assert pod["metadata"]["labels"]["bahriya.cloud/deployment-id"] == str(second)


def test_a_container_of_a_deleted_registry_fails_and_says_why(desk: Desk, canary: str) -> None:
    team = desk.registry("team", canary)
    app = desk.container("app", registry=team)
    first = desk.deploy(app)
    desk.start()
    assert desk.ended(first).state == "done", desk.told(first)
    _force_delete(desk, team.id)
    until(lambda: not desk.world.objects("virginia-1", "secrets", NAMESPACE))

    second = desk.deploy(app)

    assert desk.ended(second).state == "failed"
    for region in REGIONS:
        message = desk.region(second, region).message
        assert 'registry "team" was deleted; pull secret bahriya-team-v1 is missing' in message
        assert "401 Unauthorized" in message
        assert "the former revision keeps serving" in message


def _force_delete(desk: Desk, registry_id: str) -> None:
    with desk.store.write() as tx:
        for container in containers.linked_to(tx.conn, registry_id):
            containers.update(tx, replace(container, registry_id=None, secret="bahriya-team-v1"))
        for one in secrets.applied(tx.conn, registry_id=registry_id):
            removals.add(
                tx,
                project=PROJECT,
                region=one.region,
                kind="Secret",
                name=one.name,
                uid=one.uid,
                reason="registry team was deleted",
                now=clock.now(),
            )
        registries.delete(tx, registry_id)


def test_a_field_that_another_manager_owns_is_not_taken_over(desk: Desk, world: World) -> None:
    app = desk.container("web", image="nginx:1.27", places=["virginia-1"])
    first = desk.deploy(app)
    desk.start()
    assert desk.ended(first).state == "done", desk.told(first)
    _scale(world, "virginia-1", "web", 7)

    second = desk.deploy(app, replicas=4)

    assert desk.ended(second).state == "failed"
    message = desk.region(second, "virginia-1").message
    assert "deployment web: kubectl-scale owns .spec.replicas" in message


def _scale(world: World, region: str, name: str, replicas: int) -> None:
    """Do what `kubectl scale` does."""
    transport = region_transport(world, region)
    answer = transport.request(
        "PATCH",
        f"/apis/apps/v1/namespaces/{NAMESPACE}/deployments/{name}",
        query={"fieldManager": "kubectl-scale"},
        body={"spec": {"replicas": replicas}},
        content_type="application/merge-patch+json",
    )
    transport.close()
    assert answer.ok


def test_a_namespace_of_somebody_else_is_refused_before_anything_is_put_there(
    desk: Desk, world: World, canary: str
) -> None:
    theirs = {"kind": "Namespace", "apiVersion": "v1", "metadata": {"name": NAMESPACE, "uid": "f0"}}
    world.put("helsinki-1", "namespaces", theirs)
    number = desk.deploy(desk.container("app", registry=desk.registry("team", canary)))
    desk.start()
    assert desk.ended(number).state == "partial"
    assert "not ours" in desk.region(number, "helsinki-1").message
    assert world.objects("helsinki-1", "secrets", NAMESPACE) == []


def test_a_namespace_that_vanished_is_made_again(desk: Desk, canary: str) -> None:
    with desk.store.write() as tx:
        for region in REGIONS:
            regions.note_namespace(tx, region, PROJECT)
    number = desk.deploy(desk.container("app", registry=desk.registry("team", canary)))
    desk.start()
    assert desk.ended(number).state == "done", desk.told(number)


def test_a_kubeconfig_that_the_screens_could_have_written_is_not_used(desk: Desk, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    plugin = {
        "apiVersion": "client.authentication.k8s.io/v1",
        "command": "/usr/bin/touch",
        "args": [str(ran)],
        "interactiveMode": "Never",
    }
    document = yaml.safe_load(desk.kubeconfig.read_text())
    document["users"] = [{**one, "user": {"exec": plugin}} for one in document["users"]]
    planted = desk.places.store / "kubeconfig"
    planted.write_text(yaml.safe_dump(document))
    held = os.open(planted, os.O_RDONLY)
    paths = {"helsinki-1": planted, "virginia-1": Path(f"/proc/{os.getpid()}/fd/{held}")}
    with desk.store.write() as tx:
        for id_, where in paths.items():
            regions.update(tx, replace(regions.get(tx.conn, id_), kubeconfig=str(where)))
    number = desk.deploy(desk.container("web", image="nginx:1.27"))
    desk.start()
    assert desk.ended(number).state == "partial"
    for id_ in paths:
        assert "the screens could have written it" in desk.region(number, id_).message
    assert not ran.exists()
    os.close(held)


def test_a_kubeconfig_that_names_another_server_is_refused_before_it_is_contacted(desk: Desk) -> None:
    with desk.store.write() as tx:
        region = regions.get(tx.conn, "helsinki-1")
        regions.update(tx, replace(region, server="https://10.9.9.9:6443"))
        region = regions.get(tx.conn, "virginia-1")
        regions.update(tx, replace(region, ca_fingerprint="ab" * 32))
    number = desk.deploy(desk.container("web", image="nginx:1.27"))
    desk.start()
    assert desk.ended(number).state == "partial"
    assert "names another server" in desk.region(number, "helsinki-1").message
    assert "names another CA certificate" in desk.region(number, "virginia-1").message
    assert desk.world.regions["helsinki-1"].requests == []
    assert desk.world.regions["virginia-1"].requests == []


def test_a_container_that_is_not_reached_over_http_any_more_loses_its_service(desk: Desk) -> None:
    web = desk.container("web", image="nginx:1.27", port=80)
    first = desk.deploy(web)
    desk.start()
    assert desk.ended(first).state == "done", desk.told(first)
    second = desk.deploy(web, type="worker", port=None)
    assert desk.ended(second).state == "done", desk.told(second)
    until(lambda: not desk.world.objects("virginia-1", "services", NAMESPACE))


def test_permission_that_is_missing_is_named(desk: Desk) -> None:
    desk.world.regions["helsinki-1"].forbidden.add(("patch", "deployments"))
    number = desk.deploy(desk.container("web", image="nginx:1.27"))
    desk.start()
    assert desk.ended(number).state == "partial"
    message = desk.region(number, "helsinki-1").message
    assert message.startswith("deployment web: not permitted there (")
    assert 'cannot patch resource "deployments"' in message
    assert message.endswith("have the kubeconfig's user given this right, then deploy again")
    assert deployments.get(desk.store.connection, number).state == "partial"
