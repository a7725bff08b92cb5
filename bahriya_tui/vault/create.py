"""`python -I -m bahriya_tui.vault.create PUBLIC_FOLDER PRIVATE_FOLDER`: makes the first pair of keys.

A process of its own, since it holds a private key for a moment. Several at once make one pair; one that is
killed leaves at most a private key that nothing was sealed for.
"""

import fcntl
import json
import os
import sys
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from bahriya_tui.isolation.undumpable import make_undumpable
from bahriya_tui.model.errors import BahriyaError, Locked
from bahriya_tui.vault.keys import PUBLIC_NAME, check_private, find_public, has_public, key_id, private_path


def create(public_folder: Path, private_folder: Path) -> None:
    """Make a pair of keys unless there is one; `Locked` where its private half is not safe."""
    for folder in (public_folder, private_folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = os.open(private_folder / "create.lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not has_public(public_folder):
            _make(public_folder, private_folder)
        check_private(private_path(private_folder, find_public(public_folder).id))
    finally:
        os.close(lock)


def _make(public_folder: Path, private_folder: Path) -> None:
    private = X25519PrivateKey.generate()
    raw = private.public_key().public_bytes_raw()
    # The private half first: a public key without it would seal what nobody can ever open.
    _write(private_path(private_folder, key_id(raw)), private.private_bytes_raw().hex())
    _write(public_folder / PUBLIC_NAME, raw.hex())


def _write(path: Path, text: str) -> None:
    """Write a file whole or not at all, and have it on disk when this returns."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(descriptor)
    fresh.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


def main(arguments: list[str]) -> int:
    """Run as a process; an error is one JSON line on standard output, and its exit code."""
    make_undumpable()
    try:
        create(Path(arguments[0]), Path(arguments[1]))
    except BahriyaError as error:
        told = error
    except OSError as error:
        told = Locked(
            f"no keys can be made in {error.filename} ({error.strerror})", "look at its owner and mode"
        )
    else:
        return 0
    sys.stdout.write(json.dumps({"message": told.message, "hint": told.hint}))
    return told.exit_code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
