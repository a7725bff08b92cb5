"""What an opener is asked, on its standard input, and what it answers: one JSON object a line.

Requests hold ciphertext and the regions' own logins; answers hold neither.
"""

import json
from dataclasses import dataclass, field
from typing import Any, Literal

from bahriya_tui.direct.target import Target
from bahriya_tui.vault.context import CredentialContext
from bahriya_tui.vault.keys import PublicKey

Result = Literal["applied", "unreachable", "refused", "late", "not minted"]


@dataclass(frozen=True, slots=True)
class Row:
    """A stored credential, and the context that it opens with."""

    sealed: bytes = field(repr=False)
    context: CredentialContext


@dataclass(frozen=True, slots=True)
class Request:
    """Open one sealed credential, and send it to the targets or check it at its registry."""

    mode: Literal["apply", "check"]
    key_path: str
    sealed: bytes = field(repr=False)
    context: CredentialContext
    auth_key: str
    targets: tuple[Target, ...] = ()
    connect_timeout: float = 3.0
    """Seconds until a target must be connected, TLS included."""
    answer_timeout: float = 10.0
    """Seconds from opening until the last answer."""
    images: tuple[str, ...] = ()
    plain_http: bool = False
    ca_file: str | None = None
    proxy: str | None = None
    """URL of the HTTP proxy through which the registry is asked from here."""
    known: tuple[Row, ...] = ()
    """What was taken before for the same login: a check tells which of it was entered again."""


@dataclass(frozen=True, slots=True)
class Reseal:
    """Open sealed credentials, and seal them for the keys that are in use now."""

    rows: tuple[Row, ...]
    vault: PublicKey
    recovery: PublicKey
    key_path: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one target; `message` never holds anything that was sent."""

    region: str
    result: Result
    message: str = ""
    status: int = 0
    uid: str = ""
    resource_version: str = ""
    old_copy: bool = False
    """Whether the secret carries what `kubectl apply` once copied into an annotation: all of its data."""
    expires_at: str | None = None
    """When what was sent ends, where it was made for a time only."""

    def line(self) -> dict[str, Any]:
        """Give what is written for it: the fields that its result has."""
        if self.result == "applied":
            return {
                "region": self.region,
                "result": self.result,
                "uid": self.uid,
                "resource_version": self.resource_version,
                "old_copy": self.old_copy,
                "expires_at": self.expires_at,
            }
        return {
            "region": self.region,
            "result": self.result,
            "status": self.status,
            "message": self.message,
        }


def read(text: bytes) -> Request | Reseal:
    """Read a request; `ValueError`, `TypeError` or `KeyError` for anything else."""
    fields = json.loads(text)
    if fields["mode"] == "reseal":
        return _read_reseal(fields)
    fields["sealed"] = bytes.fromhex(fields["sealed"])
    fields["context"] = CredentialContext(**fields["context"])
    fields["targets"] = tuple(Target(**target) for target in fields.get("targets", ()))
    fields["images"] = tuple(fields.get("images", ()))
    fields["known"] = read_rows(fields.get("known", []))
    return Request(**fields)


def read_rows(rows: list[dict[str, Any]]) -> tuple[Row, ...]:
    """Read the credentials that are to be sealed again; errors as for `read`."""
    return tuple(Row(bytes.fromhex(one["sealed"]), CredentialContext(**one["context"])) for one in rows)


def _read_reseal(fields: dict[str, Any]) -> Reseal:
    vault, recovery = (PublicKey.of(bytes.fromhex(fields[name])) for name in ("vault", "recovery"))
    return Reseal(read_rows(fields["rows"]), vault, recovery, fields["key_path"])
