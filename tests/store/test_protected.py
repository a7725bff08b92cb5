"""Protection in the store: kept with the region, and off in a store of the release before."""

from dataclasses import replace
from pathlib import Path

import pytest

from bahriya_tui.store import regions, schema
from bahriya_tui.store.database import APPLICATION_ID, VERSION, Store, open_store
from bahriya_tui.store.driver import JOURNAL, connect, sqlite

from .world import NOW, region


@pytest.fixture
def before(path: Path) -> Path:
    """A store as the release before protection had it, with two regions."""
    path.parent.mkdir(mode=0o700)
    with Store(connect(path)) as store:
        store.connection.execute(f"PRAGMA journal_mode = {JOURNAL}")
        with store.write() as tx:
            schema.migrations.apply(tx, stop_before="protection")
            for id_ in ("helsinki-1", "virginia-1"):
                tx.execute(
                    "INSERT INTO region (id, name, city, country, context, kubeconfig, server,"
                    " ca_fingerprint, status, last_error, created_at)"
                    " VALUES (?, '', '', '', 'c', 'k', 's', 'f', 'active', '', ?)",
                    [id_, NOW],
                )
            tx.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            tx.execute("PRAGMA user_version = 10")
    return path


def test_regions_of_the_release_before_are_not_protected_until_somebody_says_so(before: Path) -> None:
    with open_store(before) as store:
        assert store.connection.execute("PRAGMA user_version").fetchone()[0] == VERSION
        helsinki, virginia = regions.all(store.connection)
        assert (helsinki.protected, virginia.protected) == (False, False)
        with store.write() as tx:
            regions.update(tx, replace(helsinki, protected=True))
        assert [one.protected for one in regions.all(store.connection)] == [True, False]


def test_protection_comes_back_as_it_was_put(store: Store) -> None:
    tokyo = replace(region("tokyo-1"), protected=True)
    with store.write() as tx:
        regions.insert(tx, tokyo)
        regions.seen(tx, "tokyo-1", NOW, "connection refused")
        regions.seen(tx, "tokyo-1", NOW)
    assert regions.get(store.connection, "tokyo-1").protected is True


def test_a_region_is_protected_or_it_is_not(store: Store) -> None:
    with pytest.raises(sqlite.IntegrityError), store.write() as tx:
        tx.execute("UPDATE region SET protected = 2")
