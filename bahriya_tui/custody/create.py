"""`python -I -m bahriya_tui.custody.create PUBLIC_FOLDER PRIVATE_FOLDER`: looks after the two pairs of keys.

Makes the vault's pair when there is none or its private half is lost (what was sealed for it stays: the key
may come back), and the recovery pair when there is none. A process of its own, since it holds a private key
for a moment. Several at once make one pair; one that is killed leaves at most what the next one removes.
"""

import sys
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from bahriya_tui.custody.files import destroy, keys_lock, sweep, write_whole
from bahriya_tui.throwaway import run
from bahriya_tui.vault import keys


def create(public_folder: Path, private_folder: Path) -> bool:
    """Make what is missing; tell whether anything was. `Locked` where a private key is not safe."""
    made = False
    for folder in (public_folder, private_folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with keys_lock(private_folder):
        sweep(private_folder)
        forget_unfinished(public_folder, private_folder)
        if not keys.has_public(public_folder) or _is_lost(public_folder, private_folder):
            private, public = new_pair()
            # The private half first: a public key without it would seal what nobody can ever open.
            write_whole(keys.private_path(private_folder, public.id), private.hex())
            write_whole(public_folder / keys.PUBLIC_NAME, public.raw.hex())
            made = True
        keys.check_private(keys.private_file(private_folder, keys.find_public(public_folder).id))
        if not keys.has_public(public_folder, keys.RECOVERY_NAME):
            make_recovery(public_folder, private_folder)
            made = True
    return made


def new_pair() -> tuple[bytes, keys.PublicKey]:
    """Make a private key (32 bytes) and its public half."""
    private = X25519PrivateKey.generate()
    raw = private.public_key().public_bytes_raw()
    return private.private_bytes_raw(), keys.PublicKey.of(raw)


def make_recovery(public_folder: Path, private_folder: Path) -> None:
    """Make a recovery pair, also in place of the one there is; its private half waits to be shown."""
    private, public = new_pair()
    unshown = keys.unshown_path(private_folder, public.id)
    write_whole(unshown, private.hex())
    write_whole(public_folder / keys.RECOVERY_NAME, public.raw.hex())
    for path in private_folder.glob("*.unshown"):
        if path != unshown:
            destroy(path)


def forget_unfinished(public_folder: Path, private_folder: Path) -> None:
    """Undo a re-key that was killed before its key came into use."""
    current = keys.find_public(public_folder).id if keys.has_public(public_folder) else b""
    for id_ in keys.marked(public_folder, "making"):
        if id_ != current:
            destroy(keys.private_path(private_folder, id_))
            destroy(keys.wrapped_path(private_folder, id_))
        keys.marker(public_folder, id_, "making").unlink()
    keys.marker(public_folder, current, "retiring").unlink(missing_ok=True)


def _is_lost(public_folder: Path, private_folder: Path) -> bool:
    return keys.kind_of(private_folder, keys.find_public(public_folder).id) == "missing"


def main(arguments: list[str]) -> dict[str, Any]:
    """Run as a process."""
    return {"made": create(Path(arguments[0]), Path(arguments[1]))}


if __name__ == "__main__":
    run(lambda: main(sys.argv[1:]), "vault's process")
