"""What commands answer about the audit log, put together from what is known of it."""

from bahriya_tui.cli import records
from bahriya_tui.model.audit import Anchor, Entry, Finding
from bahriya_tui.model.audit import sentence as sentence_of
from bahriya_tui.operations.audit import Verification


def entry(one: Entry) -> records.AuditEntry:
    """Describe an entry of the audit log, with the hash that seals it."""
    return {
        "seq": one.seq,
        "at": one.at,
        "user": one.user,
        "terminal": one.terminal,
        "client": one.client,
        "action": one.action,
        "project": one.project,
        "registry": one.registry,
        "container": one.container,
        "regions": one.regions.split(),
        "deployment": one.deployment,
        "versions": [int(number) for number in one.versions.split() if number.isdecimal()],
        "outcome": one.outcome,
        "hash": one.hash,
    }


def anchor(one: Anchor) -> records.ExportedAnchor:
    """Describe what a region remembers of the audit log."""
    return {
        "kind": "anchor",
        "region": one.region,
        "project": one.project,
        "secret": one.secret,
        "seq": one.seq,
        "hash": one.hash,
        "read_at": one.read_at,
    }


def finding(one: Finding) -> records.AuditFinding:
    """Describe what is not as it was written."""
    return {
        "kind": one.kind,
        "seq": one.seq,
        "last": one.last,
        "region": one.region,
        "about": one.about,
        "sentence": sentence_of(one),
    }


def verification(one: Verification) -> records.Verification:
    """Describe how far the audit log is as it was written."""
    return {
        "good": not one.findings,
        "entries": one.entries,
        "head": str(one.head),
        "anchors": one.anchors,
        "anchors_read_now": one.read_now,
        "findings": [finding(each) for each in one.findings],
        "unreachable": list(one.unreachable),
    }
