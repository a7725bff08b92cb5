"""Following: every event once and in order, and an end when there is nothing more to come."""

import threading
from dataclasses import replace

import pytest

from bahriya_tui.model import clock
from bahriya_tui.model.audit import Actor
from bahriya_tui.model.errors import Cancelled, Failed
from bahriya_tui.operations import waiting
from bahriya_tui.operations.deploy import plan_deployment
from bahriya_tui.operations.follow import follow, wait_removals
from bahriya_tui.operations.inspect import overview
from bahriya_tui.operations.projects import add_project
from bahriya_tui.operations.session import Session
from bahriya_tui.store import deployments, events, removals
from bahriya_tui.store.database import open_store
from tests.operations.conftest import REGIONS, Quiet, define, end, start_deployment


def test_events_of_another_process_arrive_until_the_deployment_has_ended(session: Quiet) -> None:
    define(session, "web")
    (plan,) = plan_deployment(session, "shop", ["web"])
    deployment = start_deployment(session, plan)
    followed = follow(session, [deployment.id])
    assert next(followed).phase == "queued"

    def work() -> None:
        with open_store(session.places.database) as store:
            with store.write() as tx:
                events.append(tx, phase="noise", message="", now=clock.now(), deployment=deployment.id + 1)
                events.append(tx, phase="rolling", message="1/2", now=clock.now(), deployment=deployment.id)
            end(Session(store, session.places, Actor("worker")), deployment)

    worker = threading.Thread(target=work)
    worker.start()
    rest = [event.phase for event in followed]
    worker.join()

    assert rest == ["rolling"]


def test_what_happened_while_nobody_looked_is_told_afterwards(session: Quiet) -> None:
    define(session, "web")
    (plan,) = plan_deployment(session, "shop", ["web"])
    deployment = start_deployment(session, plan)
    with session.store.write() as tx:
        for number in range(1200):
            events.append(tx, phase="rolling", message=str(number), now=clock.now(), deployment=deployment.id)
    end(session, deployment)

    told = [event.message for event in follow(session, [deployment.id])][1:]

    assert told == [str(number) for number in range(1200)]


def test_a_removal_that_was_tried_in_vain_is_pending_and_not_waited_for(session: Quiet) -> None:
    at = clock.now()
    with session.store.write() as tx:
        ids = [
            removals.add(
                tx, project="shop", region=region, kind="Secret", name="x", uid=None, reason="", now=at
            )
            for region in REGIONS
        ]
        removals.done(tx, ids[0])
        removals.done(tx, ids[1])
        removals.failed(tx, ids[2], "connection refused", clock.later(at, 60))

    (left,) = wait_removals(session, ids, timeout=600)

    assert (left.region, left.last_error) == (REGIONS[2], "connection refused")


def test_a_removal_that_nobody_tries_is_given_up_after_the_timeout(session: Quiet) -> None:
    with session.store.write() as tx:
        number = removals.add(
            tx,
            project="shop",
            region=REGIONS[0],
            kind="Secret",
            name="x",
            uid=None,
            reason="",
            now=clock.now(),
        )

    assert [one.id for one in wait_removals(session, [number], timeout=0.2)] == [number]
    assert session.woken


def test_waiting_for_a_worker_that_never_comes_is_given_up(
    session: Quiet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "PAUSE", 0.0)
    monkeypatch.setattr(waiting, "_WORKER_EVERY", 0.0)
    define(session, "web")
    (plan,) = plan_deployment(session, "shop", ["web"])
    deployment = start_deployment(session, plan)

    with pytest.raises(Failed) as failure:
        list(follow(replace(session, alive=False), [deployment.id]))

    assert "worker.log" in failure.value.hint


def test_waiting_ends_when_whoever_asked_has_left_and_what_was_asked_for_stays(session: Quiet) -> None:
    define(session, "web")
    (plan,) = plan_deployment(session, "shop", ["web"])
    deployment = start_deployment(session, plan)
    session.left.set()

    with pytest.raises(Cancelled):
        list(follow(session, [deployment.id]))

    assert deployments.get(session.connection, deployment.id).state == "queued"


def test_the_picture_shows_one_project_and_all_regions(session: Quiet) -> None:
    define(session, "web")
    (plan,) = plan_deployment(session, "shop", ["web"])
    end(session, start_deployment(session, plan))
    add_project(session, "bank")

    world = overview(session, "shop")

    assert [project.handle for project in world.projects] == ["bank", "shop"]
    assert [container.handle for container in world.containers] == ["web"]
    assert len(world.regions) == len(world.placements) == len(world.secrets) == 3
    assert [deployment.state for deployment in world.deployments] == ["done"]
    empty = overview(session.connection, "bank")
    assert (empty.containers, empty.registries, empty.deployments) == ((), (), ())
    assert overview(session, None).regions == world.regions
