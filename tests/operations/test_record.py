"""Every verb that changes something leaves an entry in the audit log, and one that is refused leaves none."""

from collections.abc import Callable

import pytest

from bahriya_tui.model.audit import Actor, Entry, verify
from bahriya_tui.model.clock import now
from bahriya_tui.model.errors import BahriyaError
from bahriya_tui.operations import control, delete, edit, link, matrix, projects, regions, terminate
from bahriya_tui.operations.deploy import plan_deployment
from bahriya_tui.operations.record import record
from bahriya_tui.operations.regions import ImportPlan
from bahriya_tui.operations.session import Session
from bahriya_tui.store import audit, events, observations
from tests.operations.conftest import accept, define, end, region_of, start_deployment


def deploy(s: Session, *, take_over: bool = False) -> int:
    (plan,) = plan_deployment(s, "shop", ["api"], take_over=take_over)
    return start_deployment(s, plan).id


def held(s: Session) -> int:
    (plan,) = plan_deployment(s, "shop", ["api"], canary="falkenstein-1")
    started = start_deployment(s, plan)
    end(s, started, falkenstein_1="failed", helsinki_1="held", virginia_1="held")
    return started.id


def failed(s: Session) -> int:
    (plan,) = plan_deployment(s, "shop", ["api"])
    started = start_deployment(s, plan)
    end(s, started, helsinki_1="failed")
    return started.id


def after_a_good_one(s: Session) -> int:
    (plan,) = plan_deployment(s, "shop", ["api"])
    end(s, start_deployment(s, plan))
    return failed(s)


def replaced(s: Session) -> None:
    first = deploy(s)
    (plan,) = plan_deployment(s, "shop", ["api"])
    assert plan.active is not None
    assert plan.active.id == first
    start_deployment(s, plan, replace=True)


def a_project_that_goes(s: Session) -> None:
    projects.add_project(s, "blog")
    projects.delete_project(s, "blog")


def a_region(s: Session) -> None:
    regions.take_regions(s, ImportPlan("", (region_of("oslo-1"),), ()))


def a_region_that_goes(s: Session) -> None:
    a_region(s)
    delete.delete_region(s, "oslo-1")


def a_repair(s: Session) -> None:
    (plan,) = plan_deployment(s, "shop", ["api"])
    end(s, start_deployment(s, plan))
    with s.store.write() as tx:
        observations.request(tx, "shop", "helsinki-1", now())
        observations.keep(tx, observations.requested(tx.conn)[0], [], [], now())
    (cell,) = [one for one in matrix.matrix(s, "shop") if one.state == "missing"]
    assert len(matrix.repair(s, "shop", [cell])) == 1


VERBS: dict[str, Callable[[Session], object]] = {
    "project.added": lambda s: projects.add_project(s, "blog"),
    "project.deleted": a_project_that_goes,
    "registry.repaired": a_repair,
    "registry.edited": lambda s: edit.edit_registry(s, "shop", "team", name="Team"),
    "registry.deleted": lambda s: (accept(s, "old"), delete.delete_registry(s, "shop", "old")),
    "container.added": lambda s: define(s, "web"),
    "container.edited": lambda s: edit.edit_container(s, "shop", "api", replicas=3),
    "container.linked": lambda s: link.link(s, "shop", "api", "team"),
    "container.unlinked": lambda s: link.unlink(s, "shop", "api"),
    "container.terminated": lambda s: (after_a_good_one(s), terminate.terminate(s, "shop", "api")),
    "container.deleted": lambda s: delete.delete_container(s, "shop", "api"),
    "region.added": a_region,
    "region.edited": lambda s: edit.edit_region(s, "helsinki-1", city="Helsinki"),
    "region.moved": lambda s: edit.edit_region(
        s, "helsinki-1", pin=regions.RegionPin("other", "/kube", "https://192.0.2.1", "ab")
    ),
    "region.deleted": a_region_that_goes,
    "deployment.queued": deploy,
    "deployment.taking-over": lambda s: deploy(s, take_over=True),
    "deployment.cancelled": lambda s: control.cancel(s, deploy(s)),
    "deployment.resumed": lambda s: control.resume(s, held(s)),
    "deployment.retried": lambda s: control.retry(s, failed(s)),
    "deployment.rolled-back": lambda s: control.rollback(s, after_a_good_one(s)),
}


def log(s: Session) -> list[Entry]:
    return audit.since(s.connection)


@pytest.mark.parametrize("action", VERBS)
def test_a_verb_leaves_its_entry(session: Session, action: str) -> None:
    define(session, "api")
    VERBS[action](session)
    newest = log(session)[-1]
    assert (newest.action, newest.user, newest.outcome) == (action, "operator", "done")
    (event,) = events.since(session.connection, events.last_seq(session.connection) - 1)
    assert (event.actor, event.at) == (newest.user, newest.at)
    assert verify(log(session), []) == ()


def test_a_deployment_names_the_version_it_will_open(session: Session) -> None:
    define(session, "api")
    number = deploy(session)
    newest = log(session)[-1]
    assert (newest.registry, newest.versions, newest.deployment) == ("team", "1", number)


def test_making_way_for_another_deployment_is_a_cancellation(session: Session) -> None:
    define(session, "api")
    replaced(session)
    assert [entry.action for entry in log(session)][-2:] == ["deployment.cancelled", "deployment.queued"]


def test_a_verb_that_is_refused_leaves_no_entry(session: Session) -> None:
    define(session, "api")
    before = log(session)
    with pytest.raises(BahriyaError):
        delete.delete_registry(session, "shop", "team")
    with pytest.raises(BahriyaError):
        edit.edit_container(session, "shop", "api", registry="nobody")
    assert log(session) == before


def test_what_is_only_for_people_stays_out_of_the_audit_log(session: Session, canary: str) -> None:
    with session.store.write() as tx:
        record(tx, Actor("mira", "/dev/pts/3", "192.0.2.7"), "registry.edited", canary, registry="team")
    (entry,) = log(session)
    assert canary not in str(entry)
    assert (entry.user, entry.terminal, entry.client) == ("mira", "/dev/pts/3", "192.0.2.7")
