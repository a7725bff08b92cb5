"""What holds a key is written whole, and overwritten before it goes."""

import ctypes
import errno
import os
import resource
import sys
from pathlib import Path

import pytest

from bahriya_tui.custody.files import destroy, sweep, write_new, write_whole
from bahriya_tui.isolation import undumpable


def test_what_is_destroyed_is_overwritten_first(tmp_path: Path) -> None:
    path = tmp_path / "a.key"
    write_whole(path, "secret")
    with path.open("rb") as still_open:
        destroy(path)
        assert still_open.read() == bytes(7)
    assert list(tmp_path.iterdir()) == []
    destroy(path)


def test_what_killed_processes_left_is_swept_and_nothing_else(tmp_path: Path) -> None:
    for name in ("a.key", ".other", ".a.key.new", ".a.key.gone"):
        write_new(tmp_path / name, "secret")
    descriptors = {name: os.open(tmp_path / name, os.O_RDONLY) for name in (".a.key.new", ".a.key.gone")}
    sweep(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {".other", "a.key"}
    for descriptor in descriptors.values():
        assert os.read(descriptor, 100) == bytes(7)
        os.close(descriptor)


def test_a_shared_folder_shares_what_is_written_whole_and_no_file_of_its_own(tmp_path: Path) -> None:
    tmp_path.chmod(0o2750)
    write_whole(tmp_path / "public", "key")
    write_new(tmp_path / "recovery", "secret")
    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    assert modes == {"public": 0o640, "recovery": 0o600}


def test_of_a_file_that_could_not_be_written_nothing_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            write_new(tmp_path / "recovery", "secret")
    write_new(tmp_path / "recovery", "secret")


def test_a_link_in_the_place_of_a_leftover_is_not_followed(tmp_path: Path) -> None:
    real = tmp_path / "real"
    real.write_text("mine")
    (tmp_path / ".a.key.gone").symlink_to(real)
    with pytest.raises(OSError, match="symbolic"):
        sweep(tmp_path)
    assert real.read_text() == "mine"


@pytest.mark.parametrize(("platform", "closed"), [("darwin", True), ("sunos", False)])
def test_a_process_is_closed_as_far_as_the_system_can(
    platform: str, closed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Libc:
        def ptrace(self, *arguments: object) -> int:
            return 0

    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(ctypes, "CDLL", lambda *_, **__: Libc())
    monkeypatch.setattr(resource, "setrlimit", lambda *_: None)
    assert undumpable.make_undumpable() is closed
