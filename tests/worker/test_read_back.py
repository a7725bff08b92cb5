"""The worker reads regions back when asked: little traffic, no credential, and the truth about each."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from bahriya_tui.cluster.objects import path
from bahriya_tui.model import clock
from bahriya_tui.model.audit import Actor
from bahriya_tui.model.drift import Cell
from bahriya_tui.model.errors import NotFound
from bahriya_tui.operations.matrix import matrix
from bahriya_tui.operations.session import Session
from bahriya_tui.sim import api
from bahriya_tui.store import observations, regions
from tests.cluster.conftest import region_transport
from tests.rows import rows
from tests.worker.conftest import REGIONS
from tests.worker.desk import PROJECT, Desk, until

NAMESPACE = "bahriya-shop"


def deployed(desk: Desk, canary: str) -> None:
    team = desk.registry("team", canary)
    number = desk.deploy(desk.container("app", registry=team))
    desk.start()
    assert desk.ended(number).state == "done", desk.told(number)


def cells(desk: Desk) -> dict[str, Cell]:
    """Have every region read back, and give the matrix."""
    with desk.store.write() as tx:
        for region in REGIONS:
            observations.request(tx, PROJECT, region, clock.now())
    until(lambda: not observations.requested(desk.store.connection))
    found = matrix(Session(desk.store, desk.places, Actor("ops")), PROJECT)
    return {one.region: one for one in found}


def states(desk: Desk) -> list[str]:
    return [one.state for one in cells(desk).values()]


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Everything that the embedded regions answer from now on, in their order."""
    given: list[dict[str, Any]] = []
    answered: Callable[..., Any] = api.answered

    def record(body: dict[str, Any], *rest: Any, **named: Any) -> Any:
        given.append(body)
        return answered(body, *rest, **named)

    monkeypatch.setattr(api, "answered", record)
    return given


def test_reading_back_takes_two_requests_a_region_and_no_region_answers_with_data(
    desk: Desk, canary: str, answers: list[dict[str, Any]]
) -> None:
    deployed(desk, canary)
    before = {region: len(desk.world.regions[region].requests) for region in REGIONS}
    del answers[:]

    assert states(desk) == ["in sync"] * 3

    for region in REGIONS:
        asked = desk.world.regions[region].requests[before[region] :]
        assert [one.partition("?")[0] for one in asked] == [
            f"GET {path('Secret', NAMESPACE)}",
            f"GET {path('Deployment', NAMESPACE)}",
        ]
    secrets = [one for one in answers if one["kind"] == "PartialObjectMetadataList"]
    assert [len(one["items"]) for one in secrets] == [1, 1, 1]
    assert len(answers) == 6
    assert not any('"data"' in json.dumps(one) for one in answers)
    assert canary not in json.dumps(answers)


def test_environments_are_not_kept(desk: Desk, canary: str) -> None:
    deployed(desk, canary)
    for region in REGIONS:
        (workload,) = desk.world.objects(region, "deployments", NAMESPACE)
        pod = workload["spec"]["template"]["spec"]
        pod["containers"][0]["env"] = [{"name": "DATABASE", "value": "private-thing"}]
        desk.world.put(region, "deployments", workload)
    cells(desk)
    (seen, *_) = observations.workloads(desk.store.connection, PROJECT)
    assert (seen.name, seen.secrets, seen.deployment, seen.replicas) == ("app", "bahriya-team-v1", 1, 1)
    assert "private-thing" not in str(rows(desk.store.connection))


def test_every_region_is_told_for_what_it_is(desk: Desk, canary: str) -> None:
    deployed(desk, canary)
    falkenstein, helsinki, virginia = REGIONS
    where = path("Secret", NAMESPACE, "bahriya-team-v1")
    transport = region_transport(desk.world, falkenstein)
    body = {"data": {".dockerconfigjson": "eyJhdXRocyI6IHt9fQ=="}}
    query = {"fieldManager": "kubectl-edit"}
    merge = "application/merge-patch+json"
    assert transport.request("PATCH", where, query=query, body=body, content_type=merge).ok
    transport.close()
    transport = region_transport(desk.world, helsinki)
    assert transport.request("DELETE", where).ok
    transport.close()
    desk.world.stop(virginia)

    found = cells(desk)

    assert {region: (one.state, one.detail) for region, one in found.items()} == {
        falkenstein: ("edited", "bahriya-team-v1 was changed by kubectl-edit"),
        helsinki: ("missing", "bahriya-team-v1 is not there, so app cannot pull"),
        virginia: ("unreachable", "connection refused"),
    }
    assert found[virginia].read_at is None
    assert regions.get(desk.store.connection, virginia).status == "unreachable"


def test_what_a_region_showed_last_is_kept_while_it_is_silent(desk: Desk, canary: str) -> None:
    deployed(desk, canary)
    read_at = cells(desk)["helsinki-1"].read_at
    desk.world.stop("helsinki-1")
    silent = cells(desk)["helsinki-1"]
    assert (silent.state, silent.read_at) == ("unreachable", read_at)
    assert len(observations.secrets(desk.store.connection, PROJECT)) == 3
    desk.world.start("helsinki-1")
    back = cells(desk)["helsinki-1"]
    assert back.state == "in sync"
    assert (back.read_at or "") > (read_at or "")


def test_a_region_that_does_not_let_us_list_says_so(desk: Desk, canary: str) -> None:
    deployed(desk, canary)
    desk.world.regions["helsinki-1"].forbidden.add(("list", "secrets"))
    found = cells(desk)["helsinki-1"]
    assert found.state == "unreachable"
    assert "secrets of project shop: not permitted there" in found.detail
    assert regions.get(desk.store.connection, "helsinki-1").status == "active"


def test_a_region_of_which_nothing_is_known_is_no_place_in_the_matrix(desk: Desk, canary: str) -> None:
    desk.registry("team", canary)
    session = Session(desk.store, desk.places, Actor("ops"))
    assert matrix(session, PROJECT, registry="team") == []
    with pytest.raises(NotFound, match="registry"):
        matrix(session, PROJECT, registry="other")
    with pytest.raises(NotFound, match="region"):
        matrix(session, PROJECT, region="moon-1")
