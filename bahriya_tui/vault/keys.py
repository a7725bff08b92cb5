"""Where the vault's keys are, and whether they are kept as they must be. Reads no private key."""

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from bahriya_tui.model.errors import Locked
from bahriya_tui.vault.record import KEY_ID_LENGTH

_RAW_LENGTH = 32


@dataclass(frozen=True, slots=True)
class PublicKey:
    """The half that seals."""

    id: bytes
    raw: bytes


def key_id(raw: bytes) -> bytes:
    """Name a key pair after its public half."""
    return hashlib.sha256(raw).digest()[:KEY_ID_LENGTH]


def current_path(public_folder: Path) -> Path:
    """Name the file that holds the key to seal with."""
    return public_folder / "current"


def find_public(public_folder: Path) -> PublicKey:
    """Read the key to seal with. Raises `Locked` when there is none, or it is not a key."""
    path = current_path(public_folder)
    try:
        raw = bytes.fromhex(path.read_text().strip())
    except FileNotFoundError:
        raise Locked(f"there is no vault key in {public_folder}", "put the keys folder back") from None
    except (OSError, ValueError):
        raise Locked(f"the vault's public key {path} cannot be read", "put the keys folder back") from None
    if len(raw) != _RAW_LENGTH:
        raise Locked(f"the vault's public key {path} is damaged", "put the keys folder back")
    return PublicKey(key_id(raw), raw)


def private_path(private_folder: Path, identity: bytes) -> Path:
    """Name the file that holds the private half of a key."""
    return private_folder / identity.hex()


def open_private(path: Path) -> int:
    """Open a private key file for reading and give the descriptor, once it is kept as ssh keeps its own.

    Raises `Locked` unless it is a regular file of this user that nobody else may read, in such a folder.
    """
    try:
        folder = path.parent.stat()
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        raise Locked(f"the private key {path} is missing", "put it back, or enter the token again") from None
    except OSError as error:
        raise Locked(f"the private key {path} cannot be opened ({error.strerror})", "look at it") from None
    found = os.fstat(descriptor)
    reason = _objection(found, folder)
    if reason:
        os.close(descriptor)
        raise Locked(
            f"the private key {path} is refused: {reason}", f"chmod 600 {path}; chmod 700 {path.parent}"
        )
    return descriptor


def _objection(file: os.stat_result, folder: os.stat_result) -> str:
    if not stat.S_ISREG(file.st_mode):
        return "it is not a regular file"
    if file.st_uid != os.geteuid() or folder.st_uid != os.geteuid():
        return "it belongs to somebody else"
    if file.st_mode & 0o077:
        return "others may read it"
    if folder.st_mode & 0o077:
        return "others may enter its folder"
    return ""
