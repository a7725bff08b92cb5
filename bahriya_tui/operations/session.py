"""A session: the store, the folders and whoever asks; every verb takes one."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from threading import Event
from typing import TYPE_CHECKING

from bahriya_tui.actor import find_actor
from bahriya_tui.model.audit import Actor
from bahriya_tui.model.errors import Unattended
from bahriya_tui.places import Places
from bahriya_tui.places import places as find_places
from bahriya_tui.sharing import only_readable
from bahriya_tui.store import database
from bahriya_tui.store.database import Store

if TYPE_CHECKING:
    from bahriya_tui.store.driver import Connection


@dataclass(frozen=True, slots=True)
class Session:
    """What a verb works with."""

    store: Store
    places: Places
    who: Actor
    """Who asks, for the record."""
    named: frozenset[str] = field(default=frozenset(), kw_only=True)
    """Protected regions that whoever asks has named: these may be changed."""
    left: Event = field(default_factory=Event, kw_only=True)
    """Set when whoever asks has gone away: nothing waits for the worker any more."""

    @property
    def actor(self) -> str:
        """The login name of whoever asks."""
        return self.who.user

    @property
    def connection(self) -> "Connection":
        """For reading; writes go through `store.write()`."""
        return self.store.connection

    def wake_worker(self) -> bool:
        """Start the worker when none runs, since there is work for it; tell whether one ran already.

        Where only another account can run it, the work waits: what was written down is no failure.
        """
        from bahriya_tui.launch.worker import ensure_worker, worker_running

        if worker_running(self.places) is not None:
            return True
        with suppress(Unattended):
            ensure_worker(self.places)
        return False

    def refuse_unattended(self) -> None:
        """Raise `Unattended` where no worker runs, and only another account can run one."""
        from bahriya_tui.launch.worker import refuse_unless_kept_here, worker_running

        if worker_running(self.places) is None:
            refuse_unless_kept_here(self.places)


@contextmanager
def open_to_look(places: Places) -> Iterator[Session]:
    """Open a store that exists for reading; whoever writes is refused by SQLite."""
    with database.open_to_look(places.database) as store:
        yield Session(store, places, find_actor())


@contextmanager
def looking(s: Session) -> Iterator[Session]:
    """Give the session of somebody who only looks, at the store as of one instant."""
    with s.store.beside.read():
        yield replace(s, store=s.store.beside)


@contextmanager
def open_session(places: Places | None = None) -> Iterator[Session]:
    """Open the store, creating or migrating it where needed, for as long as the block runs.

    Where it may only be read, that is done, and who writes is refused.
    """
    found = places or find_places()
    if only_readable(found.database):
        with open_to_look(found) as session:
            yield session
        return
    found.prepare()
    with database.open_store(found.database) as store:
        yield Session(store, found, find_actor())
