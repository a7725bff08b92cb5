"""Opening the store: find or create the file, bring its tables up to date, hand out write transactions.

Neither reading an up-to-date store nor writing plain SQL imports sqlite-utils, which costs more than a first
screen may take.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, cast

from bahriya_tui.model.errors import Failed, Locked, StoreUnwritable
from bahriya_tui.sharing import file_mode
from bahriya_tui.store.driver import JOURNAL, Connection, connect, sqlite
from bahriya_tui.store.writer import Writer

if TYPE_CHECKING:
    from sqlite_utils import Database

APPLICATION_ID = 0x42414852
"""`BAHR`: marks the file as ours (`PRAGMA application_id`)."""
VERSION = 17
"""Number of migrations in `schema`, kept in `PRAGMA user_version`."""

# What may pass by itself: another process, the disk.
_FOR_NOW = frozenset(
    {sqlite.SQLITE_BUSY, sqlite.SQLITE_FULL, sqlite.SQLITE_IOERR, sqlite.SQLITE_LOCKED},
)
# What else is not a fault of the program: the file.
_OUTSIDE = frozenset(
    {
        sqlite.SQLITE_CANTOPEN,
        sqlite.SQLITE_CORRUPT,
        sqlite.SQLITE_NOTADB,
        sqlite.SQLITE_READONLY,
    }
)


class Store:
    """One open store. Read through `connection`, or `read()` for one view of everything; write in `write()`.

    It may be used from several threads, one at a time.
    """

    def __init__(self, connection: Connection, *, read_only: str = "") -> None:
        self.connection = connection
        self._read_only = read_only
        self._writer = cast("Database", Writer(connection))
        self._commits = 0
        self._beside: Store | None = None

    @contextmanager
    def write(self) -> "Iterator[Database]":
        """Hold the store's write lock from the first to the last statement; an exception writes nothing.

        Raises `StoreUnwritable` when the disk is full or fails, or another process keeps the lock longer than
        the busy timeout, and `Failed` for a file that is broken; `Locked` in a store that was opened to look.
        """
        if self._read_only:
            raise Locked(self._read_only, "nothing was changed")
        with _told():
            # A deferred BEGIN, as sqlite-utils issues it, fails at once where two transactions meet.
            self.connection.execute("BEGIN IMMEDIATE")
            with self._rolled_back_on_error():
                yield self._writer
                self.connection.execute("COMMIT")
        self._commits += 1

    @contextmanager
    def part(self) -> Iterator[None]:
        """Write a part of a transaction that is under way: an exception undoes the part alone."""
        with _told():
            self.connection.execute("SAVEPOINT part")
            try:
                yield
            except BaseException:
                # Some errors (a full disk) have ended the transaction already.
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK TO part")
                    self.connection.execute("RELEASE part")
                raise
            self.connection.execute("RELEASE part")

    @property
    def beside(self) -> "Store":
        """The same store once more, to read from while this one is in a transaction; ends with this one.

        One that was opened to look is that itself: it writes nothing, and may be a copy in memory.
        """
        if self._read_only:
            return self
        if self._beside is None:
            file = self.connection.execute("PRAGMA database_list").fetchone()["file"]
            self._beside = Store(connect(Path(file), read_only=True))
        return self._beside

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Read several things as of the same instant, whatever others write meanwhile; keep it short."""
        self.connection.execute("BEGIN")
        try:
            yield self.connection
        finally:
            self.connection.execute("ROLLBACK")

    def data_version(self) -> int:
        """Give a number that rises whenever somebody, this store included, has committed a change."""
        elsewhere: int = self.connection.execute("PRAGMA data_version").fetchone()[0]
        return elsewhere + self._commits

    def scrub(self) -> bool:
        """Write the journal into the file and empty it, so that deleted bytes are nowhere any more.

        False when somebody read or wrote for so long that it could not be done.
        """
        busy: int = self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        return not busy

    def close(self) -> None:
        """Close the connection; an unfinished transaction is rolled back."""
        if self._beside is not None:
            self._beside.close()
        self.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def _rolled_back_on_error(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            # Some errors (a full disk) have ended the transaction already.
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
            raise


@contextmanager
def _told() -> Iterator[None]:
    """Raise for an operator what is no fault of the program."""
    try:
        yield
    except sqlite.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite.SQLITE_FULL:
            words = "the disk is full, so the store cannot be written now"
            raise StoreUnwritable(words, "make room for it; nothing was changed") from error
        if code in _FOR_NOW:
            words = "the store cannot be written now"
            raise StoreUnwritable(words, f"{error}; nothing was changed") from error
        if code in _OUTSIDE:
            raise Failed("the store cannot be written", f"{error}; nothing was changed") from error
        raise


def open_to_look(path: Path) -> Store:
    """Open a store that exists for reading: nothing is made or migrated, and whoever writes is refused.

    Raises `Locked` without the permission to read it, `Failed` where only writing could make it readable.
    """
    try:
        store = Store(connect(path, read_only=True), read_only=f"store {path} may only be read here")
        if not _current(path, store.connection) and _version(store.connection) < VERSION:
            store.close()
            words = f"store {path} was written by an older release of Bahriya"
            raise Failed(words, "whoever may write it has to open it once, which brings it up to date")
    except PermissionError as error:
        raise Locked(f"store {path} cannot be read", "look at its owner and mode") from error
    except (OSError, sqlite.Error) as error:
        raise Failed(f"store {path} cannot be read", str(error)) from error
    return store


def _version(connection: Connection) -> int:
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version


def open_store(path: Path) -> Store:
    """Open the store at `path`; create and migrate it when that is needed.

    Several processes may do this at once. Raises `Locked` without the permission to do so, and `Failed` for a
    file that is no store, is damaged, or was written by a newer release.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _lock(path, fcntl.LOCK_SH):
            store = _opened(path, migrate=False)
        if store is None:
            with _lock(path, fcntl.LOCK_EX):
                store = _opened(path, migrate=True)
    except PermissionError as error:
        repair = f"only its owner may read and write it: chmod 600 {path}"
        raise Locked(f"store {path} cannot be opened", repair) from error
    except (OSError, sqlite.Error) as error:
        raise Failed(f"store {path} cannot be opened", str(error)) from error
    if store is None:
        raise Failed(f"store {path} could not be brought up to date")
    return store


def _opened(path: Path, *, migrate: bool) -> Store | None:
    """Open the file; None when it has to be migrated first and `migrate` is off."""
    store = Store(connect(path))
    try:
        if _current(path, store.connection):
            return store
        if migrate:
            _migrate(store)
            return store
    except BaseException:
        store.close()
        raise
    store.close()
    return None


def _current(path: Path, connection: Connection) -> bool:
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    version = _version(connection)
    journal = connection.execute("PRAGMA journal_mode").fetchone()[0]
    if application != APPLICATION_ID and connection.execute("SELECT 1 FROM sqlite_master").fetchone():
        raise Failed(f"{path} is a database, but no Bahriya store", "name another folder in BAHRIYA_HOME")
    if version > VERSION:
        raise Failed(f"store {path} was written by a newer release of Bahriya", "upgrade bahriya-tui")
    return bool(version == VERSION and journal == JOURNAL)


def _migrate(store: Store) -> None:
    from bahriya_tui.store import schema

    # Fails while others have the file open, which is no harm: they agreed on the journal that it has.
    try:
        store.connection.execute(f"PRAGMA journal_mode = {JOURNAL}")
    except sqlite.OperationalError as error:
        if error.sqlite_errorcode not in (sqlite.SQLITE_BUSY, sqlite.SQLITE_LOCKED):
            raise
    with store.write() as tx:
        schema.migrations.apply(tx)
        tx.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        tx.execute(f"PRAGMA user_version = {VERSION}")


@contextmanager
def _lock(path: Path, operation: int) -> Iterator[None]:
    flags = os.O_CREAT | os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW
    handle = os.open(path.with_suffix(".lock"), flags, file_mode(path.parent))
    try:
        fcntl.flock(handle, operation)
        yield
    finally:
        os.close(handle)
