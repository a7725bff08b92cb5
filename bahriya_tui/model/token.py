"""What a token shows of itself when it is sealed: its kind and its end, never a part of it."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class TokenFacts:
    """Found by the process that read the token, and all that it tells of it."""

    kind: str = ""
    """What its shape says it is, as in `oci.token_facts`; empty where that is unknown."""
    expires_at: str | None = None
    """When it ends, in UTC as every time, where the token itself says so."""
    notes: tuple[str, ...] = ()
    """Sentences for the operator about what was given."""


NO_FACTS = TokenFacts()


def facts_in(line: dict[str, Any]) -> TokenFacts:
    """Read them from JSON; `KeyError` or `TypeError` for anything else."""
    return TokenFacts(line["kind"], line["expires_at"], tuple(line["notes"]))
