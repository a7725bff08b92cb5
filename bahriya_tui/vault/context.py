"""What a sealed credential is bound to: open it with anything else and it does not open."""

import struct
from dataclasses import dataclass

_FORMAT = b"bahriya credential 1"


@dataclass(frozen=True, slots=True)
class CredentialContext:
    """Whose credential this is. Changing server or username therefore asks for the token again."""

    project: str
    registry_id: str
    server: str
    username: str
    version: int


def info(context: CredentialContext, key_id: bytes) -> bytes:
    """Give HPKE's `info` (RFC 9180 section 5): format, key and every field, each behind its length."""
    fields = (
        _FORMAT,
        key_id,
        context.project.encode(),
        context.registry_id.encode(),
        context.server.encode(),
        context.username.encode(),
        str(context.version).encode(),
    )
    return b"".join(struct.pack(">I", len(field)) + field for field in fields)
