"""What a write transaction is given: SQL at once, and all of sqlite-utils as soon as more is used of it.

Most of what the worker and the commands write is plain SQL, and takes less time than to load that package.
"""

from functools import cached_property
from typing import TYPE_CHECKING, Any

from bahriya_tui.store.driver import Connection

if TYPE_CHECKING:
    from sqlite_utils import Database


class Writer:
    """Stands for the `Database` of a connection, which it makes when something else is asked of it."""

    def __init__(self, connection: Connection) -> None:
        self.conn, self.execute = connection, connection.execute

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)

    def __getitem__(self, name: str) -> Any:
        return self._database[name]

    @cached_property
    def _database(self) -> "Database":
        from sqlite_utils import Database

        return Database(self.conn, recursive_triggers=False, execute_plugins=False, strict=True)
