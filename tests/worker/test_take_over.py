"""Fields that another manager owns, and objects that another tool keeps."""

from typing import Any

import pytest

from bahriya_tui.model.deployment import Manner
from tests.cluster.conftest import region_transport
from tests.cluster.embedded import World
from tests.worker.desk import Desk

REGION = "virginia-1"
NAMESPACE = "bahriya-shop"
TAKING = Manner(take_over=True)


def changed(world: World, body: dict[str, Any], manager: str) -> None:
    """Change the Deployment as another client would."""
    transport = region_transport(world, REGION)
    answer = transport.request(
        "PATCH",
        f"/apis/apps/v1/namespaces/{NAMESPACE}/deployments/web",
        query={"fieldManager": manager},
        body=body,
        content_type="application/merge-patch+json",
    )
    transport.close()
    assert answer.ok


def scaled(desk: Desk) -> Any:
    """A container that runs in one region, where somebody has scaled it since."""
    web = desk.container("web", image="nginx:1.27", places=[REGION])
    first = desk.deploy(web)
    desk.start()
    assert desk.ended(first).state == "done", desk.told(first)
    changed(desk.world, {"spec": {"replicas": 7}}, "kubectl-scale")
    return web


def test_a_field_of_another_manager_is_taken_only_where_the_operator_said_so(desk: Desk) -> None:
    web = scaled(desk)

    refused = desk.deploy(web, replicas=4)
    assert desk.ended(refused).state == "failed"
    message = desk.region(refused, REGION).message
    assert message == (
        "deployment web: kubectl-scale owns .spec.replicas: "
        "if they are to be ours: bahriya deploy web --take-over"
    )
    (shown,) = desk.world.objects(REGION, "deployments", NAMESPACE)
    assert shown["spec"]["replicas"] == 7

    taken = desk.deploy(web, replicas=4, manner=TAKING)
    assert desk.ended(taken).state == "done", desk.told(taken)
    (shown,) = desk.world.objects(REGION, "deployments", NAMESPACE)
    assert shown["spec"]["replicas"] == 4
    told = [event for event in desk.told(taken) if event[1] == "fields_taken"]
    assert told == [(REGION, "fields_taken", "deployment web: kubectl-scale owns .spec.replicas no longer")]

    after = desk.deploy(web, replicas=3)
    assert desk.ended(after).state == "done", desk.told(after)


def test_taking_over_forces_nothing_but_the_contested_workload(desk: Desk, canary: str) -> None:
    web = desk.container("web", image="nginx:1.27", places=[REGION], registry=desk.registry("team", canary))
    number = desk.deploy(web, manner=TAKING)
    desk.start()
    assert desk.ended(number).state == "done", desk.told(number)
    assert not any("force=true" in one for one in desk.world.regions[REGION].requests)
    changed(desk.world, {"spec": {"replicas": 7}}, "kubectl-scale")
    again = desk.deploy(web, replicas=2, manner=TAKING)
    assert desk.ended(again).state == "done", desk.told(again)
    forced = [one for one in desk.world.regions[REGION].requests if "force=true" in one]
    assert [one.partition("?")[0] for one in forced] == [
        f"PATCH /apis/apps/v1/namespaces/{NAMESPACE}/deployments/web"
    ]


ARGO = {"annotations": {"argocd.argoproj.io/tracking-id": "webshop:apps/Deployment:bahriya-shop/web"}}


@pytest.mark.parametrize(
    ("marks", "words"),
    [
        (ARGO, "Argo CD keeps it (application webshop) and will revert our change; take it out there first"),
        ({"annotations": {"meta.helm.sh/release-name": "shop"}}, "Helm keeps it (release shop)"),
        ({"labels": {"kustomize.toolkit.fluxcd.io/name": "apps"}}, "Flux keeps it (kustomization apps)"),
    ],
)
def test_a_conflict_over_what_another_tool_keeps_names_the_tool_after_one_look(
    desk: Desk, marks: dict[str, Any], words: str
) -> None:
    web = scaled(desk)
    changed(desk.world, {"metadata": marks}, "installer")
    del desk.world.regions[REGION].requests[:]

    number = desk.deploy(web, replicas=4)

    assert desk.ended(number).state == "failed"
    assert f"kubectl-scale owns .spec.replicas; {words}" in desk.region(number, REGION).message
    looks = [one for one in desk.world.regions[REGION].requests if one.startswith("GET")]
    assert looks == [f"GET /apis/apps/v1/namespaces/{NAMESPACE}/deployments/web"]


def test_a_workload_that_another_tool_keeps_is_deployed_with_a_warning_and_no_extra_request(
    desk: Desk,
) -> None:
    web = desk.container("web", image="nginx:1.27", places=[REGION])
    first = desk.deploy(web)
    desk.start()
    assert desk.ended(first).state == "done", desk.told(first)
    requests = desk.world.regions[REGION].requests
    del requests[:]
    assert desk.ended(desk.deploy(web)).state == "done"
    usual = len(requests)
    changed(desk.world, {"metadata": ARGO}, "argocd-controller")
    del requests[:]

    number = desk.deploy(web)

    assert desk.ended(number).state == "done", desk.told(number)
    assert len(requests) == usual
    (warning,) = [message for _, phase, message in desk.told(number) if phase == "warning"]
    assert warning.startswith("deployment web: Argo CD keeps it")
    assert "will revert our change" in desk.region(number, REGION).message
