"""A new key to seal with: its private half is there first, and a killed re-key leaves nothing behind."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bahriya_tui.custody.create import create
from bahriya_tui.custody.rekey import rekey, rekey_recovery
from bahriya_tui.model.errors import Locked
from bahriya_tui.vault import keys
from tests.custody.hands import Folders, answers, killed_at_every_step, opened, protect


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    found = tmp_path / "keys" / "public", tmp_path / "keys" / "private"
    create(*found)
    return found


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} - {"create.lock"}


def test_the_new_key_is_used_and_the_old_one_retires(folders: Folders) -> None:
    old = keys.find_public(folders[0])

    assert rekey(*folders, answers())

    new = keys.find_public(folders[0])
    assert new != old
    assert opened(folders, new.id) == "plain"
    assert opened(folders, old.id) == "plain"
    assert keys.marked(folders[0], "retiring") == [old.id]
    assert keys.accepts(folders[0], new.id)
    assert keys.accepts(folders[0], old.id)
    assert not keys.accepts(folders[0], b"stranger")


@pytest.mark.parametrize("state", ["retiring", "retired"])
def test_no_third_key_is_made_while_an_old_one_is_there(folders: Folders, state: str) -> None:
    rekey(*folders, answers())
    old = keys.marked(folders[0], "retiring")[0]
    keys.marker(folders[0], old, "retiring").rename(keys.marker(folders[0], old, state))
    before = keys.find_public(folders[0])

    assert not rekey(*folders, answers())

    assert keys.find_public(folders[0]) == before
    assert len(list(folders[1].glob("*.key"))) == 2


def test_a_new_key_gets_the_passphrase_of_the_old_one(folders: Folders) -> None:
    protect(folders, "one")
    old = keys.find_public(folders[0])
    with pytest.raises(Locked, match="does not open"):
        rekey(*folders, answers("two"))
    assert keys.find_public(folders[0]) == old

    assert rekey(*folders, answers("one"))

    assert [opened(folders, id_, "one") for id_ in (keys.find_public(folders[0]).id, old.id)] == [
        "one",
        "one",
    ]
    assert not list(folders[1].glob("*.key"))


def test_a_key_that_is_not_safe_is_not_replaced(folders: Folders) -> None:
    keys.private_path(folders[1], keys.find_public(folders[0]).id).chmod(0o644)
    with pytest.raises(Locked, match="mode 0644"):
        rekey(*folders, answers())


@pytest.mark.parametrize("passphrase", ["", "one"], ids=["plain", "wrapped"])
def test_a_killed_rekey_leaves_the_old_or_the_new_key_and_nothing_else(
    folders: Folders, tmp_path: Path, passphrase: str
) -> None:
    if passphrase:
        protect(folders, passphrase)
    shutil.copytree(tmp_path / "keys", tmp_path / "saved")
    old = keys.find_public(folders[0]).id
    lines = [passphrase] if passphrase else []

    def prepare() -> None:
        shutil.rmtree(tmp_path / "keys")
        shutil.copytree(tmp_path / "saved", tmp_path / "keys")

    for _ in killed_at_every_step(prepare, lambda: rekey(*folders, answers(*lines))):
        current = keys.find_public(folders[0]).id
        assert opened(folders, current, passphrase) in ("plain", passphrase)
        assert opened(folders, old, passphrase) in ("plain", passphrase)
        made = rekey(*folders, answers(*lines))
        assert made == (current == old)
        assert keys.marked(folders[0], "retiring") == [old]
        assert not keys.marked(folders[0], "making")
        kind = "wrapped" if passphrase else "key"
        pair = {f"{id_.hex()}.{kind}" for id_ in (old, keys.find_public(folders[0]).id)}
        assert {name for name in files(folders[1]) if not name.endswith(".unshown")} == pair


def test_a_killed_first_making_of_keys_is_followed_by_a_whole_one(folders: Folders, tmp_path: Path) -> None:
    def prepare() -> None:
        shutil.rmtree(tmp_path / "keys")

    for _ in killed_at_every_step(prepare, lambda: create(*folders)):
        create(*folders)
        assert opened(folders, keys.find_public(folders[0]).id) == "plain"
        assert keys.unshown_path(folders[1], keys.find_recovery(folders[0]).id).exists()
        assert not [name for name in files(folders[1]) | files(folders[0]) if name.startswith(".")]


def test_a_lost_public_key_and_an_unfinished_rekey_are_both_made_good(folders: Folders) -> None:
    (folders[0] / "vault.pub").unlink()
    keys.marker(folders[0], bytes(8), "making").touch()
    create(*folders)
    assert opened(folders, keys.find_public(folders[0]).id) == "plain"
    assert not keys.marked(folders[0], "making")


def test_a_new_recovery_key_waits_to_be_shown(folders: Folders) -> None:
    old = keys.find_recovery(folders[0])

    rekey_recovery(*folders)

    new = keys.find_recovery(folders[0])
    assert new != old
    assert list(folders[1].glob("*.unshown")) == [keys.unshown_path(folders[1], new.id)]


def test_it_runs_as_a_process(folders: Folders) -> None:
    command = [sys.executable, "-I", "-m", "bahriya_tui.custody.rekey", *map(str, folders)]
    done = [subprocess.run(command, capture_output=True, text=True, timeout=60) for _ in range(2)]
    assert [(one.returncode, one.stdout) for one in done] == [
        (0, '{"made": true}\n'),
        (0, '{"made": false}\n'),
    ]
    again = subprocess.run([*command, "--recovery"], capture_output=True, text=True, timeout=60)
    assert (again.returncode, again.stdout) == (0, '{"made": true}\n')
