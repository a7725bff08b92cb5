"""The worker's one store, used by its threads one at a time; writes that wait for each other share a commit.

Every commit waits for the disk, a millisecond or more: one after another, those of two hundred regions would
take longer than the regions themselves.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from bahriya_tui.model.errors import StoreUnwritable
from bahriya_tui.store.database import Store
from bahriya_tui.store.driver import Connection

if TYPE_CHECKING:
    from sqlite_utils import Database

T = TypeVar("T")

_MOST_TOGETHER = 64
"""Writes in one transaction: other processes wait for its end."""
_AGAIN_SECONDS = 0.5


class SharedStore:
    """Hands the store from thread to thread; nobody keeps it while waiting for a region."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock, self._counting, self._reading = threading.Lock(), threading.Lock(), threading.Lock()
        self._coming = 0
        self._open: _Transaction | None = None

    @contextmanager
    def write(self) -> "Iterator[Database]":
        """Hold the store for some writes, all of them or none; they are on disk when the block has ended.

        Whoever waits for the store meanwhile writes into the same transaction, and the last of them commits
        for all. An exception undoes what its own block wrote, and nothing else.
        """
        with self._counting:
            self._coming += 1
        with self._lock:
            with self._counting:
                self._coming -= 1
            if self._open is None:
                self._open = _Transaction(self._store)
            transaction = self._open
            transaction.parts += 1
            try:
                with self._store.part():
                    yield transaction.database
            finally:
                # There is always one who commits: the last of those who wait for the lock.
                if transaction.full or not self._coming:
                    self._open = None
                    transaction.end()
        transaction.wait()

    def write_at_last(self, change: "Callable[[Database], None]") -> None:
        """Make a change that somebody waits for, as soon as the store takes it: blocks until then."""
        while True:
            try:
                with self.write() as tx:
                    change(tx)
            except StoreUnwritable:
                threading.Event().wait(_AGAIN_SECONDS)
            else:
                return

    def read(self, question: Callable[[Connection], T]) -> T:
        """Answer one question from what is committed, as of one instant, also while somebody writes."""
        with self._reading, self._store.beside.read() as connection:
            return question(connection)

    def look_up(self, question: Callable[[Connection], T]) -> T:
        """Answer a question of a single statement, which is of one instant by itself."""
        with self._reading:
            return question(self._store.beside.connection)

    def data_version(self) -> int:
        """Give a number that rises with every change, whoever made it."""
        with self._lock:
            return self._store.data_version()

    def end(self) -> None:
        """Keep everybody from the store, so that it can be closed: who still comes waits for ever."""
        self._lock.acquire()
        if self._open is not None:
            self._open.end()
        self._reading.acquire()


class _Transaction:
    """One write transaction of the store, in parts of several threads."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.parts = 0
        self._writing = store.write()
        self.database = self._writing.__enter__()
        self._error: BaseException | None = None
        self._under_way = threading.Lock()
        self._under_way.acquire()

    @property
    def full(self) -> bool:
        """Whether nobody else may write into it: it is large, or the store itself has undone all of it."""
        return self.parts >= _MOST_TOGETHER or not self._store.connection.in_transaction

    def end(self) -> None:
        """Commit, and let all who wrote a part go on."""
        if not self._store.connection.in_transaction:
            self._error = StoreUnwritable("the store cannot be written now", "nothing was changed")
        try:
            self._writing.__exit__(type(self._error) if self._error else None, self._error, None)
        except BaseException as error:
            self._error = error
        self._under_way.release()

    def wait(self) -> None:
        """Wait for the end; raise what kept the transaction from being committed."""
        with self._under_way:
            pass
        if self._error is not None:
            raise self._error
