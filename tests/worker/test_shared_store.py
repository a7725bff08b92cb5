"""Threads that wait for the store write into one transaction, and none of them notices."""

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bahriya_tui.model import clock
from bahriya_tui.model.errors import Failed, StoreUnwritable
from bahriya_tui.store import projects
from bahriya_tui.store.database import Store, open_store
from bahriya_tui.worker.shared_store import SharedStore
from tests.worker.desk import until

if TYPE_CHECKING:
    from sqlite_utils import Database


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "store" / "bahriya.db") as opened:
        yield opened


class Writers:
    """Threads that write a project each: the first holds the store until the others wait for it."""

    def __init__(self, store: Store) -> None:
        self.shared = SharedStore(store)
        self._go = threading.Event()
        self._pool = ThreadPoolExecutor(8)

    def write(self, handle: str, error: Exception | None = None, undo: bool = False) -> "Future[None]":
        before = self.shared._coming
        first = not self.shared._lock.locked()
        written = self._pool.submit(self._write, handle, error, undo)
        until(lambda: self.shared._lock.locked() if first else self.shared._coming > before)
        return written

    def go(self) -> None:
        self._go.set()
        self._pool.shutdown()

    def _write(self, handle: str, error: Exception | None, undo: bool) -> None:
        with self.shared.write() as tx:
            projects.insert(tx, handle, "", clock.now())
            self._go.wait(120)
            if undo:
                tx.execute("ROLLBACK")
            if error is not None:
                raise error


def handles(store: Store) -> set[str]:
    with open_store(_file(store)) as other:
        return {project.handle for project in projects.all(other.connection)}


def _file(store: Store) -> Path:
    return Path(store.connection.execute("PRAGMA database_list").fetchone()["file"])


def test_writes_that_wait_for_each_other_share_a_commit(store: Store) -> None:
    writers = Writers(store)
    before = writers.shared.data_version()
    written = [writers.write(handle) for handle in ("one", "two", "three")]
    writers.go()
    assert [one.result(120) for one in written] == [None] * 3
    assert handles(store) == {"one", "two", "three"}
    assert writers.shared.data_version() == before + 1


def test_an_error_undoes_what_its_own_block_wrote_and_nothing_else(store: Store) -> None:
    writers = Writers(store)
    first, second, third = (
        writers.write("one"),
        writers.write("two", error=ValueError("no")),
        writers.write("three"),
    )
    writers.go()
    first.result(120)
    third.result(120)
    with pytest.raises(ValueError, match="no"):
        second.result(120)
    assert handles(store) == {"one", "three"}


def test_what_is_not_committed_is_not_read(store: Store) -> None:
    writers = Writers(store)
    written = writers.write("one")
    assert writers.shared.read(projects.all) == []
    writers.go()
    written.result(120)
    assert [project.handle for project in writers.shared.read(projects.all)] == ["one"]


def test_a_write_has_ended_only_when_it_is_on_disk(store: Store) -> None:
    shared, first_left, go = SharedStore(store), threading.Event(), threading.Event()

    def first() -> None:
        with shared.write() as tx:
            projects.insert(tx, "one", "", clock.now())
            until(lambda: shared._coming == 1)

    def second() -> None:
        with shared.write() as tx:
            first_left.set()
            go.wait(120)
            projects.insert(tx, "two", "", clock.now())

    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(first)
        until(shared._lock.locked)
        two = pool.submit(second)
        assert first_left.wait(120)
        assert not one.done()
        assert handles(store) == set()
        go.set()
        one.result(120)
        assert "one" in handles(store)
        two.result(120)


def test_where_the_store_undoes_all_of_it_everybody_is_told(store: Store) -> None:
    writers, full_disk = Writers(store), Failed("the store cannot be written now", "disk full")
    first, second = writers.write("one"), writers.write("two", full_disk, undo=True)
    writers.go()
    for one in (first, second):
        with pytest.raises(Failed, match="cannot be written"):
            one.result(120)
    assert handles(store) == set()
    with writers.shared.write() as tx:
        projects.insert(tx, "three", "", clock.now())
    assert handles(store) == {"three"}


def test_what_somebody_waits_for_is_written_once_the_store_takes_it(store: Store) -> None:
    shared, tries = SharedStore(store), 0

    def change(tx: "Database") -> None:
        nonlocal tries
        tries += 1
        projects.insert(tx, "one", "", clock.now())
        if tries == 1:
            raise StoreUnwritable("the disk is full")

    shared.write_at_last(change)
    assert tries == 2
    assert handles(store) == {"one"}
