"""The feed: a thread with its own read-only connection that notices changes and hands out fresh pictures.

It only reads. Any process may have made the change; `PRAGMA data_version` tells that there was one.
"""

import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from bahriya_tui.model.errors import Failed
from bahriya_tui.model.event import Event
from bahriya_tui.sharing import only_readable
from bahriya_tui.tui.view import View, view_of

if TYPE_CHECKING:
    from bahriya_tui.store.driver import Connection

PERIOD = 0.25
"""Seconds between two looks; calm on a slow line, quick enough for a person."""

LOG_LIMIT = 10_000
"""Events of one deployment that are kept for its screen, the newest."""
PAGE = 500
_STEPS = 10_000
"""Of SQLite's machine, between two looks whether the feed is to end."""
Wanted = tuple[str | None, int | None, str | None, bool]
"""The project, the deployment to watch, the registry whose use is wanted, and whether the matrix is."""


class Feed:
    """Reads the store for the screens; `start` makes it a thread, `read` looks once."""

    def __init__(self, database: Path, project: str | None = None) -> None:
        self.database = database
        self.period = PERIOD
        self._wanted: Wanted = (project, None, None, False)
        self._shown: Wanted | None = None
        self._version = -1
        self._last: View | None = None
        self._log: list[Event] = []
        self._connection: Connection | None = None
        self._copied: tuple[int, ...] | None = None
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> "Feed":
        """Create and migrate the store where needed and possible, then open it for reading only."""
        from bahriya_tui.store import database

        if not only_readable(self.database):
            database.open_store(self.database).close()
        self._begin()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the thread and close the connection."""
        self.stop()
        if self._connection is not None:
            self._connection.close()

    def look_at(
        self,
        project: str | None = None,
        deployment: int | None = None,
        registry: str | None = None,
        *,
        matrix: bool = False,
    ) -> None:
        """Choose the project, and what else is wanted: a deployment and its events, a use, the matrix.

        Answered by the next picture; what is not named is not looked up any more.
        """
        self._wanted = (project if project is not None else self._wanted[0], deployment, registry, matrix)
        self._wake.set()

    def hurry(self) -> None:
        """Look now: something was just written here."""
        self._wake.set()

    def read(self) -> View | None:
        """Give a picture when the store or the wish changed since the last one, else None."""
        version, wanted = self._data_version(), self._wanted
        return None if version == self._version and wanted == self._shown else self.picture()

    def picture(self) -> View:
        """Give a picture in any case: the first one."""
        # Asked before the picture is taken: a change in between is seen once too often, never missed.
        version, wanted = self._data_version(), self._wanted
        view = self._picture(self._open(), wanted)
        self._version, self._shown = version, wanted
        return view

    @property
    def latest(self) -> View:
        """The picture that was taken last; the first one, when none was."""
        return self._last or self.picture()

    def _begin(self) -> None:
        """Open the store, or open it anew: a copy of one that nobody had open does not change with it."""
        from bahriya_tui.store import database, driver

        # Asked before it is opened: a change in between has it opened once too often, never too seldom.
        state = driver.state_of(self.database)
        fresh = database.open_to_look(self.database).connection
        # Of a large store a picture takes seconds; whoever leaves does not wait for it.
        fresh.set_progress_handler(self._stop.is_set, _STEPS)
        if self._connection is not None:
            self._connection.close()
        self._connection = fresh
        self._copied = state if driver.is_copy(fresh) else None
        self._version = -1

    def _data_version(self) -> int:
        if self._copied is not None:
            from bahriya_tui.store import driver

            if self._copied != driver.state_of(self.database):
                self._begin()
        return int(self._open().execute("PRAGMA data_version").fetchone()[0])

    def start(self, changed: Callable[[View], object], failed: Callable[[str], object]) -> None:
        """Begin to call `changed` with each new picture, from a thread of its own.

        Where the store cannot be read, `failed` is called with the reason, once until it could be read again.
        """
        self._thread = threading.Thread(target=self._poll, args=(changed, failed), name="feed", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread, a picture that it is taking too; returns when it has ended."""
        if self._thread is None:
            return
        self._stop.set()
        self._wake.set()
        self._thread.join()
        self._thread = None
        self._stop.clear()

    def _open(self) -> "Connection":
        if self._connection is None:
            raise Failed("the feed is not open")
        return self._connection

    def _poll(self, changed: Callable[[View], object], failed: Callable[[str], object]) -> None:
        told = ""
        while not self._stop.is_set():
            try:
                view = self.read()
            except Exception as error:
                reason = type(error).__name__
                if reason != told and not self._stop.is_set():
                    failed(reason)
                told = reason
            else:
                told = ""
                if view is not None:
                    changed(view)
            self._wake.wait(self.period)
            self._wake.clear()

    def _picture(self, connection: "Connection", wanted: Wanted) -> View:
        from bahriya_tui.operations import inspect, usage
        from bahriya_tui.store import events, projects

        project, deployment, registry, matrix = wanted
        known = [one.handle for one in projects.all(connection)]
        if project not in known:
            project = known[0] if known else None
        before = self._last
        old = before.world if before else None
        world = inspect.overview(connection, project, matrix=matrix, watched=deployment, before=old)
        if self._shown is None or self._shown[1] != deployment:
            self._log = []
        if deployment is not None:
            page: list[Event] | None = None
            while page is None or len(page) == PAGE:
                after = self._log[-1].seq if self._log else 0
                page = events.since(connection, after, deployment=deployment, limit=PAGE)
                self._log = (self._log + page)[-LOG_LIMIT:]
        used = None
        if project is not None and registry in [one.handle for one in world.registries]:
            used = usage.registry_usage(connection, project, str(registry))
        self._last = view_of(world, project, tuple(self._log), deployment, used, before)
        return self._last
