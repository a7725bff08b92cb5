"""What a token shows of itself; runs where it is sealed, so that nothing else ever sees it."""

import base64
import json
from datetime import UTC, datetime

from bahriya_tui.model import clock
from bahriya_tui.model.token import TokenFacts


def look(token: bytes | bytearray) -> TokenFacts:
    """Say what can be said of a token without asking anybody; raises for nothing that a token may be."""
    expires_at = _jwt_end(bytes(token))
    return TokenFacts("jwt" if expires_at else "", expires_at)


def _jwt_end(token: bytes) -> str | None:
    """Give the `exp` of a JSON Web Token (RFC 7519, 4.1.4); None for anything else."""
    parts = token.split(b".")
    if len(parts) != 3:
        return None
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + b"=" * (-len(parts[1]) % 4)))
        end = claims["exp"]
        if isinstance(end, bool) or not isinstance(end, int | float):
            return None
        return clock.stamp(datetime.fromtimestamp(end, UTC))
    except (ValueError, RecursionError, KeyError, TypeError, OverflowError, OSError):
        return None
