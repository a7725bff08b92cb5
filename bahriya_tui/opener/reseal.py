"""The opener's third mode: opens stored credentials one by one, and seals each again for the keys in use now.

A credential is sealed for the very context that it has just opened with, never for one that was asked for.
"""

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from bahriya_tui.opener.protocol import Reseal
from bahriya_tui.throwaway import say
from bahriya_tui.vault.open import open_sealed
from bahriya_tui.vault.record import RecordUnreadable
from bahriya_tui.vault.seal import seal


def reseal(request: Reseal, private: X25519PrivateKey) -> None:
    """Answer for each row with both records, or why it does not open; one bad row holds up no other."""
    for number, row in enumerate(request.rows):
        try:
            token = open_sealed(row.sealed, row.context, private)
        except RecordUnreadable as error:
            say({"result": "unreadable", "row": number, "message": error.why})
            continue
        sealed = seal(token, row.context, request.vault)
        recovery = seal(token, row.context, request.recovery)
        token[:] = bytes(len(token))
        say({"result": "resealed", "row": number, "sealed": sealed.hex(), "recovery": recovery.hex()})
    say({"result": "closed"})
