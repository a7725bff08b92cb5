"""The feed: reads only when something changed, replays events, and survives a store that is busy."""

from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import pytest

from bahriya_tui.model.container import Container, ContainerStatus
from bahriya_tui.model.deployment import Deployment, State
from bahriya_tui.model.errors import Failed
from bahriya_tui.operations.inspect import DEPLOYMENT_LIMIT
from bahriya_tui.places import Places
from bahriya_tui.store import containers, database, deployments, driver
from bahriya_tui.store.database import Store, open_store
from bahriya_tui.store.driver import sqlite
from bahriya_tui.tui.feed import PAGE, Feed
from tests.tui import world
from tests.tui.hands import DEADLINE

if TYPE_CHECKING:
    from sqlite_utils import Database


@pytest.fixture
def feed(seeded: Places) -> Iterator[Feed]:
    with Feed(seeded.database, "shop") as opened:
        yield opened


def test_a_picture_is_given_once_and_again_after_a_change(feed: Feed, seeded: Places) -> None:
    assert feed.read() is not None
    assert feed.read() is None
    with open_store(seeded.database) as store, store.write() as tx:
        world.add_registry(tx, "acr", "shop.azurecr.io", "u")
    view = feed.read()
    assert view is not None
    assert "acr" in [registry.handle for registry in view.world.registries]


def test_events_of_a_deployment_are_replayed_and_then_continued(feed: Feed, seeded: Places) -> None:
    run = feed.picture().world.deployments[0]
    feed.look_at(deployment=run.id)
    first = feed.read()
    assert first is not None
    assert first.log
    assert {event.deployment for event in first.log} == {run.id}
    with open_store(seeded.database) as store, store.write() as tx:
        world.tell(tx, run, "rolling", "one more", 0, "virginia-1")
    second = feed.read()
    assert second is not None
    assert second.log[: len(first.log)] == first.log
    assert second.log[-1].message == "one more"


def test_another_deployment_begins_a_log_of_its_own(feed: Feed) -> None:
    newest, other, *_ = feed.picture().world.deployments
    feed.look_at(deployment=newest.id)
    feed.read()
    feed.look_at(deployment=other.id)
    view = feed.read()
    assert view is not None
    assert {event.deployment for event in view.log} == {other.id}


def deployed(tx: "Database", one: Container, state: State, status: ContainerStatus) -> Deployment:
    run = world.deploy(tx, one, None, 60)
    deployments.move(tx, run.id, run.fence, state, world.NOW)
    containers.set_status(tx, one.id, status)
    return deployments.get(tx.conn, run.id)


def test_what_failed_or_waits_is_shown_however_many_deployments_there_were_since(
    feed: Feed, seeded: Places
) -> None:
    with open_store(seeded.database) as store:
        with store.write() as tx:
            tx.execute("DELETE FROM deployment_region")
            tx.execute("DELETE FROM deployment")
            bad, slow, waits, busy = (
                containers.get(tx.conn, "shop", world.add_container(tx, handle, "nginx:1", None).handle)
                for handle in ("bad", "slow", "waits", "busy")
            )
            failed = deployed(tx, bad, "failed", "error")
            superseded = deployed(tx, slow, "held", "running")
            held = deployed(tx, waits, "held", "running")
            running = world.deploy(tx, slow, None, 60)
            for _ in range(DEPLOYMENT_LIMIT):
                deployed(tx, busy, "done", "running")
        latest = feed.picture().latest
        assert superseded.id < running.id
        assert latest[bad.id].id == failed.id
        assert latest[slow.id].id == running.id
        assert latest[waits.id].id == held.id

        with store.write() as tx:
            deployments.request_cancel(tx, held.id, world.NOW)
            assert deployments.request_cancel(tx, running.id, world.NOW).state == "cancelling"
        latest = feed.picture().latest
        assert waits.id not in latest
        assert latest[slow.id].state == "cancelling"

        with store.write() as tx:
            again = world.deploy(tx, bad, None, 60)
        assert feed.picture().latest[bad.id].id == again.id


def test_a_project_that_went_away_gives_way_to_another(feed: Feed) -> None:
    feed.look_at("nowhere")
    view = feed.read()
    assert view is not None
    assert view.project == "blog"


def test_the_feed_cannot_write(feed: Feed) -> None:
    assert feed._connection is not None
    with pytest.raises(sqlite.OperationalError, match="readonly"):
        feed._connection.execute("DELETE FROM registry_check")


def test_a_log_longer_than_a_page_is_replayed_to_its_end(feed: Feed, seeded: Places) -> None:
    run = feed.picture().world.deployments[0]
    with open_store(seeded.database) as store, store.write() as tx:
        for number in range(PAGE + 20):
            world.tell(tx, run, "rolling", f"step {number}", 0, "virginia-1")
    feed.look_at(deployment=run.id)
    view = feed.read()
    assert view is not None
    assert view.log[-1].message == f"step {PAGE + 19}"


