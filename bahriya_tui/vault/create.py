"""A process that makes the vault's key pair once: `python -m bahriya_tui.vault.create PUBLIC PRIVATE`.

The private half exists in this process and in its file only. Several at once agree on one pair.
"""

import fcntl
import os
import sys
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from bahriya_tui.vault.keys import current_path, key_id, private_path


def create(public_folder: Path, private_folder: Path) -> None:
    """Make a key pair unless there is one; the public half is written last, so a crash leaves none."""
    lock = os.open(public_folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if current_path(public_folder).exists():
            return
        key = X25519PrivateKey.generate()
        raw = key.public_key().public_bytes_raw()
        _write(private_path(private_folder, key_id(raw)), key.private_bytes_raw(), 0o600)
        _write(current_path(public_folder), raw.hex().encode() + b"\n", 0o644)
    finally:
        os.close(lock)


def _write(path: Path, content: bytes, mode: int) -> None:
    temporary = path.with_name(f".{path.name}.new")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.rename(path)


if __name__ == "__main__":
    create(Path(sys.argv[1]), Path(sys.argv[2]))
