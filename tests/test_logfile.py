"""A log stays small, stays whole for whoever follows it, and never gets in the way of the work."""

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from bahriya_tui.logfile import LogFile


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "worker.log"


def sizes(path: Path) -> dict[str, int]:
    return {one.name: one.stat().st_size for one in path.parent.iterdir()}


def test_all_files_together_stay_below_their_bound(path: Path) -> None:
    log = LogFile(path, most_bytes=1000, older=2)
    for number in range(500):
        assert log.write(b"entry %05d\n" % number)
    found = sizes(path)
    assert set(found) == {"worker.log", "worker.log.1", "worker.log.2"}
    assert max(found.values()) <= 1000
    kept = b"".join((path.parent / name).read_bytes() for name in sorted(found, reverse=True))
    # The newest are there, in order, and none is torn.
    newest = kept.splitlines()
    assert newest == [b"entry %05d" % number for number in range(500 - len(newest), 500)]


def test_nobody_else_may_read_any_of_them(path: Path) -> None:
    before = os.umask(0)
    try:
        log = LogFile(path, most_bytes=10, older=2)
        for _ in range(5):
            log.write(b"entry\n")
    finally:
        os.umask(before)
    assert {stat.S_IMODE(one.stat().st_mode) for one in path.parent.iterdir()} == {0o600}


def test_whoever_follows_by_name_misses_nothing(path: Path) -> None:
    log = LogFile(path, most_bytes=200, older=200)
    log.write(b"first\n")
    command = ["tail", "-n", "+1", "-F", "--sleep-interval=0.01", "--max-unchanged-stats=1", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as tail:
        assert tail.stdout is not None
        assert tail.stdout.readline() == b"first\n"
        for number in range(100):
            # It is in step: one file after the other, as slowly as people read.
            log.write(b"entry %05d\n" % number)
            assert tail.stdout.readline() == b"entry %05d\n" % number
        tail.kill()
    assert len(sizes(path)) > 5


def test_threads_do_not_tear_each_others_lines(path: Path) -> None:
    log = LogFile(path, most_bytes=3000, older=50)

    def write(letter: bytes) -> None:
        for _ in range(200):
            log.write(letter * 40 + b"\n")

    threads = [threading.Thread(target=write, args=(letter,)) for letter in (b"a", b"b", b"c")]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    lines = b"".join(one.read_bytes() for one in path.parent.iterdir()).splitlines()
    assert sorted(lines) == sorted([b"a" * 40] * 200 + [b"b" * 40] * 200 + [b"c" * 40] * 200)


def test_one_that_was_moved_away_is_begun_anew(path: Path) -> None:
    log = LogFile(path)
    log.write(b"before\n")
    path.rename(path.with_name("taken"))
    assert log.write(b"after\n")
    assert path.read_bytes() == b"after\n"


@pytest.mark.parametrize("kind", ["link", "hard link", "pipe", "folder"])
def test_what_is_no_file_of_its_own_is_never_written(path: Path, kind: str) -> None:
    elsewhere = path.with_name("elsewhere")
    elsewhere.write_text("precious\n")
    if kind == "link":
        path.symlink_to(elsewhere)
    elif kind == "hard link":
        path.hardlink_to(elsewhere)
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.mkdir()
    assert not LogFile(path).write(b"entry\n")
    assert elsewhere.read_text() == "precious\n"


def test_where_no_file_can_be_moved_the_newest_are_kept_within_the_bound(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = LogFile(path, most_bytes=100)

    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "replace", refuse)
    for number in range(50):
        assert log.write(b"entry %05d\n" % number)
    assert path.read_bytes().endswith(b"entry 00049\n")
    assert sizes(path)["worker.log"] <= 100


_FULL = """
import resource, sys
from pathlib import Path
from bahriya_tui.logfile import LogFile
log = LogFile(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (10, -1))
told = [log.write(b"a line that is cut\\n"), log.write(b"lost\\n")]
resource.setrlimit(resource.RLIMIT_FSIZE, (-1, -1))
told.append(log.write(b"whole\\n"))
print(told)
"""


def test_after_a_full_disk_the_next_line_is_whole(path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", _FULL, str(path)], capture_output=True, text=True)
    assert done.stdout == "[False, False, True]\n", done.stderr
    assert path.read_text().splitlines() == ["a line tha", "whole"]
