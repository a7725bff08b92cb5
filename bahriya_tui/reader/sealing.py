"""What every reader gives back: a token sealed for both keys, and what may be told of it."""

from typing import Any

from bahriya_tui.oci.token_facts import look
from bahriya_tui.vault.context import CredentialContext
from bahriya_tui.vault.keys import PublicKey
from bahriya_tui.vault.seal import seal

Line = dict[str, Any]
"""One JSON object; all that a reader tells."""


def sealed_line(
    token: bytes | bytearray, context: CredentialContext, public: PublicKey, recovery: PublicKey
) -> Line:
    """Give the line with a token sealed for both keys, and what it shows of itself."""
    facts = look(token, context.server)
    return {
        "sealed": seal(token, context, public).hex(),
        "recovery": seal(token, context, recovery).hex(),
        "facts": {"kind": facts.kind, "expires_at": facts.expires_at, "notes": list(facts.notes)},
    }
