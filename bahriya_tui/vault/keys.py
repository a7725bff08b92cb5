"""Where the keys are: the public one that everybody seals with, and the private files only the opener reads.

Imports no cryptography, so that looking for a key costs nothing. Never reads a private key's content.
"""

import hashlib
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bahriya_tui.model.errors import Locked
from bahriya_tui.vault.record import KEY_ID_LENGTH

PUBLIC_NAME = "vault.pub"


@dataclass(frozen=True, slots=True)
class PublicKey:
    """An X25519 public key (32 bytes) and its id, the first 8 bytes of its SHA-256."""

    id: bytes
    raw: bytes


def key_id(raw: bytes) -> bytes:
    """Give the id of a public key."""
    return hashlib.sha256(raw).digest()[:KEY_ID_LENGTH]


def has_public(folder: Path) -> bool:
    """Tell whether there is a key to seal with."""
    return (folder / PUBLIC_NAME).exists()


def find_public(folder: Path) -> PublicKey:
    """Read the public key that new credentials are sealed with; `Locked` where there is none."""
    path = folder / PUBLIC_NAME
    try:
        raw = bytes.fromhex(path.read_text("ascii").strip())
    except FileNotFoundError:
        raise Locked(f"there is no public key {path}", "add a registry; that makes the keys") from None
    except OSError as error:
        raise Locked(f"public key {path} cannot be read ({error.strerror})", "look at its mode") from None
    except ValueError:
        raw = b""
    if len(raw) != 32:
        raise Locked(f"{path} is no public key", "put it back from a backup")
    return PublicKey(key_id(raw), raw)


def private_path(folder: Path, key_id: bytes) -> Path:
    """Name the file of the private key with this id."""
    return folder / f"{key_id.hex()}.key"


def open_private(path: Path) -> int:
    """Open a private key's file without reading it, and give the descriptor; `Locked` where it is not safe.

    Safe is, as for ssh: a regular file of ours that nobody else may read, in a folder nobody else may enter.
    """
    try:
        _check(f"folder {path.parent}", path.parent.stat(), stat.S_ISDIR, "chmod 700")
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        why = "it is a link" if path.is_symlink() else str(error.strerror).lower()
        hint = "put it back from a backup, or enter the tokens again (rotate)"
        raise Locked(f"private key {path} cannot be opened: {why}", hint) from None
    try:
        _check(f"private key {path}", os.fstat(descriptor), stat.S_ISREG, "chmod 600")
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def check_private(path: Path) -> None:
    """Raise `Locked` unless the opener would take this private key."""
    os.close(open_private(path))


def _check(what: str, found: os.stat_result, is_kind: Callable[[int], bool], repair: str) -> None:
    if not is_kind(found.st_mode):
        raise Locked(f"{what} is of the wrong kind", "put the keys back from a backup")
    if found.st_uid != os.geteuid():
        raise Locked(
            f"{what} belongs to uid {found.st_uid}", f"run as that user, or chown it to {os.geteuid()}"
        )
    if found.st_mode & 0o077:
        mode = stat.S_IMODE(found.st_mode)
        raise Locked(
            f"{what} has mode {mode:04o}, so others can use it", f"{repair} it, then rotate the tokens"
        )
