"""`python -I -m bahriya_tui.custody.passphrase PUBLIC_FOLDER PRIVATE_FOLDER [--remove] [--stdin]`.

Sets, changes or removes the passphrase of all private keys. Each key has its new file before it loses the old
one, so that after a kill every key opens without a passphrase, with the old or with the new one, and doing it
again finishes it.
"""

import os
import sys
from pathlib import Path
from typing import Any

from bahriya_tui.custody import holding
from bahriya_tui.custody.files import destroy, keys_lock, sweep, write_whole
from bahriya_tui.custody.typed import Answers, from_arguments
from bahriya_tui.custody.wrap import DEFAULT, Cost, read_wrapped, unwrap, wrap
from bahriya_tui.model.errors import BadInput, InUse, WrongPassphrase
from bahriya_tui.throwaway import run
from bahriya_tui.vault import keys


def change(
    public_folder: Path, folder: Path, answers: Answers, *, remove: bool, cost: Cost = DEFAULT
) -> bool:
    """Set or change the passphrase, or `remove` it; tell whether the vault is protected now.

    Raises `InUse` while nobody has seen the recovery key, and `WrongPassphrase`.
    """
    with keys_lock(folder):
        sweep(folder)
        if keys.unshown_path(folder, keys.find_recovery(public_folder).id).exists():
            raise InUse("the recovery key was not shown yet", "first: bahriya vault recovery-key")
        plain = _read_plain(folder)
        texts = {id_: text for id_, text in read_wrapped(folder).items() if id_ not in plain}
        if remove and not texts:
            raise BadInput("the vault has no passphrase", "nothing was changed")
        old = answers.secret("present passphrase") if texts else b""
        new = b"" if remove else answers.new_passphrase()
        private = plain | {id_: _unwrap(text, id_, [old, new]) for id_, text in texts.items()}
        for id_, raw in private.items():
            if remove:
                write_whole(keys.private_path(folder, id_), raw.hex())
                keys.wrapped_path(folder, id_).unlink(missing_ok=True)
            else:
                write_whole(keys.wrapped_path(folder, id_), wrap(raw, id_, new, cost))
                destroy(keys.private_path(folder, id_))
        if remove:
            holding.end(folder)
    return not remove


def _read_plain(folder: Path) -> dict[bytes, bytes]:
    """Read the keys that have no passphrase; `Locked` for a file that is not safe."""
    found = {}
    for path in sorted(folder.glob("*.key")):
        with os.fdopen(keys.open_file(path)) as file:
            found[bytes.fromhex(path.stem)] = bytes.fromhex(file.read(256))
    return found


def _unwrap(text: str, id_: bytes, passphrases: list[bytes]) -> bytes:
    """Unwrap with the first that opens it: a change that was killed left some keys with the new one."""
    *others, last = filter(None, passphrases)
    for passphrase in others:
        try:
            return unwrap(text, id_, passphrase)
        except WrongPassphrase:
            continue
    return unwrap(text, id_, last)


def main(arguments: list[str]) -> dict[str, Any]:
    """Run as a process."""
    public_folder, private_folder = Path(arguments[0]), Path(arguments[1])
    answers = from_arguments(arguments)
    return {"protected": change(public_folder, private_folder, answers, remove="--remove" in arguments)}


if __name__ == "__main__":
    run(lambda: main(sys.argv[1:]), "vault's process")
