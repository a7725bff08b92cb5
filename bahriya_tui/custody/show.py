"""`python -I -m bahriya_tui.custody.show PUBLIC PRIVATE [--output FILE]`: the recovery key, once.

Shows it on the terminal, or writes it to a new file; then it is nowhere on this machine any more.
"""

import os
import sys
from pathlib import Path
from typing import Any

from bahriya_tui.custody import recovery_text
from bahriya_tui.custody.files import destroy, keys_lock, write_new
from bahriya_tui.model.errors import BadInput, Failed
from bahriya_tui.terminal.asking import show_page
from bahriya_tui.throwaway import run
from bahriya_tui.vault import keys


def show(public_folder: Path, private_folder: Path, output: Path | None) -> None:
    """Show the recovery key and forget it; `Failed` when that was done before.

    `Cancelled` when the operator cancels: then it can be shown again.
    """
    with keys_lock(private_folder):
        unshown = keys.unshown_path(private_folder, keys.find_recovery(public_folder).id)
        if not unshown.exists():
            raise Failed("it was shown already", "make a new one: bahriya vault rekey --recovery")
        with os.fdopen(keys.open_file(unshown)) as file:
            text = recovery_text.write(bytes.fromhex(file.read(256)))
        if output is not None:
            _write(output, text)
        else:
            show_page(_page(text), "write it to a file: --output FILE")
        destroy(unshown)


def _write(output: Path, text: str) -> None:
    try:
        write_new(output, text)
    except FileExistsError:
        raise BadInput(f"{output} exists", "name a new file; nothing was written") from None
    except OSError as error:
        raise BadInput(f"{output} cannot be written ({error.strerror})", "name another file") from None


def _page(text: str) -> list[str]:
    half = len(text) // 2 + 1
    return [
        "",
        "  The recovery key. It opens every credential when the vault's own key is lost, and it is shown",
        "  this once. Write it down, and keep it away from this machine.",
        "",
        f"    {text[:half]}",
        f"    {text[half:]}",
        "",
        "  Enter: it is written down, forget it here.   Ctrl-C: show it again another time.",
        "",
    ]


def main(arguments: list[str]) -> dict[str, Any]:
    """Run as a process."""
    output = Path(arguments[3]) if arguments[2:3] == ["--output"] else None
    show(Path(arguments[0]), Path(arguments[1]), output)
    return {}


if __name__ == "__main__":
    run(lambda: main(sys.argv[1:]), "vault's process")
