"""The feed: reads only when something changed, replays events, and survives a store that is busy."""

from collections.abc import Iterator

import pytest

from bahriya_tui.places import Places
from bahriya_tui.store.database import open_store
from bahriya_tui.store.driver import sqlite
from bahriya_tui.tui.feed import PAGE, Feed
from tests.tui import world


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
