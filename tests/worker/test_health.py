"""Regions that were unreachable are looked at again while a worker lives, ever more rarely."""

import errno
import os
import threading

import pytest

from bahriya_tui.model import clock
from bahriya_tui.model.errors import StoreUnwritable
from bahriya_tui.model.region import Region
from bahriya_tui.store import audit, regions
from bahriya_tui.worker.loop import Loop
from bahriya_tui.worker.openers import Standby
from bahriya_tui.worker.region_checks import run_region_check
from bahriya_tui.worker.run import Resources
from bahriya_tui.worker.shared_store import SharedStore
from tests.worker.desk import Desk, until

DOWN = "helsinki-1"


def region(desk: Desk) -> Region:
    return regions.get(desk.store.connection, DOWN)


def look_now(desk: Desk) -> None:
    with desk.store.write() as tx:
        tx.execute("UPDATE region SET next_check_at = ? WHERE id = ?", [clock.now(), DOWN])


def find_down(desk: Desk) -> None:
    """Let the worker find out that a region is down, as the operator would."""
    with desk.store.write() as tx:
        regions.seen(tx, DOWN, clock.now())
        regions.request_check(tx, DOWN, clock.now())
    desk.world.stop(DOWN)
    desk.start()
    until(lambda: region(desk).status == "unreachable")


def test_a_region_that_comes_back_is_active_again_without_anybody_asking(desk: Desk) -> None:
    find_down(desk)
    first = region(desk)
    assert (first.failures, first.last_error) == (1, "connection refused")
    assert first.last_seen_at is not None
    assert (first.next_check_at or "") > clock.now()
    look_now(desk)
    until(lambda: region(desk).failures == 2)
    second = region(desk)
    assert (second.status, second.last_seen_at) == ("unreachable", first.last_seen_at)

    desk.world.start(DOWN)
    before = len(desk.world.regions[DOWN].requests)
    look_now(desk)
    until(lambda: region(desk).status == "active")

    back = region(desk)
    assert (back.failures, back.next_check_at, back.last_error) == (0, None, "")
    assert (back.last_seen_at or "") > (first.last_seen_at or "")
    assert desk.world.regions[DOWN].requests[before:] == ["GET /api"]


def test_every_contact_that_was_answered_is_measured_and_an_outage_is_a_gap(desk: Desk) -> None:
    find_down(desk)
    desk.world.start(DOWN)
    look_now(desk)
    until(lambda: region(desk).status == "active")
    number = desk.deploy(desk.container("app", image="nginx:1.27"))
    assert desk.ended(number).state == "done", desk.told(number)
    gap, back, deployed = region(desk).contacts
    assert gap is None
    assert back is not None
    assert deployed is not None
    assert 0 < back < 60_000
    assert 0 < deployed < 60_000


def test_an_active_region_is_left_alone(desk: Desk) -> None:
    find_down(desk)
    look_now(desk)
    until(lambda: region(desk).failures == 2)
    assert [desk.world.regions[name].requests for name in ("falkenstein-1", "virginia-1")] == [[], []]


def test_a_region_that_is_down_does_not_keep_an_idle_worker(desk: Desk) -> None:
    with desk.store.write() as tx:
        regions.seen(tx, DOWN, clock.now(), "connection refused")
    desk.world.stop(DOWN)
    look_now(desk)
    assert ends_when_idle(desk)


def test_a_worker_that_is_refused_a_core_of_its_own_works_all_the_same(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_pid: int, _cores: set[int]) -> None:
        raise OSError(errno.EINVAL, "Invalid argument")

    monkeypatch.setattr(os, "sched_setaffinity", refuse, raising=False)
    with desk.store.write() as tx:
        regions.request_check(tx, DOWN, clock.now())
    assert ends_when_idle(desk)
    assert regions.to_check(desk.store.connection) == []
    assert len(region(desk).contacts) == 1


def test_a_store_that_takes_nothing_is_no_fault_of_the_region(
    desk: Desk, canary: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = desk.deploy(desk.container("app", registry=desk.registry("team", canary)))
    worker = desk.start()
    assert desk.ended(number).state == "done", desk.told(number)
    worker.end()
    with desk.store.write() as tx:
        regions.request_check(tx, DOWN, clock.now())

    def full(*_: object) -> None:
        raise StoreUnwritable("the disk is full")

    monkeypatch.setattr(audit, "keep_anchor", full)
    resources = Resources(desk.places, SharedStore(desk.store))
    with pytest.raises(StoreUnwritable):
        run_region_check(resources, DOWN)

    assert regions.to_check(desk.store.connection) == [DOWN]
    assert (region(desk).status, region(desk).last_error) == ("active", "")


def ends_when_idle(desk: Desk) -> bool:
    """Run a worker in this process, and tell whether it ended by itself."""
    stop, standby = threading.Event(), Standby()
    loop = Loop(Resources(desk.places, SharedStore(desk.store), standby=standby), stop, idle_seconds=0.5)
    working = threading.Thread(target=loop.run)
    working.start()
    working.join(120)
    ended = not working.is_alive()
    stop.set()
    working.join(120)
    standby.take().end()
    return ended
