"""What a dry run shows is what the regions then receive: object by object, in that order, and what goes."""

import json
from dataclasses import dataclass, replace
from typing import Any

import pytest
from aiohttp import web

from bahriya_tui.model.audit import Actor
from bahriya_tui.model.container import Container, InitJob
from bahriya_tui.model.deployment import ACTIVE
from bahriya_tui.model.dry_run import HEAD_THEN, REDACTED, DryRun
from bahriya_tui.operations.delete import delete_registry, plan_registry_deletion
from bahriya_tui.operations.deploy import Plan, plan_deployment, start_deployments
from bahriya_tui.operations.dry_run import plan_deletion, plan_deploying, plan_rotation, plan_termination
from bahriya_tui.operations.push import push_now
from bahriya_tui.operations.session import Session, looking
from bahriya_tui.operations.terminate import terminate
from bahriya_tui.sim import api
from bahriya_tui.store import containers, deployments, removals, secret_writes
from tests.rows import rows
from tests.worker.conftest import REGIONS
from tests.worker.desk import PROJECT, Desk, until

KINDS = {"secrets": "Secret", "services": "Service", "deployments": "Deployment", "cronjobs": "CronJob"}
AUDIT_HEAD = "bahriya.cloud/audit-head"

Manifests = list[dict[str, Any]]


class Received:
    """What each region was sent since the last look: what was applied in its order, and what was deleted."""

    def __init__(self) -> None:
        self.applied: dict[str, Manifests] = {}
        self.deleted: dict[str, set[tuple[str, str]]] = {}

    def note(self, region: str, method: str, request: web.Request, body: bytes) -> None:
        if method == "DELETE":
            *_, plural, name = request.path.split("/")
            self.deleted.setdefault(region, set()).add((KINDS[plural], name))
        elif method == "PATCH" and request.query.get("fieldManager") == "bahriya":
            self.applied.setdefault(region, []).append(_comparable(json.loads(body)))

    def forget(self) -> None:
        self.applied.clear()
        self.deleted.clear()


def _comparable(sent: dict[str, Any]) -> dict[str, Any]:
    """Put words where a dry run has them, as nobody knows before; a condition is no part of the object."""
    if sent["kind"] == "Secret":
        metadata = sent["metadata"]
        assert sent["data"][".dockerconfigjson"]
        metadata["annotations"][AUDIT_HEAD] = HEAD_THEN
        metadata.pop("resourceVersion", None)
        sent["data"] = {".dockerconfigjson": REDACTED}
    return sent


@dataclass(frozen=True, slots=True)
class _Quiet(Session):
    def wake_worker(self) -> bool:
        return True


