"""The audit log in the store: only ever added to, whoever adds."""

import subprocess
import sys
from pathlib import Path

import pytest

from bahriya_tui.model.audit import EMPTY, Action, Actor, Head, verify
from bahriya_tui.store import audit
from bahriya_tui.store.database import Store, open_store
from bahriya_tui.store.driver import sqlite

from .world import LATER, NOW, SOON

MIRA = Actor("mira", "/dev/pts/3", "192.0.2.7")


def add(store: Store, action: Action = "registry.edited", registry: str = "ghcr") -> Head:
    with store.write() as tx:
        return audit.append(tx, MIRA, action, now=NOW, project="shop", registry=registry)


def test_an_entry_comes_back_as_it_was_written(store: Store) -> None:
    with store.write() as tx:
        head = audit.append(
            tx,
            MIRA,
            "credential.opened",
            now=LATER,
            project="shop",
            registry="ghcr",
            container="api",
            regions=("falkenstein-1", "helsinki-1"),
            deployment=4,
            versions=(2, 3),
            outcome="partial",
        )
    (entry,) = audit.since(store.connection)
    assert (entry.user, entry.terminal, entry.client) == ("mira", "/dev/pts/3", "192.0.2.7")
    assert (entry.action, entry.outcome, entry.at) == ("credential.opened", "partial", LATER)
    assert (entry.project, entry.registry, entry.container, entry.deployment) == ("shop", "ghcr", "api", 4)
    assert (entry.regions, entry.versions) == ("falkenstein-1 helsinki-1", "2 3")
    assert head == Head(1, entry.hash) == audit.head(store.connection)


def test_what_the_store_wrote_is_a_chain(store: Store) -> None:
    assert audit.head(store.connection) == EMPTY
    for _ in range(4):
        add(store)
    log = audit.since(store.connection)
    assert [entry.seq for entry in log] == [1, 2, 3, 4]
    assert verify(log, []) == ()
    assert audit.since(store.connection, 1, limit=2) == log[1:3]


def test_the_entry_of_a_change_that_failed_was_never_written(store: Store) -> None:
    def half_way() -> None:
        with store.write() as tx:
            audit.append(tx, MIRA, "registry.deleted", now=NOW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half_way()
    assert audit.since(store.connection) == []


def test_the_newest_entries_come_first_and_can_be_narrowed(store: Store) -> None:
    for registry in ("ghcr", "hub", "ghcr"):
        add(store, registry=registry)
    with store.write() as tx:
        audit.append(tx, MIRA, "region.added", now=NOW, regions=("helsinki-1",))
    assert [entry.seq for entry in audit.latest(store.connection, 2)] == [4, 3]
    assert [entry.seq for entry in audit.latest(store.connection, 9, registry="ghcr")] == [3, 1]
    assert [entry.seq for entry in audit.latest(store.connection, 9, project="shop")] == [3, 2, 1]
    assert audit.latest(store.connection, 9, project="blog", registry="ghcr") == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET user = 'nobody'",
        "DELETE FROM audit",
        "INSERT OR REPLACE INTO audit SELECT * FROM audit WHERE seq = 1",
        "REPLACE INTO audit SELECT * FROM audit WHERE seq = 1",
    ],
)
def test_entries_are_neither_changed_nor_removed(store: Store, statement: str) -> None:
    add(store)
    before = audit.since(store.connection)
    with pytest.raises(sqlite.IntegrityError), store.write() as tx:
        tx.execute(statement)
    assert audit.since(store.connection) == before


_APPEND = """
import sys
from pathlib import Path
from bahriya_tui.model.audit import Actor
from bahriya_tui.store import audit
from bahriya_tui.store.database import open_store
with open_store(Path(sys.argv[1])) as store:
    for _ in range(int(sys.argv[2])):
        with store.write() as tx:
            audit.append(tx, Actor(sys.argv[3]), "registry.edited", now="2026-11-23T22:00:00.000Z")
"""


def test_processes_that_write_at_the_same_time_keep_one_chain(tmp_path: Path) -> None:
    path, each = tmp_path / "bahriya.db", 60
    open_store(path).close()
    command = [sys.executable, "-c", _APPEND, str(path), str(each)]
    writers = [subprocess.Popen([*command, name]) for name in ("one", "two")]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    with open_store(path) as store:
        log = audit.since(store.connection)
    assert len(log) == 2 * each
    assert {entry.user for entry in log} == {"one", "two"}
    assert verify(log, []) == ()


def test_of_what_a_pull_secret_remembers_the_furthest_is_kept(store: Store) -> None:
    for seq, at in ((7, NOW), (4, SOON)):
        with store.write() as tx:
            audit.keep_anchor(
                tx, "helsinki-1", "shop", "bahriya-ghcr-v1", Head(seq, f"{seq}".rjust(64, "0")), at
            )
    (anchor,) = audit.anchors(store.connection)
    assert (anchor.seq, anchor.read_at) == (7, NOW)
    with store.write() as tx:
        audit.keep_anchor(tx, "helsinki-1", "shop", "bahriya-ghcr-v1", Head(9, "9" * 64), LATER)
    (anchor,) = audit.anchors(store.connection)
    assert (anchor.seq, anchor.hash, anchor.read_at) == (9, "9" * 64, LATER)
