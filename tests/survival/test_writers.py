"""Many processes write into one store at once: nothing is lost, and the audit log stays whole."""

import os
from pathlib import Path

from bahriya_tui.model import clock
from bahriya_tui.model.audit import Actor, verify
from bahriya_tui.store import audit, events, projects
from bahriya_tui.store.database import open_store
from tests.worker.test_rekey_kills import process

PROCESSES = 8
WRITES = int(os.environ.get("BAHRIYA_WRITES", "1000"))
AUDITED = 10
"""Of so many writes, one is an audit entry, which has to know the one before it."""


def write(database: Path, writer: int) -> None:
    """Write what `writer` has to say, one transaction for each."""
    with open_store(database) as store:
        for number in range(WRITES):
            with store.write() as tx:
                now = clock.now()
                if number % AUDITED == 0:
                    # First, as it reads before it writes: what was read has to stay true until then.
                    audit.append(tx, Actor(f"{writer}"), "project.added", now=now, project=f"{number}")
                events.append(tx, phase="test", message=f"{number}", now=now, actor=f"{writer}")


def test_eight_processes_write_a_thousand_times_each_and_none_is_lost(tmp_path: Path) -> None:
    database = tmp_path / "store" / "bahriya.db"
    with open_store(database) as store, store.write() as tx:
        projects.insert(tx, "shop", "", clock.now())
    writers = [process(lambda n=n: write(database, n)) for n in range(PROCESSES)]  # type: ignore[misc]
    assert [os.waitpid(writer, 0)[1] for writer in writers] == [0] * PROCESSES

    with open_store(database) as store:
        told = events.since(store.connection, 0, limit=PROCESSES * WRITES + 1)
        log = audit.since(store.connection)
        whole = store.connection.execute("PRAGMA integrity_check").fetchone()[0]
    print(f"{len(told)} events and {len(log)} audit entries of {PROCESSES} processes")  # noqa: T201
    for writer in range(PROCESSES):
        said = [event.message for event in told if event.actor == str(writer)]
        assert said == [str(number) for number in range(WRITES)]
        noted = [entry.project for entry in log if entry.user == str(writer)]
        assert noted == [str(number) for number in range(0, WRITES, AUDITED)]
    assert [event.seq for event in told] == list(range(1, PROCESSES * WRITES + 1))
    assert verify(log, []) == ()
    assert whole == "ok"
