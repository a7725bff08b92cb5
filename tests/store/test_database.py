import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from bahriya_tui.model.errors import Failed, Locked
from bahriya_tui.store import driver, projects, registries
from bahriya_tui.store.database import VERSION, Store, open_store
from bahriya_tui.store.driver import connect, sqlite

from .world import NOW

PREPARE = f"""
import sys
from pathlib import Path
from bahriya_tui.store import projects, registries
from bahriya_tui.store.database import open_store
from bahriya_tui.store.driver import connect, sqlite
NOW = {NOW!r}
path = Path(sys.argv[1])
"""

_NOBODY = 65534


def program(code: str, *arguments: object, before: str = "") -> subprocess.Popen[str]:
    """Start a fresh interpreter on `code`; `sys.stdin.read()` in it waits for the start."""
    return subprocess.Popen(
        [sys.executable, "-c", before + PREPARE + code, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def begin(started: list[subprocess.Popen[str]]) -> None:
    """Let all of them go at the same time."""
    for process in started:
        assert process.stdin is not None
        process.stdin.close()
        process.stdin = None


def outcome(process: subprocess.Popen[str]) -> str:
    """Wait for the end of a program and give what it said; its errors fail the test."""
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    return out.strip()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_files_and_their_folder_are_for_their_owner_only_whatever_the_umask(path: Path) -> None:
    before = os.umask(0o022)
    try:
        with open_store(path) as store:
            with store.write() as tx:
                projects.insert(tx, "shop", "", NOW)
            assert mode(path.parent) == 0o700
            files = {file.name: mode(file) for file in path.parent.iterdir()}
    finally:
        os.umask(before)
    assert "bahriya.db" in files
    assert set(files.values()) == {0o600}


def test_a_store_that_others_could_read_is_tightened(store: Store, path: Path) -> None:
    path.chmod(0o644)
    open_store(path).close()
    assert mode(path) == 0o600


def test_an_exception_writes_nothing(store: Store) -> None:
    def half_way() -> None:
        with store.write() as tx:
            projects.insert(tx, "blog", "", NOW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half_way()
    assert [project.handle for project in projects.all(store.connection)] == ["shop"]


def test_after_an_exception_the_store_can_be_written_again(store: Store, other: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.write():
        raise ZeroDivisionError
    for one, handle in ((store, "blog"), (other, "wiki")):
        with one.write() as tx:
            projects.insert(tx, handle, "", NOW)
    assert len(projects.all(store.connection)) == 3


def test_a_store_that_another_process_holds_says_so(store: Store, other: Store) -> None:
    other.connection.execute("PRAGMA busy_timeout = 0")
    with store.write(), pytest.raises(Failed, match="the store cannot be written now"), other.write():
        pytest.fail("two transactions had the write lock")


def test_a_full_disk_is_told_in_one_line_and_changes_nothing(store: Store) -> None:
    pages = store.connection.execute("PRAGMA page_count").fetchone()[0]
    store.connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(Failed, match="disk is full"), store.write() as tx:
        projects.insert(tx, "blog", "x" * 1_000_000, NOW)
    assert [project.handle for project in projects.all(store.connection)] == ["shop"]


def test_a_mistake_in_the_program_is_not_blamed_on_the_disk(store: Store) -> None:
    with pytest.raises(sqlite.OperationalError), store.write() as tx:
        tx.execute("UPDATE nothing SET x = 1")


def test_the_data_version_rises_with_own_and_foreign_commits_only(store: Store, other: Store) -> None:
    start = store.data_version()
    assert store.data_version() == start
    with other.write() as tx:
        projects.insert(tx, "blog", "", NOW)
    foreign = store.data_version()
    assert foreign > start
    with store.write() as tx:
        projects.insert(tx, "wiki", "", NOW)
    own = store.data_version()
    assert own > foreign
    with pytest.raises(ZeroDivisionError), store.write():
        raise ZeroDivisionError
    assert store.data_version() == own


def test_deleted_credentials_are_in_no_file_after_scrubbing(store: Store, path: Path, canary: str) -> None:
    registry = registries.get(store.connection, "shop", "ghcr")
    with store.write() as tx:
        version = registries.reserve_version(tx, registry, server="g", username="u", actor="a", now=NOW)
        registries.keep_sealed(tx, registry.id, version, canary.encode() * 200)
    assert any(canary.encode() in file.read_bytes() for file in path.parent.iterdir())
    with store.write() as tx:
        registries.delete(tx, registry.id)
    assert store.scrub()
    assert not any(canary.encode() in file.read_bytes() for file in path.parent.iterdir())


def test_a_read_only_connection_cannot_write(store: Store, path: Path) -> None:
    connection = connect(path, read_only=True)
    assert [project.handle for project in projects.all(connection)] == ["shop"]
    with pytest.raises(sqlite.OperationalError, match="readonly"):
        connection.execute("DELETE FROM registry_check")
    connection.close()


def test_a_store_of_a_newer_release_is_refused_and_left_alone(store: Store, path: Path) -> None:
    store.connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    with pytest.raises(Failed, match="newer release"):
        open_store(path)
    assert store.connection.execute("PRAGMA user_version").fetchone()[0] == VERSION + 1


def test_a_database_of_another_program_is_refused_and_left_alone(path: Path) -> None:
    path.parent.mkdir(mode=0o700)
    foreign = sqlite.connect(path)
    foreign.execute("CREATE TABLE notes (text)")
    foreign.commit()
    foreign.close()
    before = path.read_bytes()
    with pytest.raises(Failed, match="no Bahriya store"):
        open_store(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"not a database" * 100, b"\0" * 4096])
def test_a_file_that_is_no_database_is_refused_and_left_alone(path: Path, content: bytes) -> None:
    path.parent.mkdir(mode=0o700)
    path.write_bytes(content)
    with pytest.raises(Failed, match="cannot be opened"):
        open_store(path)
    assert path.read_bytes() == content


def test_a_folder_in_the_place_of_the_store_is_told_in_one_line(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(Failed, match="cannot be opened") as told:
        open_store(path)
    assert "\n" not in str(told.value)


def test_a_store_of_somebody_else_is_locked(store: Store, path: Path) -> None:
    path.chmod(0o400)
    operator = os.geteuid()
    if operator == 0:  # root may read everything
        os.seteuid(_NOBODY)
    try:
        with pytest.raises(Locked, match="cannot be opened"):
            open_store(path)
    finally:
        os.seteuid(operator)


def test_a_store_with_another_journal_is_brought_to_the_one_that_is_safe_here(
    store: Store, path: Path
) -> None:
    store.close()
    wrong = "delete" if driver.JOURNAL == "wal" else "wal"
    connection = connect(path)
    assert connection.execute(f"PRAGMA journal_mode = {wrong}").fetchone()[0] == wrong
    connection.close()
    with open_store(path) as again:
        assert again.connection.execute("PRAGMA journal_mode").fetchone()[0] == driver.JOURNAL
        assert [project.handle for project in projects.all(again.connection)] == ["shop"]


def test_many_processes_may_open_a_fresh_store_at_once(path: Path) -> None:
    code = """
sys.stdin.read()
with open_store(path) as store, store.write() as tx:
    projects.insert(tx, sys.argv[2], "", NOW)
"""
    started = [program(code, path, f"p{number}") for number in range(6)]
    begin(started)
    for process in started:
        outcome(process)
    with open_store(path) as store:
        assert len(projects.all(store.connection)) == 6


def test_version_numbers_taken_by_several_processes_at_once_are_all_different(
    store: Store, path: Path
) -> None:
    code = """
sys.stdin.read()
with open_store(path) as store:
    registry = registries.get(store.connection, "shop", "ghcr")
    for _ in range(20):
        with store.write() as tx:
            taken = registries.reserve_version(tx, registry, server="g", username="u", actor="a", now=NOW)
        print(taken)
"""
    started = [program(code, path) for _ in range(3)]
    begin(started)
    numbers = [int(line) for process in started for line in outcome(process).split()]
    assert sorted(numbers) == list(range(2, 62))


def test_opening_the_store_twice_keeps_the_lock_of_the_first(store: Store, path: Path) -> None:
    code = """
connection = connect(path)
connection.execute("PRAGMA busy_timeout = 0")
try:
    connection.execute("BEGIN IMMEDIATE")
    print("got the lock")
except sqlite.OperationalError:
    print("locked")
"""
    with store.write() as tx:
        projects.insert(tx, "blog", "", NOW)
        open_store(path).close()
        assert outcome(program(code, path)) == "locked"


def test_reading_an_up_to_date_store_imports_neither_sqlite_utils_nor_a_second_driver(
    store: Store, path: Path
) -> None:
    code = """
with open_store(path) as store:
    assert projects.all(store.connection)
print(*sorted({"sqlite_utils", "sqlite3", "pysqlite3", "click"} & sys.modules.keys()))
"""
    expected = sqlite.__name__.partition(".")[0]
    assert outcome(program(code, path)) == expected


def test_writing_plain_sql_does_not_import_sqlite_utils_either(store: Store, path: Path) -> None:
    code = """
with open_store(path) as store:
    with store.write() as tx:
        tx.execute("UPDATE project SET name = ?", ["The shop"])
    print("sqlite_utils" in sys.modules)
    with store.write() as tx:
        print([row["name"] for row in tx["project"].rows])
"""
    assert outcome(program(code, path)) == "False\n['The shop']"


def test_writing_opens_the_file_with_one_driver_only(path: Path) -> None:
    code = """
opened = []
import sqlite3
if sqlite.connect is not sqlite3.connect:
    def refuse(*arguments, **options):
        raise AssertionError("a second SQLite library opened a file")
    sqlite3.connect = sqlite3.dbapi2.connect = refuse
with open_store(path) as store:
    with store.write() as tx:
        projects.insert(tx, "shop", "", NOW)
        assert tx.conn is store.connection
    assert type(store.connection) is sqlite.Connection
print("one")
"""
    assert outcome(program(code, path)) == "one"


def test_the_sqlite_of_the_interpreter_serves_where_no_newer_one_is_installed(path: Path) -> None:
    before = """
import sys
sys.modules["pysqlite3"] = None
"""
    code = """
import sqlite3
with open_store(path) as store, store.write() as tx:
    assert type(store.connection) is sqlite3.Connection
    projects.insert(tx, "shop", "", NOW)
    tx.conn.execute("SELECT 1 FROM registry, credential, container, deployment, removal, event")
    journal = store.connection.execute("PRAGMA journal_mode").fetchone()[0]
print(journal, sqlite3.sqlite_version_info >= (3, 51, 3))
"""
    assert outcome(program(code, path, before=before)) in ("delete False", "wal True")
    with open_store(path) as store:
        assert [project.handle for project in projects.all(store.connection)] == ["shop"]


def test_several_reads_show_one_instant(store: Store, other: Store) -> None:
    other.connection.execute("PRAGMA busy_timeout = 0")
    with store.read() as connection:
        before = projects.all(connection)
        # With the older journal the writer is kept out instead; the reader must not notice either way.
        with suppress(Failed), other.write() as tx:
            projects.insert(tx, "blog", "", NOW)
        assert projects.all(connection) == before
    with store.write() as tx:
        projects.insert(tx, "wiki", "", NOW)


def test_a_store_may_be_used_from_another_thread(store: Store) -> None:
    def add() -> int:
        with store.write() as tx:
            projects.insert(tx, "blog", "", NOW)
        return len(projects.all(store.connection))

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(add).result() == 2


def test_a_process_killed_in_the_midst_of_a_change_leaves_no_trace_and_no_lock(
    store: Store, path: Path
) -> None:
    code = """
with open_store(path) as store, store.write() as tx:
    projects.insert(tx, "blog", "", NOW)
    print("half way", flush=True)
    sys.stdin.read()
"""
    process = program(code, path)
    assert process.stdout is not None
    assert process.stdout.readline() == "half way\n"
    process.kill()
    process.communicate()
    store.connection.execute("PRAGMA busy_timeout = 0")
    with store.write() as tx:
        projects.insert(tx, "wiki", "", NOW)
    assert [project.handle for project in projects.all(store.connection)] == ["shop", "wiki"]
    assert store.connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
