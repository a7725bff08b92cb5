"""While somebody looks on, work that is due has a worker."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bahriya_tui.launch import worker
from bahriya_tui.launch.worker import stop_worker, worker_running
from bahriya_tui.operations import attend
from bahriya_tui.places import Places
from bahriya_tui.store import regions, work
from bahriya_tui.store.database import open_store
from bahriya_tui.store.driver import sqlite
from tests.operations.conftest import REGIONS, region_of

_DEADLINE = 120.0
LATER = "2000-01-01T00:00:00.000Z"


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Places]:
    """A store in which a region is to be contacted, and somebody looks on."""
    monkeypatch.setenv("BAHRIYA_HOME", str(tmp_path))
    monkeypatch.setattr(attend, "PERIOD", 0.05)
    found = Places(tmp_path / "store", tmp_path / "keys", tmp_path / "logs")
    found.prepare()
    with open_store(found.database) as store, store.write() as tx:
        regions.insert(tx, region_of(REGIONS[0]))
    stop = threading.Event()
    thread = threading.Thread(target=attend.attend, args=(found, stop))
    thread.start()
    yield found
    stop.set()
    thread.join()
    stop_worker(found)


def request(places: Places) -> None:
    with open_store(places.database) as store, store.write() as tx:
        regions.request_check(tx, REGIONS[0], LATER)


def until_checked(places: Places) -> None:
    until = time.monotonic() + _DEADLINE
    with open_store(places.database) as store:
        while regions.to_check(store.connection):
            assert time.monotonic() < until, "nobody took up the work"


def test_work_that_somebody_queued_is_taken_up_also_after_the_worker_was_killed(
    places: Places,
) -> None:
    assert worker_running(places) is None
    request(places)
    until_checked(places)

    worker = worker_running(places)
    assert worker is not None
    watched = os.pidfd_open(worker)
    signal.pidfd_send_signal(watched, signal.SIGKILL)
    os.close(watched)
    request(places)
    until_checked(places)


def test_a_look_that_fails_is_followed_by_another(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    failed: list[Exception] = []

    def fails_once(asked: Callable[..., Any], error: Exception) -> Callable[..., Any]:
        def ask(*about: object) -> object:
            if error not in failed:
                failed.append(error)
                raise error
            return asked(*about)

        return ask

    broken, forbidden = sqlite.OperationalError("disk I/O error"), PermissionError("worker.lock")
    monkeypatch.setattr(worker, "worker_running", fails_once(worker_running, forbidden))
    monkeypatch.setattr(work, "anything", fails_once(work.anything, broken))
    request(places)
    until_checked(places)
    assert failed == [broken, forbidden]
