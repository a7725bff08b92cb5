"""The worker's one store, used by its threads one at a time."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from bahriya_tui.store.database import Store
from bahriya_tui.store.driver import Connection

if TYPE_CHECKING:
    from sqlite_utils import Database

T = TypeVar("T")


class SharedStore:
    """Hands the store from thread to thread; nobody keeps it while waiting for a region."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()

    @contextmanager
    def write(self) -> "Iterator[Database]":
        """Hold the store for one write transaction."""
        with self._lock, self._store.write() as tx:
            yield tx

    def read(self, question: Callable[[Connection], T]) -> T:
        """Answer one question from what is committed."""
        with self._lock:
            return question(self._store.connection)

    def data_version(self) -> int:
        """Give a number that rises with every change, whoever made it."""
        with self._lock:
            return self._store.data_version()
