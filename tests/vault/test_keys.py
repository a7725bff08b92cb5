"""Keys are made once, and a private key that others could use is refused."""

import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from bahriya_tui.custody.create import create
from bahriya_tui.model.errors import Locked
from bahriya_tui.vault.keys import (
    check_private,
    find_public,
    find_recovery,
    has_public,
    key_id,
    kind_of,
    need_care,
    private_path,
    problem,
    unshown_path,
)

NOBODY = 65534


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    return tmp_path / "keys" / "public", tmp_path / "keys" / "private"


@pytest.fixture
def private_file(folders: tuple[Path, Path]) -> Path:
    create(*folders)
    return private_path(folders[1], find_public(folders[0]).id)


def public_half(file: Path) -> bytes:
    private = X25519PrivateKey.from_private_bytes(bytes.fromhex(file.read_text()))
    return private.public_key().public_bytes_raw()


def test_the_pair_fits_together(folders: tuple[Path, Path], private_file: Path) -> None:
    assert public_half(private_file) == find_public(folders[0]).raw


def test_only_their_owner_can_read_keys_and_folders(folders: tuple[Path, Path], private_file: Path) -> None:
    assert stat.S_IMODE(private_file.stat().st_mode) == 0o600
    assert [stat.S_IMODE(folder.stat().st_mode) for folder in folders] == [0o700, 0o700]
    check_private(private_file)


def test_making_keys_again_changes_nothing(folders: tuple[Path, Path], private_file: Path) -> None:
    before = find_public(folders[0]), private_file.read_bytes()
    create(*folders)
    assert (find_public(folders[0]), private_file.read_bytes()) == before
    assert len(list(folders[1].glob("*.key"))) == 1


def test_several_at_once_make_one_pair(folders: tuple[Path, Path]) -> None:
    command = [sys.executable, "-I", "-m", "bahriya_tui.custody.create", *map(str, folders)]
    started = [subprocess.Popen(command) for _ in range(4)]
    assert [process.wait(60) for process in started] == [0, 0, 0, 0]
    (file,) = folders[1].glob("*.key")
    assert file == private_path(folders[1], find_public(folders[0]).id)


def test_a_lost_private_key_is_followed_by_a_new_pair(folders: tuple[Path, Path], private_file: Path) -> None:
    lost, recovery = find_public(folders[0]), find_recovery(folders[0])
    private_file.unlink()
    assert need_care(*folders)

    create(*folders)

    new = find_public(folders[0])
    assert new != lost
    check_private(private_path(folders[1], new.id))
    assert find_recovery(folders[0]) == recovery
    assert not need_care(*folders)


def test_a_recovery_pair_is_made_once_and_also_for_keys_that_were_made_before_there_was_one(
    folders: tuple[Path, Path], private_file: Path
) -> None:
    (folders[0] / "recovery.pub").unlink()
    assert need_care(*folders)

    create(*folders)

    recovery = find_recovery(folders[0])
    unshown = unshown_path(folders[1], recovery.id)
    assert key_id(public_half(unshown)) == recovery.id
    assert stat.S_IMODE(unshown.stat().st_mode) == 0o600
    assert list(folders[1].glob("*.unshown")) == [unshown]
    create(*folders)
    assert find_recovery(folders[0]) == recovery


def test_a_private_key_that_is_there_but_not_safe_is_never_replaced(
    folders: tuple[Path, Path], private_file: Path
) -> None:
    before = find_public(folders[0])
    private_file.chmod(0o644)
    with pytest.raises(Locked, match="has mode 0644"):
        create(*folders)
    assert find_public(folders[0]) == before


def test_a_folder_that_cannot_be_looked_into_is_not_an_empty_one(
    folders: tuple[Path, Path], private_file: Path
) -> None:
    id_ = find_public(folders[0]).id
    private_file.parent.rename(private_file.parent.with_name("away"))
    private_file.parent.symlink_to(private_file.parent.name)
    with pytest.raises(Locked, match="cannot be seen"):
        kind_of(folders[1], id_)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda file: None, ""),
        (lambda file: file.unlink(), "missing"),
        (lambda file: file.chmod(0o644), "has mode 0644"),
        (lambda file: file.parent.chmod(0o755), "has mode 0755"),
    ],
)
def test_what_is_wrong_with_a_private_key_is_told_without_opening_it(
    folders: tuple[Path, Path], private_file: Path, change: Callable[[Path], None], words: str
) -> None:
    change(private_file)
    told = problem(folders[1], find_public(folders[0]).id)
    assert words in told
    assert bool(words) == bool(told)


def test_without_a_key_nothing_can_be_sealed(folders: tuple[Path, Path]) -> None:
    assert not has_public(folders[0])
    with pytest.raises(Locked, match="there is no public key"):
        find_public(folders[0])


@pytest.mark.parametrize("content", ["", "zz", "00" * 31, "00" * 33, "00" * 32 + "\0"])
def test_a_damaged_public_key_is_refused(folders: tuple[Path, Path], content: str) -> None:
    folders[0].mkdir(parents=True)
    (folders[0] / "vault.pub").write_text(content)
    with pytest.raises(Locked, match="is no public key"):
        find_public(folders[0])


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_private_key_of_its_owner_alone_is_taken(private_file: Path, mode: int) -> None:
    private_file.chmod(mode)
    check_private(private_file)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o666, 0o610, 0o777])
def test_a_private_key_that_others_could_use_is_refused(private_file: Path, mode: int) -> None:
    private_file.chmod(mode)
    with pytest.raises(Locked, match=f"has mode {mode:04o}") as refused:
        check_private(private_file)
    assert "chmod 600" in refused.value.hint


@pytest.mark.parametrize("mode", [0o750, 0o705, 0o711, 0o755, 0o770, 0o777])
def test_a_private_key_in_an_open_folder_is_refused(private_file: Path, mode: int) -> None:
    private_file.parent.chmod(mode)
    with pytest.raises(Locked, match=f"folder .* has mode {mode:04o}"):
        check_private(private_file)


def test_a_private_key_that_is_a_link_is_refused(private_file: Path) -> None:
    real = private_file.rename(private_file.with_name("elsewhere"))
    private_file.symlink_to(real)
    with pytest.raises(Locked, match="it is a link"):
        check_private(private_file)


def test_a_private_key_that_is_no_file_is_refused(private_file: Path) -> None:
    private_file.unlink()
    os.mkfifo(private_file, 0o600)
    with pytest.raises(Locked, match="wrong kind"):
        check_private(private_file)


@pytest.mark.skipif(os.geteuid() != 0, reason="giving files away needs root")
@pytest.mark.parametrize("whose", ["file", "folder"])
def test_a_private_key_of_somebody_else_is_refused(private_file: Path, whose: str) -> None:
    os.chown(private_file if whose == "file" else private_file.parent, NOBODY, NOBODY)
    with pytest.raises(Locked, match=f"belongs to uid {NOBODY}"):
        check_private(private_file)


def test_a_public_key_that_cannot_be_read_says_why(folders: tuple[Path, Path]) -> None:
    (folders[0] / "vault.pub").mkdir(parents=True)
    with pytest.raises(Locked, match=r"cannot be read \(Is a directory\)"):
        find_public(folders[0])
