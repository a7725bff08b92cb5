"""Which kubeconfig and which CA file the worker believes, where others can change what a path leads to."""

from dataclasses import replace
from pathlib import Path

import pytest

from bahriya_tui.kubeconfig.contexts import pins
from bahriya_tui.kubeconfig.document import read
from bahriya_tui.model.errors import Failed
from bahriya_tui.model.region import Region
from bahriya_tui.model.registry import Registry
from bahriya_tui.places import Places
from bahriya_tui.sharing import Access, access_of_group
from bahriya_tui.worker import access
from tests.kubeconfig.config import config, written

REGISTRY = Registry("0" * 32, "shop", "team", "", "ghcr.io", "op", 1, None, False, None, "", "")


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """The folders of an installation that a group may write."""
    found = Places(tmp_path / "home" / "store", tmp_path / "home" / "keys", tmp_path / "home" / "logs")
    found.prepare()
    found.store.chmod(0o2770)
    return found


def kubeconfig(folder: Path, token: str) -> Path:
    folder.mkdir(exist_ok=True)
    return written(folder, config({"token": token}))


def region(path: Path, seen: Path) -> Region:
    """A region by the kubeconfig at `path`, which had the content of `seen` when it was added."""
    (pin,) = pins(seen.read_text())
    return Region(
        "here", "", "", "", pin.context, str(path), pin.server, pin.ca_fingerprint, "active", "", None, ""
    )


def pointed(link: Path, target: Path) -> None:
    link.unlink(missing_ok=True)
    link.symlink_to(target)


def test_a_link_that_turns_after_it_was_judged_changes_nothing(
    places: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound, theirs, link = (
        kubeconfig(tmp_path / "sound", "sound"),
        kubeconfig(tmp_path / "theirs", "theirs"),
        tmp_path / "link",
    )
    pointed(link, sound)

    def turned(path: Path) -> str:
        pointed(link, theirs)
        return read(path)

    monkeypatch.setattr(access, "read", turned)
    assert access.endpoint_of(region(link, sound), places).token == "sound"


def test_what_others_wrote_is_refused_also_behind_a_link(places: Places, tmp_path: Path) -> None:
    sound, link = kubeconfig(tmp_path / "sound", "sound"), tmp_path / "link"
    theirs = kubeconfig(tmp_path / "theirs", "theirs")
    theirs.chmod(0o666)
    pointed(link, theirs)
    with pytest.raises(Failed, match="theirs/config has mode 0666"):
        access.endpoint_of(region(link, sound), places)


def test_a_folder_in_which_others_may_move_files_is_refused_unless_it_is_sticky(
    places: Places, tmp_path: Path
) -> None:
    sound = kubeconfig(tmp_path / "sound", "sound")
    sound.parent.chmod(0o1777)
    assert access.endpoint_of(region(sound, sound), places).token == "sound"
    sound.parent.chmod(0o777)
    with pytest.raises(Failed, match="/sound has mode 0777"):
        access.endpoint_of(region(sound, sound), places)


def test_a_link_that_was_none_when_it_was_resolved_is_refused(
    places: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound, theirs = kubeconfig(tmp_path / "sound", "sound"), kubeconfig(tmp_path / "theirs", "theirs")

    def turned(folder: Path) -> Access:
        pointed(theirs, sound)
        return access_of_group(folder)

    monkeypatch.setattr(access, "access_of_group", turned)
    with pytest.raises(Failed, match="became a link just now"):
        access.endpoint_of(region(theirs, sound), places)


def test_a_path_that_turns_in_circles_does_not_hide_where_it_leads(places: Places, tmp_path: Path) -> None:
    places.store.chmod(0o700)
    planted = written(places.store, config({"token": "planted"}))
    (places.store / "circle").symlink_to("circle")
    (tmp_path / "home" / "alias").symlink_to(places.store)
    path = places.store / "circle" / ".." / ".." / "alias" / "config"
    with pytest.raises(Failed, match="cannot be read"):
        access.endpoint_of(region(path, planted), places)


def test_a_ca_file_is_opened_where_it_was_judged(places: Places, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").touch(mode=0o644)
    link = tmp_path / "link"
    pointed(link, tmp_path / "ca.pem")
    given = replace(REGISTRY, ca_file=str(link))
    assert access.ca_file_of(given, places) == str((tmp_path / "ca.pem").resolve())
    link.unlink()
    with pytest.raises(Failed, match="cannot be read"):
        access.ca_file_of(given, places)
    assert access.ca_file_of(REGISTRY, places) is None
