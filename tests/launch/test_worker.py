"""The worker starts once, outlives whoever started it, and takes nobody's secrets along."""

import os
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from bahriya_tui.launch.worker import ensure_worker, stop_worker, worker_running
from bahriya_tui.places import Places
from bahriya_tui.worker.lock import only_worker
from tests.processes import pids, read

_NOBODY = 65534


def until(condition: Callable[[], object]) -> None:
    """Wait for a condition."""
    ends = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < ends, "it never came to be"
        os.sched_yield()


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Places]:
    monkeypatch.setenv("BAHRIYA_WORKER_IDLE", "60")
    monkeypatch.setenv("BAHRIYA_HOME", "/nowhere")
    root = tmp_path / "home"
    found = Places(root / "store", root / "keys", root / "logs")
    found.prepare()
    yield found
    stop_worker(found)


def test_a_worker_is_started_once(places: Places) -> None:
    assert worker_running(places) is None
    ensure_worker(places)
    until(lambda: worker_running(places))
    first = worker_running(places)
    ensure_worker(places)
    ensure_worker(places)
    assert worker_running(places) == first


def test_starting_many_at_once_leaves_one(places: Places) -> None:
    for _ in range(4):
        ensure_worker(places)
    until(lambda: worker_running(places))
    running = worker_running(places)
    until(lambda: _workers_of(places) == {running})


def test_a_stopped_worker_is_gone_and_can_be_started_again(places: Places) -> None:
    ensure_worker(places)
    until(lambda: worker_running(places))
    assert stop_worker(places)
    assert worker_running(places) is None
    assert not stop_worker(places)
    ensure_worker(places)
    until(lambda: worker_running(places))


def test_a_worker_outlives_who_started_it_and_has_no_terminal(places: Places) -> None:
    program = (
        "import pathlib, sys; from bahriya_tui.places import Places; home = pathlib.Path(sys.argv[1]);"
        "from bahriya_tui.launch.worker import ensure_worker;"
        "ensure_worker(Places(home / 'store', home / 'keys', home / 'logs'))"
    )
    subprocess.run([sys.executable, "-c", program, str(places.store.parent)], check=True)
    until(lambda: worker_running(places))
    pid = worker_running(places)
    assert pid is not None
    assert os.getsid(pid) == pid
    assert [_link(f"/proc/{pid}/fd/{number}") for number in (0, 1)] == [os.devnull, os.devnull]
    assert _link(f"/proc/{pid}/fd/2") == str(places.logs / "worker.log")


def test_nobody_elses_secrets_come_along(
    places: Places, monkeypatch: pytest.MonkeyPatch, canary: str
) -> None:
    monkeypatch.setenv("DATABASE_PASSWORD", canary)
    monkeypatch.setenv("SSLKEYLOGFILE", f"/tmp/{canary}")
    ensure_worker(places)
    until(lambda: worker_running(places))
    pid = worker_running(places)
    assert pid is not None
    environment = read(pid, "environ")
    assert b"BAHRIYA_WORKER_IDLE=60" in environment
    assert canary.encode() not in environment


def test_only_its_owner_can_read_its_log(places: Places) -> None:
    ensure_worker(places)
    until(lambda: worker_running(places))
    assert stat.S_IMODE((places.logs / "worker.log").stat().st_mode) == 0o600


def test_the_process_id_of_a_dead_worker_is_not_believed(places: Places) -> None:
    places.worker_lock.write_text(f"{os.getpid()}\n")
    assert worker_running(places) is None
    assert not stop_worker(places)


def test_a_worker_may_be_the_first_process_of_a_container(places: Places) -> None:
    with only_worker(places.worker_lock):
        for written, found in (("1", 1), ("0", None), ("-1", None)):
            places.worker_lock.write_text(f"{written}\n")
            assert worker_running(places) == found


def test_what_is_no_lock_is_no_worker_and_holds_nobody_up(places: Places, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    with only_worker(elsewhere):
        places.worker_lock.symlink_to(elsewhere)
        assert worker_running(places) is None
    places.worker_lock.unlink()
    os.mkfifo(places.worker_lock)
    assert worker_running(places) is None
    places.worker_lock.unlink()
    with only_worker(places.worker_lock):
        places.worker_lock.write_text(f"{'9' * 30}\n")
        assert worker_running(places) is None


def test_a_lock_that_is_not_ours_to_look_at_is_not_taken_for_none(places: Places) -> None:
    places.worker_lock.write_text(f"{os.getpid()}\n")
    places.worker_lock.chmod(0)
    operator = os.geteuid()
    if operator == 0:
        os.seteuid(_NOBODY)
    try:
        with pytest.raises(PermissionError):
            worker_running(places)
    finally:
        os.seteuid(operator)


def _link(path: str) -> str:
    return str(Path(path).readlink())


def _workers_of(places: Places) -> set[int]:
    """Find the workers whose log is the one of this store, which their openers share."""
    log, found = str(places.logs / "worker.log"), set()
    for pid in pids():
        if b"bahriya_tui.worker" in read(pid, "cmdline").split(b"\0"):
            # It may have ended meanwhile.
            with suppress(OSError):
                if _link(f"/proc/{pid}/fd/2") == log:
                    found.add(pid)
    return found
