"""The audit log."""

from typing import Literal, TypedDict


class AuditEntry(TypedDict):
    """An entry of the audit log."""

    seq: int
    at: str
    user: str
    terminal: str
    client: str
    """The address at the other end of SSH; empty without."""
    action: str
    project: str | None
    registry: str | None
    container: str | None
    regions: list[str]
    deployment: int | None
    versions: list[int]
    outcome: str
    hash: str
    """SHA-256 over all of these and the hash of the entry before."""


class ExportedEntry(AuditEntry):
    """An entry of the audit log, in an export."""

    kind: Literal["entry"]


class ExportedAnchor(TypedDict):
    """What a pull secret in a region remembers of the audit log."""

    kind: Literal["anchor"]
    region: str
    project: str
    secret: str
    seq: int
    hash: str
    read_at: str


class AuditFinding(TypedDict):
    """Something about the audit log that is not as it was written."""

    kind: Literal["edited", "removed", "reordered", "truncated", "rewritten", "strayed"]
    seq: int
    """The first entry it is about."""
    last: int
    """The last one."""
    region: str | None
    """Whose anchor shows it."""
    about: str
    sentence: str


class Verification(TypedDict):
    """How far the audit log is as it was written."""

    good: bool
    entries: int
    head: str
    """The newest entry: its number and hash."""
    anchors: int
    anchors_read_now: int
    findings: list[AuditFinding]
    unreachable: list[str]
    """Regions that could not be asked now."""
