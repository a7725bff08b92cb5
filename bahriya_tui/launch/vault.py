"""Starts the processes that hold a passphrase, a recovery key or a private key: this one holds none of them.

`typed` says that they read standard input, a line for each answer; otherwise they ask on the terminal.
"""

import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from bahriya_tui.launch.process import answer_of
from bahriya_tui.places import Places
from bahriya_tui.vault import holding


def unlock(places: Places, seconds: float, *, typed: bool) -> None:
    """Leave a holder of the unlocked keys behind for so long; `Locked` for a wrong passphrase."""
    _run("bahriya_tui.vault.holder", places, ["--for", str(seconds)], typed=typed)


def lock(places: Places) -> bool:
    """Have the holder forget all keys; False when there was none."""
    return holding.end(places.private_keys)


def change_passphrase(places: Places, *, remove: bool, typed: bool) -> bool:
    """Set, change or remove the passphrase; tell whether there is one now."""
    answer = _run("bahriya_tui.vault.passphrase", places, ["--remove"] if remove else [], typed=typed)
    return bool(answer["protected"])


def show_recovery_key(places: Places, output: Path | None) -> None:
    """Show the recovery key on the terminal or write it to a new file, once; `Failed` after that."""
    _run("bahriya_tui.vault.show", places, [] if output is None else ["--output", str(output)], typed=False)


def new_key(places: Places, *, typed: bool) -> bool:
    """Put a new key into use; False when an earlier one is not finished yet."""
    return bool(_run("bahriya_tui.vault.rekey", places, [], typed=typed)["made"])


def new_recovery_key(places: Places) -> None:
    """Put a new recovery key into use, which then waits to be shown."""
    _run("bahriya_tui.vault.rekey", places, ["--recovery"], typed=False)


def recover(places: Places, request: dict[str, Any], *, typed: bool) -> list[dict[str, Any]]:
    """Have records opened with the recovery key, as typed; give what became of each row.

    The request holds ciphertext and is handed over as a file, since standard input may bring the key.
    """
    with tempfile.TemporaryDirectory(prefix="recover-", dir=places.store) as folder:
        path = Path(folder) / "request"
        path.write_text(json.dumps(request))
        lines = _answer("bahriya_tui.opener.recover", [str(path)], typed=typed).splitlines()
    return [line for line in map(json.loads, lines) if "row" in line]


def _run(module: str, places: Places, arguments: list[str], *, typed: bool) -> dict[str, Any]:
    folders = [str(places.public_keys), str(places.private_keys)]
    answer: dict[str, Any] = json.loads(_answer(module, [*folders, *arguments], typed=typed))
    return answer


def _answer(module: str, arguments: list[str], *, typed: bool) -> bytes:
    given = [*arguments, "--stdin"] if typed else arguments
    return answer_of(module, given, stdin=None if typed else subprocess.DEVNULL, timeout=None)
