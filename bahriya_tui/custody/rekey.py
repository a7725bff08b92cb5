"""`python -I -m bahriya_tui.custody.rekey PUBLIC_FOLDER PRIVATE_FOLDER [--recovery] [--stdin]`: a new key.

The worker then seals everything again and removes the old key. One that was killed leaves the old pair or the
new one in use; while an old key is still retiring, no third one is made.
"""

import sys
from pathlib import Path
from typing import Any

from bahriya_tui.custody import holding
from bahriya_tui.custody.create import forget_unfinished, make_recovery, new_pair
from bahriya_tui.custody.files import keys_lock, sweep, write_whole
from bahriya_tui.custody.typed import Answers, from_arguments
from bahriya_tui.custody.wrap import cost_of, read_wrapped, unwrap, wrap
from bahriya_tui.throwaway import run
from bahriya_tui.vault import keys


def rekey(public_folder: Path, folder: Path, answers: Answers) -> bool:
    """Put a new pair into use, with the passphrase of the present one; False when an old key is yet to go.

    Raises `Locked` for a wrong passphrase, and where the present private key is missing or not safe.
    """
    with keys_lock(folder):
        sweep(folder)
        forget_unfinished(public_folder, folder)
        if keys.marked(public_folder, "retiring") or keys.marked(public_folder, "retired"):
            return False
        old = keys.find_public(public_folder)
        keys.check_private(keys.private_file(folder, old.id))
        passphrase, text = b"", ""
        if keys.kind_of(folder, old.id) == "wrapped":
            text = read_wrapped(folder)[old.id]
            passphrase = answers.secret("passphrase of the vault")
            unwrap(text, old.id, passphrase)
        private, new = new_pair()
        keys.marker(public_folder, new.id, "making").touch(0o600)
        if text:
            wrapped = wrap(private, new.id, passphrase, cost_of(text, old.id))
            write_whole(keys.wrapped_path(folder, new.id), wrapped)
            holding.keep(folder, new.id, private)
        else:
            write_whole(keys.private_path(folder, new.id), private.hex())
        write_whole(keys.marker(public_folder, old.id, "retiring"), old.raw.hex())
        write_whole(public_folder / keys.PUBLIC_NAME, new.raw.hex())
        keys.marker(public_folder, new.id, "making").unlink()
    return True


def rekey_recovery(public_folder: Path, folder: Path) -> None:
    """Put a new recovery pair into use, to be shown once."""
    with keys_lock(folder):
        make_recovery(public_folder, folder)


def main(arguments: list[str]) -> dict[str, Any]:
    """Run as a process."""
    public_folder, private_folder = Path(arguments[0]), Path(arguments[1])
    if "--recovery" in arguments:
        rekey_recovery(public_folder, private_folder)
        return {"made": True}
    return {"made": rekey(public_folder, private_folder, from_arguments(arguments))}


if __name__ == "__main__":
    run(lambda: main(sys.argv[1:]), "vault's process")
