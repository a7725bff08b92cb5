"""The lock of a worker empties the file it is on, which therefore has to be its own."""

import os
from pathlib import Path

import pytest

from bahriya_tui.model.errors import Failed
from bahriya_tui.worker.lock import only_worker


@pytest.mark.parametrize("kind", ["link", "hard link", "pipe"])
def test_what_is_no_file_of_its_own_is_never_emptied(tmp_path: Path, kind: str) -> None:
    elsewhere, lock = tmp_path / "elsewhere", tmp_path / "worker.lock"
    elsewhere.write_text("precious\n")
    if kind == "link":
        lock.symlink_to(elsewhere)
    elif kind == "hard link":
        lock.hardlink_to(elsewhere)
    else:
        os.mkfifo(lock)
    with pytest.raises(Failed, match="worker"), only_worker(lock):
        pass
    assert elsewhere.read_text() == "precious\n"


def test_one_holds_it_and_the_other_is_told(tmp_path: Path) -> None:
    lock = tmp_path / "worker.lock"
    with only_worker(lock) as first, only_worker(lock) as second:
        assert (first, second) == (True, False)
        assert lock.read_text() == f"{os.getpid()}\n"
