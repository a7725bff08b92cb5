"""A private key that is not exactly as it must be opens nothing and sends nothing, and nobody waits for it.

The whole table of modes stands in tests/vault/test_keys.py; here an opener meets what it may find.
"""

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from bahriya_tui.custody.holding import open_private
from bahriya_tui.model.errors import BahriyaError, Locked
from bahriya_tui.vault.keys import check_private
from bahriya_tui.worker.openers import open_and_apply
from tests.opener.conftest import Ask
from tests.opener.region import Region, region

NOBODY = 65534
Change = Callable[[Path], object]


def directory(key: Path) -> None:
    key.unlink()
    key.mkdir(mode=0o700)


def pipe(key: Path) -> None:
    """A pipe that nobody writes into: opening it must not wait."""
    key.unlink()
    os.mkfifo(key, 0o600)


def socket_file(key: Path) -> None:
    key.unlink()
    # The path of a socket must be short.
    here = os.open(key.parent, os.O_RDONLY | os.O_DIRECTORY)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(f"/proc/self/fd/{here}/{key.name}")
    os.close(here)
    key.chmod(0o600)


def link(key: Path) -> None:
    key.symlink_to(key.rename(key.with_name("elsewhere")))


def link_to_nothing(key: Path) -> None:
    key.unlink()
    key.symlink_to("nowhere")


def device(key: Path) -> None:
    key.unlink()
    os.mknod(key, 0o600 | 0o020000, os.makedev(1, 5))


def owned_by_another(key: Path) -> None:
    os.chown(key, NOBODY, NOBODY)


def folder_of_another(key: Path) -> None:
    os.chown(key.parent, NOBODY, NOBODY)


only_root = pytest.mark.skipif(os.geteuid() != 0, reason="giving files away and making devices needs root")
KINDS = [
    *(directory, pipe, socket_file, link, link_to_nothing, Path.unlink),
    *(pytest.param(change, marks=only_root) for change in (device, owned_by_another, folder_of_another)),
]
MODES = [
    *(("file", mode) for mode in (0o640, 0o604, 0o660, 0o644, 0o601, 0o666)),
    *(("folder", mode) for mode in (0o750, 0o701, 0o777)),
]
CONTENTS = {
    "empty": b"",
    "a line end": b"\n",
    "too short": b"ab" * 31 + b"\n",
    "too long": b"ab" * 33 + b"\n",
    "not hexadecimal": b"zz" * 32 + b"\n",
    "raw bytes": bytes(range(200, 232)),
    "zeros of a file system that lost it": bytes(65),
    "text in another alphabet": ("é" * 64).encode(),
    "much": b"ab" * 100_000,
    "half of it": None,
}


def refusal(here: Region, ask: Ask, change: Change) -> BahriyaError:
    """Have an opener use the key after `change`; give its error when no region was sent anything."""
    request = ask(here.target())
    change(Path(request["key_path"]))
    with pytest.raises(BahriyaError) as refused:
        open_and_apply(request, lambda _answer: None)
    assert here.requests == []
    assert "\n" not in str(refused.value)
    return refused.value


@pytest.mark.parametrize("change", KINDS)
def test_what_is_no_safe_file_is_refused_before_any_region_is_asked(
    tmp_path: Path, ask: Ask, change: Change
) -> None:
    with region(tmp_path / "a") as here:
        refused = refusal(here, ask, change)
        assert here.contacts == 0
    assert isinstance(refused, Locked)
    assert refused.hint


@pytest.mark.parametrize("change", KINDS)
def test_the_check_before_refuses_what_the_opener_refuses(ask: Ask, change: Change) -> None:
    key = Path(ask()["key_path"])
    change(key)
    for look in (check_private, open_private):
        with pytest.raises(Locked):
            look(key)


@pytest.mark.parametrize(("whose", "mode"), MODES)
def test_a_key_that_others_can_use_is_not_used(tmp_path: Path, ask: Ask, whose: str, mode: int) -> None:
    def change(key: Path) -> None:
        (key if whose == "file" else key.parent).chmod(mode)

    with region(tmp_path / "a") as here:
        refused = refusal(here, ask, change)
        assert here.contacts == 0
    assert isinstance(refused, Locked)
    assert f"{mode:04o}" in refused.message


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_key_of_its_owner_alone_is_used(tmp_path: Path, ask: Ask, mode: int) -> None:
    answers: list[dict[str, str]] = []
    with region(tmp_path / "a") as here:
        request = ask(here.target())
        Path(request["key_path"]).chmod(mode)
        open_and_apply(request, answers.append)
    assert [answer["result"] for answer in answers] == ["applied"]


@pytest.mark.parametrize("content", CONTENTS)
def test_a_file_that_holds_no_key_is_told_and_nothing_of_it_is_shown(
    tmp_path: Path, ask: Ask, content: str
) -> None:
    before = b""

    def change(key: Path) -> None:
        nonlocal before
        before = key.read_bytes()
        replaced = CONTENTS[content]
        key.write_bytes(before[:32] if replaced is None else replaced)

    with region(tmp_path / "a") as here:
        refused = refusal(here, ask, change)
    assert isinstance(refused, Locked)
    for piece in (before[:12], before[20:32]):
        assert piece.decode() not in str(refused)


def test_a_wrong_key_under_the_right_name_opens_nothing(tmp_path: Path, ask: Ask) -> None:
    other = X25519PrivateKey.generate().private_bytes_raw().hex()
    with region(tmp_path / "a") as here:
        refused = refusal(here, ask, lambda key: key.write_text(other + "\n"))
    assert "another key" in refused.message
    assert other[:12] not in str(refused)
