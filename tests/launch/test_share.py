"""Sharing changes the very files that were looked at, all of them or none."""

import grp
import os
import stat
from pathlib import Path

import pytest

from bahriya_tui.launch import share
from bahriya_tui.model.errors import Failed
from bahriya_tui.places import Places


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """A home that is open to its group, with a store in it."""
    home = tmp_path / "home"
    home.mkdir()
    home.chmod(0o2777)
    found = Places(home / "store", home / "keys", home / "logs")
    found.prepare()
    found.database.touch(mode=0o600)
    return found


@pytest.fixture
def precious(tmp_path: Path) -> Path:
    """A file of this account that nobody meant to share."""
    found = tmp_path / "precious"
    found.touch(mode=0o600)
    return found


def shared(places: Places) -> None:
    share.share(places, grp.getgrgid(os.getegid()).gr_name, "write")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode) & 0o777


def test_the_home_is_entered_by_the_group_and_changed_by_its_owner(places: Places) -> None:
    places.worker_log.touch(mode=0o600)
    (places.logs / "errors.log").touch(mode=0o600)
    shared(places)
    assert mode(places.store.parent) == 0o755
    assert [mode(one) for one in (places.store, places.logs, places.keys)] == [0o770, 0o770, 0o750]
    assert [mode(one) for one in (places.database, places.worker_log)] == [0o660, 0o640]
    assert mode(places.logs / "errors.log") == 0o660
    assert mode(places.private_keys) == 0o700


def test_a_link_is_left_alone(places: Places, precious: Path) -> None:
    (places.store / "link").symlink_to(precious)
    shared(places)
    assert (mode(precious), mode(places.database)) == (0o600, 0o660)


@pytest.mark.parametrize("link", ["symbolic", "hard"])
def test_a_file_that_another_took_the_place_of_is_not_shared_and_neither_is_the_rest(
    places: Places, precious: Path, link: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if link == "symbolic":
        (places.store / "link").symlink_to(precious)
        # As if it had been a file when it was looked at.
        monkeypatch.setattr(share, "_is_ours", Path.exists)
    else:
        (places.store / "link").hardlink_to(precious)
    with pytest.raises(Failed, match="store/link"):
        shared(places)
    assert (mode(precious), mode(places.database), mode(places.store)) == (0o600, 0o600, 0o700)


def test_a_folder_that_another_took_the_place_of_is_not_shared(places: Places, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    places.logs.rmdir()
    places.logs.symlink_to(elsewhere)
    with pytest.raises(Failed, match="logs"):
        shared(places)
    assert (mode(elsewhere), mode(places.store)) == (0o700, 0o700)
