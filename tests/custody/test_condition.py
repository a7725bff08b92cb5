"""What the doctor is told of the key folders: names, modes and whether the opener takes each key."""

from pathlib import Path

import pytest

from bahriya_tui.custody.condition import look
from bahriya_tui.custody.create import create
from bahriya_tui.vault.keys import find_public, private_path
from tests.custody.hands import Folders, protect


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    found = tmp_path / "keys" / "public", tmp_path / "keys" / "private"
    create(*found)
    return found


def test_a_sound_key_is_told_by_its_id_and_file(folders: Folders, tmp_path: Path) -> None:
    id_ = find_public(folders[0]).id
    seen = look(*folders, tmp_path / "store")
    assert (seen.public_id, seen.public_problem, seen.unreadable) == (id_.hex(), "", "")
    (private,) = seen.private
    assert (private.path, private.problem) == (str(private_path(folders[1], id_)), "")
    assert (seen.keys, seen.store) == (str(tmp_path / "keys"), str(tmp_path / "store"))
    protect(folders, "one")
    (private,) = look(*folders, tmp_path / "store").private
    assert private.wrapped


def test_a_key_that_others_can_read_is_told_with_what_to_do(folders: Folders, tmp_path: Path) -> None:
    private_path(folders[1], find_public(folders[0]).id).chmod(0o644)
    (private,) = look(*folders, tmp_path / "store").private
    assert "mode 0644" in private.problem
    assert "chmod 600" in private.advice


def test_folders_that_nobody_made_yet_hold_nothing(tmp_path: Path) -> None:
    seen = look(tmp_path / "keys" / "public", tmp_path / "keys" / "private", tmp_path / "store")
    assert "there is no public key" in seen.public_problem
    assert (seen.public_id, list(seen.private), seen.unreadable) == ("", [], "")


def test_a_folder_that_cannot_be_listed_is_told(folders: Folders, tmp_path: Path) -> None:
    no_folder = tmp_path / "file"
    no_folder.touch()
    seen = look(folders[0], no_folder, tmp_path / "store")
    assert seen.unreadable == f"{no_folder}: Not a directory"
    assert list(seen.private) == []
