"""Setting, changing and removing the passphrase, also when it is killed in the midst."""

import json
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bahriya_tui.custody.create import create
from bahriya_tui.custody.passphrase import change
from bahriya_tui.custody.rekey import rekey
from bahriya_tui.model.errors import BadInput, InUse, Locked
from bahriya_tui.vault import keys
from tests.custody.hands import CHEAP, Folders, answers, killed_at_every_step, opened, protect


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    """Two keys, one of them retiring, and a recovery key that was shown."""
    found = tmp_path / "keys" / "public", tmp_path / "keys" / "private"
    create(*found)
    assert rekey(*found, answers())
    for path in found[1].glob("*.unshown"):
        path.unlink()
    return found


def ids(folders: Folders) -> list[bytes]:
    return [keys.find_public(folders[0]).id, *keys.marked(folders[0], "retiring")]


def test_a_passphrase_replaces_every_plain_file(folders: Folders) -> None:
    assert change(*folders, answers("one"), remove=False, cost=CHEAP)
    assert len(ids(folders)) == 2
    for id_ in ids(folders):
        assert keys.kind_of(folders[1], id_) == "wrapped"
        assert opened(folders, id_, "one") == "one"
        assert stat.S_IMODE(keys.wrapped_path(folders[1], id_).stat().st_mode) == 0o600
    assert not list(folders[1].glob("*.key"))


def test_a_passphrase_is_changed_and_removed_with_the_present_one(folders: Folders) -> None:
    protect(folders, "one")
    for wrong in ("two", ""):
        with pytest.raises(Locked, match="does not open"):
            change(*folders, answers(wrong, "two"), remove=False, cost=CHEAP)
    assert change(*folders, answers("one", "two"), remove=False, cost=CHEAP)
    assert [opened(folders, id_, "one", "two") for id_ in ids(folders)] == ["two", "two"]

    with pytest.raises(Locked, match="does not open"):
        change(*folders, answers("one"), remove=True)
    assert not change(*folders, answers("two"), remove=True)
    assert [opened(folders, id_) for id_ in ids(folders)] == ["plain", "plain"]
    assert not list(folders[1].glob("*.wrapped"))


def test_without_a_passphrase_there_is_none_to_remove(folders: Folders) -> None:
    with pytest.raises(BadInput, match="has no passphrase"):
        change(*folders, answers("one"), remove=True)


def test_an_empty_passphrase_is_refused(folders: Folders) -> None:
    with pytest.raises(BadInput, match="empty"):
        change(*folders, answers(""), remove=False)
    assert keys.kind_of(folders[1], ids(folders)[0]) == "plain"


def test_no_passphrase_is_set_before_somebody_has_seen_the_recovery_key(folders: Folders) -> None:
    keys.unshown_path(folders[1], keys.find_recovery(folders[0]).id).write_text("")
    with pytest.raises(InUse, match="recovery key was not shown"):
        change(*folders, answers("one"), remove=False)


def test_a_key_that_others_could_use_gets_no_passphrase(folders: Folders) -> None:
    keys.private_path(folders[1], ids(folders)[0]).chmod(0o644)
    with pytest.raises(Locked, match="mode 0644"):
        change(*folders, answers("one"), remove=False)


@pytest.mark.parametrize(
    ("before", "work", "outcomes", "after"),
    [
        (
            None,
            lambda f: change(f[0], f[1], answers("new"), remove=False, cost=CHEAP),
            {"plain", "new"},
            "new",
        ),
        (
            "old",
            lambda f: change(f[0], f[1], answers("old", "new"), remove=False, cost=CHEAP),
            {"old", "new"},
            "new",
        ),
        ("old", lambda f: change(f[0], f[1], answers("old"), remove=True), {"plain", "old"}, "plain"),
    ],
    ids=["set", "change", "remove"],
)
def test_after_a_kill_every_key_opens_and_doing_it_again_finishes_it(
    folders: Folders,
    tmp_path: Path,
    before: str | None,
    work: Callable[[Folders], bool],
    outcomes: set[str],
    after: str,
) -> None:
    if before:
        protect(folders, before)
    shutil.copytree(tmp_path / "keys", tmp_path / "saved")
    wanted, steps = ids(folders), 0

    def prepare() -> None:
        shutil.rmtree(tmp_path / "keys")
        shutil.copytree(tmp_path / "saved", tmp_path / "keys")

    for _ in killed_at_every_step(prepare, lambda: work(folders)):
        steps += 1
        assert {opened(folders, id_, "old", "new") for id_ in wanted} <= outcomes
        if before is None and any(keys.kind_of(folders[1], id_) == "wrapped" for id_ in wanted):
            change(*folders, answers("new", "new"), remove=False, cost=CHEAP)
        elif after == "plain" and all(keys.kind_of(folders[1], id_) == "plain" for id_ in wanted):
            create(*folders)
        else:
            work(folders)
        assert {opened(folders, id_, "old", "new") for id_ in wanted} == {after}
        assert not list(folders[1].glob(".*"))
    assert steps > 10


def test_it_runs_as_a_process_and_tells_its_error_in_one_line(folders: Folders) -> None:
    command = [sys.executable, "-I", "-m", "bahriya_tui.custody.passphrase", *map(str, folders)]
    done = subprocess.run(
        [*command, "--remove", "--stdin"], input="", capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 2
    assert json.loads(done.stdout)["message"] == "the vault has no passphrase"