@pytest.fixture
def received(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Received:
    """Listens at the API servers of all regions."""
    found, answer = Received(), api.answer
    names = {id(region.objects): name for name, region in desk.world.regions.items()}

    async def listening(objects: Any, request: web.Request, *rest: Any) -> web.StreamResponse:
        found.note(names[id(objects)], request.method, request, await request.read())
        return await answer(objects, request, *rest)

    monkeypatch.setattr(api, "answer", listening)
    return found


@pytest.fixture
def session(desk: Desk) -> Session:
    """An operator at the desk, with a worker that runs."""
    desk.start()
    return _Quiet(desk.store, desk.places, Actor("ops"))


def planned(desk: Desk, session: Session, plan: Any, *arguments: Any, **named: Any) -> DryRun:
    """Make a dry run, which must not write anything."""
    before, version = rows(desk.store.connection), desk.store.data_version()
    with looking(session) as only_looking:
        found: DryRun = plan(only_looking, *arguments, **named)
    assert rows(desk.store.connection) == before
    assert desk.store.data_version() == version
    return found


def run(desk: Desk, session: Session, plans: list[Plan]) -> None:
    """Carry deployments out, and what they leave behind."""
    for one in start_deployments(session, plans):
        ended = desk.ended(one.id)
        assert ended.state == "done", desk.told(one.id)
    settled(desk)


def settled(desk: Desk) -> None:
    """Wait until nothing is left to be written to a region or to go from it."""
    c = desk.store.connection
    until(lambda: not removals.pending(c) and not secret_writes.pending(c))
    until(lambda: all(one.state not in ACTIVE for one in deployments.all(c, PROJECT)))


def assert_came_true(plan: DryRun, received: Received) -> None:
    """Hold what was told against what came: an unchanged namespace alone is not sent."""
    told = {region: ([], set()) for region in REGIONS}  # type: dict[str, tuple[Manifests, set[Any]]]
    for stage in plan.stages:
        for region in stage.regions:
            applied, gone = told[region.region]
            for step in region.steps:
                if step.act == "remove":
                    gone.add((step.kind, step.name))
                elif (step.kind, step.act) != ("Namespace", "unchanged"):
                    assert step.manifest is not None
                    applied.append(step.manifest)
    for region_, (applied, gone) in told.items():
        assert received.applied.get(region_, []) == applied
        assert received.deleted.get(region_, set()) == gone
    received.forget()


def change(desk: Desk, handle: str, **changes: Any) -> None:
    with desk.store.write() as tx:
        now_stored: Container = containers.get(tx.conn, PROJECT, handle)
        containers.update(tx, replace(now_stored, **changes))


def test_deployments_bring_what_their_dry_run_shows(
    desk: Desk, session: Session, received: Received, canary: str
) -> None:
    team = desk.registry("team", canary)
    desk.container("app", registry=team, port=8080)
    v2 = f"{desk.world.registry.address}/team/app:v2"
    job = InitJob("migrate", v2, ("up",), "team", team.id)
    changes: list[dict[str, Any]] = [
        {},
        {},
        {"image": v2, "replicas": 2, "env": (("MODE", "live"),)},
        {"init_jobs": (job,)},
        {"type": "worker", "port": None},
        {"type": "cronjob", "schedule": "@daily"},
        {"type": "http", "port": 80, "schedule": None},
        {"registry": None, "registry_id": None, "init_jobs": (), "image": "nginx:1.27"},
    ]
    told = []
    for one in changes:
        change(desk, "app", **one)
        plans = plan_deployment(session, PROJECT, ["app"], canary=REGIONS[1])

        plan = planned(desk, session, plan_deploying, PROJECT, plans)
        run(desk, session, plans)

        told.append([(step.act[0], step.kind) for step in plan.stages[0].regions[0].steps])
        assert_came_true(plan, received)
        assert canary not in repr(plan)
    assert told == [
        [("c", "Namespace"), ("c", "Secret"), ("c", "Service"), ("c", "Deployment")],
        [("u", "Namespace"), ("u", "Secret"), ("u", "Service"), ("c", "Deployment")],
        [("u", "Namespace"), ("u", "Secret"), ("u", "Service"), ("c", "Deployment")],
        [("u", "Namespace"), ("u", "Secret"), ("u", "Service"), ("c", "Deployment")],
        [("u", "Namespace"), ("u", "Secret"), ("c", "Deployment"), ("r", "Service")],
        [("u", "Namespace"), ("u", "Secret"), ("c", "CronJob"), ("r", "Deployment")],
        [("u", "Namespace"), ("u", "Secret"), ("c", "Service"), ("c", "Deployment"), ("r", "CronJob")],
        [("u", "Namespace"), ("u", "Service"), ("c", "Deployment"), ("r", "Secret")],
    ]


def test_a_rotation_with_its_push_and_its_deployments_does_what_was_told(
    desk: Desk, session: Session, received: Received, canary: str
) -> None:
    team = desk.registry("team", canary)
    for handle in ("app", "jobs"):
        desk.container(handle, registry=team)
    both = plan_deployment(session, PROJECT, ["app", "jobs"])
    run(desk, session, both)
    received.forget()

    plan = planned(desk, session, plan_rotation, PROJECT, "team", both, push=True, check=False)
    assert plan.store[0].fields == (("version", 1, 2),)
    assert [stage.kind for stage in plan.stages] == ["push", "deploy", "deploy"]
    desk.rotate(team, canary)
    push_now(session, PROJECT, "team")
    settled(desk)
    again = plan_deployment(session, PROJECT, ["app", "jobs"])
    # One after the other, as they would go together otherwise and need what they share once.
    run(desk, session, again[:1])
    run(desk, session, again[1:])

    assert_came_true(plan, received)


def test_a_termination_and_a_deletion_take_away_what_was_told(
    desk: Desk, session: Session, received: Received, canary: str
) -> None:
    team = desk.registry("team", canary)
    desk.container("app", registry=team, port=8080)
    desk.container("stays", registry=team)
    run(desk, session, plan_deployment(session, PROJECT, ["app", "stays"]))
    received.forget()

    ends = planned(desk, session, plan_termination, PROJECT, "app")
    assert desk.ended(terminate(session, PROJECT, "app").id).state == "done"
    settled(desk)
    assert_came_true(ends, received)

    deletion = plan_registry_deletion(session, PROJECT, "team")
    goes = planned(desk, session, plan_deletion, deletion, [], unlink=True)
    delete_registry(session, PROJECT, "team", unlink=True)
    settled(desk)
    assert_came_true(goes, received)
    assert [(one.act, one.kind, one.name) for one in goes.store] == [
        ("change", "container", "app"),
        ("change", "container", "stays"),
        ("remove", "registry", "team"),
    ]
