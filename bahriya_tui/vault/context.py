"""What a sealed credential is bound to: used with anything else, it does not open.

Were the server not part of it, whoever can write the store could have the token sent to a server of theirs.
"""

from dataclasses import dataclass

FORMAT = b"bahriya credential 1"


@dataclass(frozen=True, slots=True)
class CredentialContext:
    """One version of one registry's credentials."""

    project: str
    registry_id: str
    server: str
    username: str
    version: int


def info(context: CredentialContext, key_id: bytes) -> bytes:
    """Give the `info` of HPKE (RFC 9180): every field with its length, so that no boundary can shift."""
    fields = [
        FORMAT,
        key_id,
        _bytes(context.project),
        _bytes(context.registry_id),
        _bytes(context.server),
        _bytes(context.username),
        str(context.version).encode(),
    ]
    return b"".join(len(field).to_bytes(4, "big") + field for field in fields)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
