"""Where the keys are: the public ones that everybody seals with, and the private files only the opener reads.

    public/   vault.pub  recovery.pub  ID.retiring  ID.retired  ID.making
    private/  ID.key  or, with a passphrase, ID.wrapped      ID.unshown, until the recovery key was shown

Imports no cryptography, so that looking for a key costs nothing. Never reads a private key's content.
"""

import hashlib
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bahriya_tui.model.errors import Locked, VaultLocked
from bahriya_tui.vault.record import KEY_ID_LENGTH

PUBLIC_NAME = "vault.pub"
RECOVERY_NAME = "recovery.pub"
Kind = Literal["plain", "wrapped", "missing"]
_RESTORE = "put it back from a backup, or enter the tokens again (rotate)"


@dataclass(frozen=True, slots=True)
class PublicKey:
    """An X25519 public key (32 bytes) and its id, the first 8 bytes of its SHA-256."""

    id: bytes
    raw: bytes

    @classmethod
    def of(cls, raw: bytes) -> "PublicKey":
        """Give the key of these 32 bytes, with its id."""
        return cls(key_id(raw), raw)


def key_id(raw: bytes) -> bytes:
    """Give the id of a public key."""
    return hashlib.sha256(raw).digest()[:KEY_ID_LENGTH]


def has_public(folder: Path, name: str = PUBLIC_NAME) -> bool:
    """Tell whether there is a key to seal with."""
    return (folder / name).exists()


def find_public(folder: Path, name: str = PUBLIC_NAME) -> PublicKey:
    """Read the public key that new credentials are sealed with; `Locked` where there is none."""
    path = folder / name
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
    return PublicKey.of(raw)


def find_recovery(folder: Path) -> PublicKey:
    """Read the public half of the recovery key; `Locked` where there is none."""
    return find_public(folder, RECOVERY_NAME)


def need_care(public_folder: Path, private_folder: Path) -> bool:
    """Tell whether a key is missing, so that `vault.create` has something to make."""
    if not has_public(public_folder) or not has_public(public_folder, RECOVERY_NAME):
        return True
    return kind_of(private_folder, find_public(public_folder).id) == "missing"


def accepts(public_folder: Path, id_: bytes) -> bool:
    """Tell whether what was sealed for this key may be stored: for the current one, or one being replaced."""
    return find_public(public_folder).id == id_ or marker(public_folder, id_, "retiring").exists()


def marker(public_folder: Path, id_: bytes, state: str) -> Path:
    """Name the file that says that a key is `making` (not in use yet), `retiring` or `retired`."""
    return public_folder / f"{id_.hex()}.{state}"


def marked(public_folder: Path, state: str) -> list[bytes]:
    """List the keys in a state."""
    return [bytes.fromhex(path.stem) for path in sorted(public_folder.glob(f"*.{state}"))]


def private_path(folder: Path, id_: bytes) -> Path:
    """Name the file of the private key with this id, as it is called without a passphrase."""
    return folder / f"{id_.hex()}.key"


def wrapped_path(folder: Path, id_: bytes) -> Path:
    """Name the file of the private key with this id, as it is called with a passphrase."""
    return folder / f"{id_.hex()}.wrapped"


def unshown_path(folder: Path, id_: bytes) -> Path:
    """Name the file of the recovery key's private half while nobody has seen it."""
    return folder / f"{id_.hex()}.unshown"


def kind_of(folder: Path, id_: bytes) -> Kind:
    """Tell from the names of the files how a private key is kept; `Locked` where that cannot be seen.

    Both files exist for a moment while a passphrase is set or removed; the plain one counts.
    """
    if _is_there(private_path(folder, id_)):
        return "plain"
    return "wrapped" if _is_there(wrapped_path(folder, id_)) else "missing"


def private_file(folder: Path, id_: bytes) -> Path:
    """Name the file in which a private key is; the plain one where there is none."""
    return (wrapped_path if kind_of(folder, id_) == "wrapped" else private_path)(folder, id_)


def problem(folder: Path, id_: bytes) -> str:
    """Say why the opener would not take this private key, without opening it; empty when it would."""
    path = private_file(folder, id_)
    if not _is_there(path):
        return "missing"
    try:
        _check(f"folder {folder}", folder.stat(), stat.S_ISDIR, "chmod 700")
        _check(f"private key {path}", path.lstat(), stat.S_ISREG, "chmod 600")
    except Locked as error:
        return error.message
    return ""


def open_file(path: Path) -> int:
    """Open a private key's file without reading it, and give the descriptor; `Locked` where it is not safe.

    Safe is, as for ssh: a regular file of ours that nobody else may read, in a folder nobody else may enter.
    """
    try:
        _check(f"folder {path.parent}", path.parent.stat(), stat.S_ISDIR, "chmod 700")
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        why = "it is a link" if path.is_symlink() else str(error.strerror).lower()
        raise Locked(f"private key {path} cannot be opened: {why}", _RESTORE) from None
    try:
        _check(f"private key {path}", os.fstat(descriptor), stat.S_ISREG, "chmod 600")
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def check_private(path: Path) -> None:
    """Raise `Locked` unless the opener would take this private key."""
    os.close(open_file(path))


def _is_there(path: Path) -> bool:
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise Locked(f"{path} cannot be seen ({error.strerror})", "look at its folder's mode") from None
    return True


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


def locked() -> VaultLocked:
    """Give the error for a key that nobody has unlocked."""
    return VaultLocked("the vault is locked", "bahriya vault unlock")
