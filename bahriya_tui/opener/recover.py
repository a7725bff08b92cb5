"""`python -I -m bahriya_tui.opener.recover PUBLIC_FOLDER REQUEST_FILE [--stdin]`: the recovery key at work.

Started by an operator's command, never by the worker. The request holds ciphertext and comes from a process
that may have been taken over, so the keys to seal for are read here. The recovery key is typed in, exists in
this process only, and every way out is `os._exit`.
"""

from bahriya_tui.isolation.undumpable import make_undumpable

if __name__ == "__main__":
    make_undumpable()

import json
import sys
from pathlib import Path
from typing import Any

from bahriya_tui.custody import recovery_text
from bahriya_tui.custody.typed import from_arguments
from bahriya_tui.isolation.lockdown import lock_in
from bahriya_tui.model.errors import BadInput, WrongRecoveryKey
from bahriya_tui.opener.protocol import Reseal, read_rows
from bahriya_tui.opener.reseal import reseal
from bahriya_tui.throwaway import run
from bahriya_tui.vault.keys import find_public, find_recovery
from bahriya_tui.vault.open import from_raw, prove
from bahriya_tui.vault.record import RecordUnreadable, parse


def main(arguments: list[str]) -> dict[str, Any]:
    """Run as a process; `WrongRecoveryKey` when nothing was sealed for the key that was typed."""
    folder = Path(arguments[0])
    rows = read_rows(json.loads(Path(arguments[1]).read_text()))
    request = Reseal(rows, find_public(folder), find_recovery(folder))
    prove()
    typed = from_arguments(arguments).secret("recovery key")
    try:
        private, id_ = from_raw(recovery_text.read(typed.decode("ascii")))
    except UnicodeDecodeError:
        raise BadInput("a recovery key has letters, digits and dashes only", "type it again") from None
    if id_ not in {_key_of(row.sealed) for row in request.rows}:
        raise WrongRecoveryKey(
            "nothing here was sealed for this recovery key", "nothing was changed; look for another one"
        )
    lock_in()
    reseal(request, private)
    return {"result": "ended"}


def _key_of(sealed: bytes) -> bytes:
    try:
        return parse(sealed).key_id
    except RecordUnreadable:
        return b""


if __name__ == "__main__":
    run(lambda: main(sys.argv[1:]), "vault's process")
