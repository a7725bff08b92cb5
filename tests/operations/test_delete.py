"""Deletions: who still needs a thing is named, and nothing is written then."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Never

import pytest

from bahriya_tui.model.clock import now
from bahriya_tui.model.errors import BahriyaError, Failed, InUse
from bahriya_tui.operations import define as defining
from bahriya_tui.operations.check import check_registry
from bahriya_tui.operations.connect import connect_registry
from bahriya_tui.operations.control import cancel, rollback
from bahriya_tui.operations.delete import (
    delete_container,
    delete_region,
    delete_registry,
    plan_registry_deletion,
)
from bahriya_tui.operations.deploy import plan_deployment, using
from bahriya_tui.operations.edit import edit_container, edit_registry
from bahriya_tui.operations.go_back import return_registry
from bahriya_tui.operations.init_jobs import InitChange
from bahriya_tui.operations.inspect import overview
from bahriya_tui.operations.link import link, unlink
from bahriya_tui.operations.matrix import matrix
from bahriya_tui.operations.push import push_now
from bahriya_tui.operations.rotate import rotate_registry
from bahriya_tui.store import audit, containers, deletions, events, history, registries, removals, secrets
from bahriya_tui.store.driver import JOURNAL, connect
from tests.operations.conftest import REGIONS, Quiet, accept, define, end, start_deployment
from tests.rows import rows


def deployed(session: Quiet, handle: str) -> None:
    define(session, handle)
    (plan,) = plan_deployment(session, "shop", [handle])
    end(session, start_deployment(session, plan))


def answer(session: Quiet, asked: list[int]) -> None:
    """Do what the worker does when every region has confirmed."""
    with session.store.write() as tx:
        for number in asked:
            removal = removals.get(tx.conn, number)
            removals.done(tx, number)
            secrets.forget(tx, "shop", removal.region, removal.name)
            deletions.finish(tx, removal.registry_id or "", now())


@contextmanager
def somebody_reading(session: Quiet) -> Iterator[None]:
    """Let somebody read the store for longer than anybody waits."""
    session.connection.execute("PRAGMA busy_timeout = 1")
    with closing(connect(session.places.database)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM credential").fetchall()
        yield


def no_token(context: object) -> Never:
    raise AssertionError("a token was asked for")


def test_a_linked_registry_cannot_be_deleted(session: Quiet) -> None:
    define(session, "web")
    define(session, "api")
    before = rows(session.connection)

    with pytest.raises(InUse) as refusal:
        delete_registry(session, "shop", "team")

    assert "api, web" in refusal.value.message
    assert rows(session.connection) == before


def test_unlinking_deletes_the_registry_and_asks_for_the_removal_of_every_secret(session: Quiet) -> None:
    deployed(session, "web")

    ids = delete_registry(session, "shop", "team", unlink=True)

    asked = [removals.get(session.connection, number) for number in ids]
    assert {(one.region, one.kind, one.name, one.uid) for one in asked} == {
        (region, "Secret", "bahriya-team-v1", f"secret-{region}") for region in REGIONS
    }
    team = registries.get(session.connection, "shop", "team")
    assert team.deleting
    assert history.all(session.connection, team.id) == []
    web = containers.get(session.connection, "shop", "web")
    assert (web.registry, web.registry_id, web.secret) == (None, None, None)
    assert session.woken


def test_a_container_left_behind_keeps_the_handle_and_the_secret_it_pulls_with(session: Quiet) -> None:
    deployed(session, "web")
    accept(session, "team")

    delete_registry(session, "shop", "team", force=True)

    web = containers.get(session.connection, "shop", "web")
    assert web.registry == "team"
    assert web.registry_missing
    assert web.secret == "bahriya-team-v1"


def test_a_forced_deletion_is_told_of_at_each_container_that_it_leaves_behind(session: Quiet) -> None:
    define(session, "web")
    define(session, "api")
    define(session, "docs", registry=None)
    job = InitChange("migrate", "registry.example/migrate:1.0", registry="team")
    edit_container(session, "shop", "docs", init_jobs=[job])
    before = audit.since(session.connection)[-1].seq

    delete_registry(session, "shop", "team", force=True)

    told = [one for one in audit.since(session.connection) if one.seq > before]
    left = [(one.container, one.registry, one.versions) for one in told if one.action == "container.orphaned"]
    assert left == [("api", "team", "1"), ("docs", "team", "1"), ("web", "team", "1")]
    assert told[-1].action == "registry.deleted"
    said = {one.container: one.message for one in events.since(session.connection, 0)}
    assert "init job migrate of container docs" in said["docs"]


def test_a_new_registry_of_the_same_handle_is_not_linked_silently(session: Quiet) -> None:
    deployed(session, "web")
    answer(session, delete_registry(session, "shop", "team", force=True))

    again = accept(session, "team")

    assert again.version == 2
    assert containers.linked_to(session.connection, again.id) == []
    (plan,) = plan_deployment(session, "shop", ["web"])
    assert plan.registry is None
    assert (plan.spec.registry_id, plan.spec.secret) == (None, "bahriya-team-v1")


def test_a_registry_is_protected_while_a_deployment_needs_it(session: Quiet) -> None:
    define(session, "web")
    (plan,) = plan_deployment(session, "shop", ["web"])
    deployment = start_deployment(session, plan)

    for way in ({"unlink": True}, {"force": True}):
        with pytest.raises(InUse) as refusal:
            delete_registry(session, "shop", "team", **way)
        assert f"deployment {deployment.id}" in refusal.value.message
    assert containers.get(session.connection, "shop", "web").registry == "team"


def test_the_plan_says_what_happens_to_each_container(session: Quiet) -> None:
    deployed(session, "web")
    define(session, "api")

    plan = plan_registry_deletion(session, "shop", "team")

    said = {one.handle: (one.regions, one.consequence) for one in plan.containers}
    assert said["web"][0] == REGIONS
    assert "keeps running in 3 regions" in said["web"][1]
    assert said["api"][0] == ()
    assert "runs nowhere yet" in said["api"][1]
    assert len(plan.secrets) == 3


def test_the_plan_names_what_still_runs_with_a_registry_it_is_not_linked_to(session: Quiet) -> None:
    deployed(session, "web")
    deployed(session, "api")
    deployed(session, "job")
    accept(session, "other")
    unlink(session, "shop", "web")
    link(session, "shop", "job", "other")
    accept(session, "team")

    plan = plan_registry_deletion(session, "shop", "team")

    assert [one.handle for one in plan.containers] == ["api"]
    job, web = plan.still_running
    assert (web.container, web.regions, web.versions, web.exists) == ("web", REGIONS, (1,), True)
    assert "although it is linked to no registry now" in web.consequence
    assert "although it is linked to registry other now" in job.consequence


def test_what_was_deployed_again_without_the_registry_is_not_named(session: Quiet) -> None:
    deployed(session, "web")
    unlink(session, "shop", "web")
    (plan,) = plan_deployment(session, "shop", ["web"])
    end(session, start_deployment(session, plan))

    assert plan_registry_deletion(session, "shop", "team").still_running == ()


def test_a_running_container_cannot_be_deleted(session: Quiet) -> None:
    deployed(session, "web")

    with pytest.raises(InUse) as refusal:
        delete_container(session, "shop", "web")

    assert all(region in refusal.value.message for region in REGIONS)
    assert containers.get(session.connection, "shop", "web")


def test_a_container_that_never_ran_can_be_deleted(session: Quiet) -> None:
    define(session, "web")

    delete_container(session, "shop", "web")

    assert containers.all(session.connection, "shop") == []


def test_a_region_in_use_cannot_be_deleted(session: Quiet) -> None:
    define(session, "web")

    with pytest.raises(InUse) as refusal:
        delete_region(session, "helsinki-1")

    assert "shop/web" in refusal.value.message


def test_a_registry_is_protected_while_a_held_deployment_could_be_resumed(session: Quiet) -> None:
    define(session, "web")
    (plan,) = plan_deployment(session, "shop", ["web"], canary="helsinki-1")
    held = start_deployment(session, plan)
    end(session, held, helsinki_1="failed", falkenstein_1="held", virginia_1="held")

    with pytest.raises(InUse, match=str(held.id)):
        delete_registry(session, "shop", "team", force=True)

    cancel(session, held.id)
    delete_registry(session, "shop", "team", force=True)
    assert registries.all(session.connection, "shop") == []


USES: dict[str, Callable[[Quiet], object]] = {
    "link": lambda s: link(s, "shop", "bare", "team"),
    "define": lambda s: define(s, "new"),
    "edit container": lambda s: edit_container(s, "shop", "bare", registry="team"),
    "rotate": lambda s: rotate_registry(s, "shop", "team", read_token=no_token),
    "return": lambda s: return_registry(s, "shop", "team", 1),
    "push": lambda s: push_now(s, "shop", "team"),
    "edit": lambda s: edit_registry(s, "shop", "team", name="Team"),
    "check": lambda s: check_registry(s, "shop", "team"),
    "deploy all": lambda s: using(s, "shop", "team"),
}


@pytest.mark.parametrize("use", USES)
def test_a_registry_that_is_being_deleted_is_of_no_use(session: Quiet, use: str) -> None:
    defining.add_container(session, "shop", "bare", image="nginx:1", regions=REGIONS)
    deployed(session, "web")
    delete_registry(session, "shop", "team", force=True)
    before = rows(session.connection)

    with pytest.raises(InUse, match="registry team is being deleted"):
        USES[use](session)

    assert rows(session.connection) == before


def test_its_handle_is_free_only_when_it_is_gone_and_numbers_go_on(session: Quiet) -> None:
    deployed(session, "web")
    asked = delete_registry(session, "shop", "team", unlink=True)
    with pytest.raises(BahriyaError, match="its handle is free once the regions have answered") as refusal:
        connect_registry(
            session, "shop", "team", server="registry.example", username="bot", read_token=no_token
        )
    assert refusal.value.exit_code == 2

    answer(session, asked)

    assert registries.all(session.connection, "shop") == []
    assert accept(session, "team").version == 2


def test_deleting_it_again_gives_the_same_removals_and_writes_nothing(session: Quiet) -> None:
    deployed(session, "web")
    asked = delete_registry(session, "shop", "team", unlink=True)
    before = rows(session.connection)
    session.woken.clear()

    assert delete_registry(session, "shop", "team") == asked

    assert rows(session.connection) == before
    assert session.woken


def test_a_registry_that_is_in_no_region_goes_at_once(session: Quiet) -> None:
    define(session, "web")

    assert delete_registry(session, "shop", "team", unlink=True) == []

    assert registries.all(session.connection, "shop") == []
    assert audit.latest(session.connection, 1)[0].action == "registry.deleted"


def test_begin_and_end_of_a_deletion_are_both_told(session: Quiet) -> None:
    deployed(session, "web")
    unlink(session, "shop", "web")
    after = events.last_seq(session.connection)
    asked = delete_registry(session, "shop", "team")
    assert [(one.action, one.user, one.outcome) for one in audit.latest(session.connection, 1)] == [
        ("registry.deleting", "operator", "started")
    ]
    answer(session, asked)

    told = [(one.phase, one.message) for one in events.since(session.connection, after)]
    assert told == [
        ("registry.deleting", "registry team is being deleted; 3 pull secrets are to be removed"),
        ("registry.deleted", "registry team was deleted: 3 of 3 regions confirmed"),
    ]
    (entry,) = audit.latest(session.connection, 1)
    assert (entry.action, entry.user, entry.outcome) == ("registry.deleted", "operator", "done")


def test_how_far_it_is_stands_in_the_overview_and_the_matrix_shows_what_is_to_go(session: Quiet) -> None:
    deployed(session, "web")
    asked = delete_registry(session, "shop", "team", unlink=True)
    answer(session, asked[:1])

    (far,) = overview(session, "shop").deletions.values()
    assert far.words == "1 of 3 regions confirmed"
    assert [cell.state for cell in matrix(session, "shop")] == ["pending removal"] * 2


def test_a_rollback_to_a_registry_that_is_being_deleted_is_refused(session: Quiet) -> None:
    deployed(session, "web")
    unlink(session, "shop", "web")
    (plan,) = plan_deployment(session, "shop", ["web"])
    second = start_deployment(session, plan)
    end(session, second)
    delete_registry(session, "shop", "team")

    with pytest.raises(BahriyaError, match="pulled with registry team, which is being deleted"):
        rollback(session, second.id)


@pytest.mark.skipif(JOURNAL != "wal", reason="without a write-ahead log whoever reads keeps nothing")
def test_a_deletion_whose_bytes_a_reader_keeps_in_the_journal_is_done_and_says_so(session: Quiet) -> None:
    deployed(session, "web")
    woken = len(session.woken)
    with somebody_reading(session), pytest.raises(Failed, match="team was deleted, but its sealed bytes may"):
        delete_registry(session, "shop", "team", unlink=True)
    assert registries.get(session.connection, "shop", "team").deleting
    assert len(session.woken) == woken + 1
    assert len(delete_registry(session, "shop", "team")) == len(REGIONS)


@pytest.mark.skipif(JOURNAL != "wal", reason="without a write-ahead log whoever reads keeps nothing")
@pytest.mark.parametrize("handle", ["new", "team"])
def test_a_token_that_was_not_taken_and_stays_in_the_journal_is_told_with_the_reason(
    session: Quiet, handle: str
) -> None:
    def refused(context: object) -> Never:
        raise Failed("the token is empty", "enter one")

    def bring() -> None:
        if handle == "team":
            rotate_registry(session, "shop", "team", read_token=refused)
        else:
            connect_registry(session, "shop", handle, server="ghcr.io", username="bot", read_token=refused)

    with pytest.raises(Failed, match=r"^the token is empty: enter one$"):
        bring()
    with somebody_reading(session), pytest.raises(Failed, match=r"enter one; its sealed bytes may still be"):
        bring()
