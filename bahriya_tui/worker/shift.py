"""One worker's shift: from taking the store's lock until no work is left."""

import os
import threading

from bahriya_tui.actor import account_name
from bahriya_tui.model import clock
from bahriya_tui.model.errors import Locked
from bahriya_tui.places import Places
from bahriya_tui.store import work
from bahriya_tui.store.database import open_store
from bahriya_tui.worker import log
from bahriya_tui.worker.lock import only_worker
from bahriya_tui.worker.loop import Loop
from bahriya_tui.worker.openers import Standby
from bahriya_tui.worker.run import Resources
from bahriya_tui.worker.shared_store import SharedStore


def refuse_unless_kept_here(places: Places) -> None:
    """Raise `Locked` for an account without the private keys, before it makes a file of the keeper's."""
    if not places.are_kept_here:
        keeper = account_name(places.keeper)
        raise Locked(f"the private keys are those of {keeper}", f"run the worker as {keeper}")


def work_off(places: Places, standby: Standby, stop: threading.Event, idle_seconds: float) -> None:
    """Work until stopped or idle for so long; do nothing while another worker of this store does."""
    places.prepare()
    while _work(places, standby, stop, idle_seconds):
        pass


def _work(places: Places, standby: Standby, stop: threading.Event, idle_seconds: float) -> bool:
    """Work as long as this is the only worker; tell whether new work came just when it was about to end."""
    with open_store(places.database) as store:
        with only_worker(places.worker_lock) as only:
            if not only:
                log.info("another worker of this store runs, so this one ends")
                return False
            log.info(f"worker of {places.store} begins", pid=os.getpid())
            shared = SharedStore(store)
            try:
                Loop(Resources(places, shared, standby=standby), stop, idle_seconds).run()
            finally:
                shared.end()
                log.info("worker ends", pid=os.getpid())
        # Whoever queued work while the lock was held started no worker, so this one looks once more.
        return not stop.is_set() and work.anything(store.connection, clock.now())