def test_many_rows_that_did_not_change_are_not_read_again(feed: Feed, seeded: Places) -> None:
    first = feed.picture()
    with open_store(seeded.database) as store, store.write() as tx:
        world.tell(tx, first.world.deployments[0], "rolling", "one more", 0, "virginia-1")
    second = feed.read()
    assert second is not None
    assert second.world.containers is first.world.containers
    assert second.world.placements is first.world.placements
    assert second.world.secrets is first.world.secrets
    assert second.links is first.links
    assert second.pulls is first.pulls


CHANGES = {
    "a container's status": "UPDATE container SET status = 'error' WHERE handle = 'web'",
    "its image": "UPDATE container SET image = 'nginx:1.28' WHERE revision = 0",
    "an init job": "INSERT INTO init_job (container_id, project, position, name, image, command)"
    " SELECT id, project, 0, 'migrate', 'ghcr.io/acme/migrate:1', '[]' FROM container",
    "its region": "UPDATE container_region SET position = position + 10",
    "it left a region": "DELETE FROM container_region WHERE region = 'virginia-1'",
    "a placement": "UPDATE placement SET image = 'ghcr.io/acme/web:9'",
    "a placement is gone": "DELETE FROM placement WHERE region = 'virginia-1'",
    "an init job's pull secret": "INSERT INTO placement_secret"
    " SELECT project, container, region, 'bahriya-other-v1', 'other', 1 FROM placement",
    "a pull secret": "UPDATE applied_secret SET version = version + 1",
    "a pull secret is gone": "DELETE FROM applied_secret WHERE region = 'virginia-1'",
}


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_changed_is_in_the_next_picture(feed: Feed, seeded: Places, change: str) -> None:
    before = feed.picture()
    with open_store(seeded.database) as store, store.write() as tx:
        assert tx.execute(CHANGES[change]).rowcount > 0
    after = feed.read()
    with Feed(seeded.database, "shop") as fresh:
        assert after == fresh.picture()
    assert after != before


def test_another_project_takes_nothing_over(feed: Feed) -> None:
    shop = feed.picture()
    feed.look_at("blog")
    blog = feed.read()
    assert blog is not None
    assert not set(blog.world.containers) & set(shop.world.containers)


def add_acr(places: Places) -> None:
    with open_store(places.database) as store, store.write() as tx:
        world.add_registry(tx, "acr", "shop.azurecr.io", "u")


def registries_in(feed: Feed) -> list[str]:
    """Give the registries of a new picture; none where there is no new one."""
    view = feed.read()
    return [] if view is None else [registry.handle for registry in view.world.registries]


@pytest.fixture
def reading_only(seeded: Places, monkeypatch: pytest.MonkeyPatch) -> Places:
    """The store, which this process may only read, as far as it is opened for reading."""
    monkeypatch.setattr(driver, "only_readable", lambda _: True)
    return seeded


def test_a_copy_that_was_taken_as_the_last_writer_left_is_taken_anew(
    reading_only: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer, really_open = open_store(reading_only.database), database.open_to_look

    def leave_and_open(path: Path) -> Store:
        writer.close()
        return really_open(path)

    monkeypatch.setattr(database, "open_to_look", leave_and_open)
    with Feed(reading_only.database, "shop") as feed:
        assert "acr" not in registries_in(feed)
        add_acr(reading_only)
        assert "acr" in registries_in(feed)


def test_what_cannot_be_opened_anew_is_tried_again_and_shown_as_it_was_until_then(
    reading_only: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    really_open = database.open_to_look

    def refuse(_: Path) -> Store:
        raise Failed("the store cannot be read")

    with Feed(reading_only.database, "shop") as feed:
        before = feed.picture()
        add_acr(reading_only)
        monkeypatch.setattr(database, "open_to_look", refuse)
        for _ in range(2):
            with pytest.raises(Failed, match="cannot be read"):
                feed.read()
        assert feed.latest is before
        monkeypatch.setattr(database, "open_to_look", really_open)
        assert "acr" in registries_in(feed)


def test_why_the_store_cannot_be_read_is_told_once_until_it_can_be_read_again(
    feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    went: list[Exception | None] = [OSError(), OSError(), ValueError(), None, ValueError(), ValueError()]
    done = Event()
    told: list[str] = []

    def read() -> None:
        if not went:
            done.set()
        elif error := went.pop(0):
            raise error

    monkeypatch.setattr(feed, "read", read)
    feed.period = 0
    feed.start(lambda _: None, told.append)
    assert done.wait(DEADLINE)
    feed.stop()
    assert told == ["OSError", "ValueError", "ValueError"]
