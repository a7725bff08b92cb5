"""Leases are kept where there are any; without them, a worker leaves the store alone and comes to rest."""

from bahriya_tui.worker import lease
from bahriya_tui.worker.shared_store import SharedStore
from tests.worker.desk import Desk


def test_without_leases_nothing_is_written(desk: Desk) -> None:
    store = SharedStore(desk.store)
    before = store.data_version()
    lease.keep(store, [])
    assert store.data_version() == before
    store.end()
