"""The audit log: who did what to which versions, and what came of it; each entry seals the ones before.

An entry has the fields below and no others, and none takes the words of a region or a registry, so nothing
can leak through it. The chain shows what was changed in the middle. That the newest entries are missing, or
that everything was written anew from some entry on, shows only against an anchor: the head of the log as it
stood when a pull secret was written, kept on that secret in its region. What no anchor has seen can be cut
off unseen, and whoever can change the store and every region can change both.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Literal, get_args

GENESIS = "0" * 64
"""The hash before the first entry."""
_DOMAIN = b"bahriya audit log 1\0"
_HEAD = re.compile(r"(0|[1-9][0-9]{0,17}):([0-9a-f]{64})")

Action = Literal[
    "project.added",
    "project.deleted",
    "registry.added",
    "registry.rotated",
    "registry.returned",
    "registry.pushed",
    "registry.repaired",
    "registry.rejected",
    "registry.edited",
    "registry.deleting",
    "registry.deleted",
    "container.added",
    "container.edited",
    "container.linked",
    "container.unlinked",
    "container.orphaned",
    "container.terminated",
    "container.deleted",
    "region.added",
    "region.edited",
    "region.moved",
    "region.protected",
    "region.unprotected",
    "region.forgotten",
    "region.deleted",
    "deployment.queued",
    "deployment.taking-over",
    "deployment.retried",
    "deployment.rolled-back",
    "deployment.resumed",
    "deployment.cancelled",
    "credential.opening",
    "credential.opened",
    "store.backing-up",
    "store.backed-up",
    "store.restored",
    "store.shared",
    "vault.created",
    "vault.rekeyed",
    "vault.unlocked",
    "vault.locked",
    "vault.recovered",
    "vault.recovery-shown",
    "vault.passphrase-changed",
]
"""What can be done; `credential.opening` stands before an opener is asked, `credential.opened` after it.

`container.orphaned`: a registry was deleted by force, which it, or an init job of it, goes on naming.
`region.forgotten`: a region was given up with pull secrets of that registry in it, whose tokens may still lie
there. A deletion that waits for regions is `registry.deleting` when an operator asks for it, and
`registry.deleted` when all of them have answered. `store.backing-up` stands before a backup is made, and in
it too, `store.backed-up` after it.
"""

Outcome = Literal[
    "done",
    "started",
    "partial",
    "failed",
    "locked",
    "no answer",
    "not opened",
    "accepted",
    "rejected",
    "not proven",
    "not needed",
    "not checked",
]
"""What came of it. `no answer`: the opener was killed. `not opened`: no region was there to open it for."""

ACTIONS: frozenset[str] = frozenset(get_args(Action))


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts."""

    user: str
    """The login name."""
    terminal: str = ""
    """Such as `/dev/pts/3`; empty without one."""
    client: str = ""
    """The address at the other end of SSH; empty without SSH."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log."""

    seq: int
    """1, 2, 3 and so on, without a gap."""
    at: str
    user: str
    terminal: str
    client: str
    action: str
    project: str | None
    registry: str | None
    container: str | None
    regions: str
    """Ids, with a space between them."""
    deployment: int | None
    versions: str
    """Of the registry's credentials: the numbers, with a space between them."""
    outcome: str
    hash: str
    """SHA-256 over all of these and the hash of the entry before."""


@dataclass(frozen=True, slots=True)
class Head:
    """The newest entry of a log at some time, which stands for all entries up to it."""

    seq: int
    hash: str

    def __str__(self) -> str:
        """Give the form it has as an annotation."""
        return f"{self.seq}:{self.hash}"


@dataclass(frozen=True, slots=True)
class Anchor:
    """A head as it was read back from a pull secret in a region."""

    region: str
    project: str
    secret: str
    seq: int
    hash: str
    read_at: str


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about the log that is not as it was written."""

    kind: Literal["edited", "removed", "reordered", "truncated", "rewritten", "strayed"]
    seq: int
    """The first entry it is about."""
    last: int
    """The last one."""
    region: str | None = None
    """Whose anchor shows it."""
    about: str = ""
    """What in the store is not as entry `seq` says."""


EMPTY = Head(0, GENESIS)
"""The head of a log without entries."""
_FIELDS = tuple(one.name for one in fields(Entry) if one.name != "hash")


def read_head(text: object) -> Head | None:
    """Read what `str` of a head gave; None for anything else."""
    found = _HEAD.fullmatch(text) if isinstance(text, str) else None
    return Head(int(found[1]), found[2]) if found else None


def digest(previous: str, entry: Entry, seq: int | None = None) -> str:
    """Give the hash `entry` must have after one with the hash `previous`; with `seq`, if it stood there."""
    import hashlib

    content = {name: getattr(entry, name) for name in _FIELDS}
    if seq is not None:
        content["seq"] = seq
    # What is no text or number was put there by hand: it must not match, and must not break this.
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), default=repr)
    return hashlib.sha256(_DOMAIN + previous.encode() + canonical.encode()).hexdigest()


def sentence(finding: Finding) -> str:
    """Say it to an operator."""
    one = finding.seq == finding.last
    which = f"entry {finding.seq}" if one else f"entries {finding.seq} to {finding.last}"
    verb = "was" if one else "were"
    return {
        "strayed": f"{finding.about}, and entry {finding.seq} says otherwise",
        "edited": f"{which} {verb} edited, or the one before",
        "removed": f"{which} {verb} removed",
        "reordered": f"{which} {verb} moved from another place",
        "truncated": f"{which} {verb} cut off: region {finding.region} has seen entry {finding.last}",
        "rewritten": f"{which} was written anew: region {finding.region} has seen another one there",
    }[finding.kind]


def verify(entries: Iterable[Entry], anchors: Iterable[Anchor]) -> tuple[Finding, ...]:
    """Find what was edited, removed, moved or cut off, oldest first; empty for a log as it was written.

    An edited entry whose own hash was made to fit shows at the entry after it, or, when all later hashes were
    made to fit too or there are none, only against an anchor. An entry after a gap cannot be held against
    anything but the entries after it.
    """
    log = sorted(entries, key=lambda entry: entry.seq)
    gaps, broken = _walk(log)
    found = [*gaps, *_named(broken, log), *_against(anchors, log)]
    return tuple(_joined(sorted(found, key=lambda one: (one.seq, one.last))))


def _walk(log: list[Entry]) -> tuple[list[Finding], list[Entry]]:
    """Give the gaps, and the entries that do not follow from the one before."""
    gaps: list[Finding] = []
    broken: list[Entry] = []
    before = EMPTY
    for entry in log:
        if entry.seq > before.seq + 1:
            gaps.append(Finding("removed", before.seq + 1, entry.seq - 1))
        elif entry.seq <= before.seq or digest(before.hash, entry) != entry.hash:
            broken.append(entry)
        before = Head(entry.seq, entry.hash)
    return gaps, broken


_MOST_TRIED = 32
"""So many broken entries are tried at other places; the cost grows with the third power."""


def _named(broken: list[Entry], log: list[Entry]) -> list[Finding]:
    """Tell edited entries from moved ones, and leave out those that only follow one of these."""
    if len(broken) > _MOST_TRIED:
        return [Finding("edited", entry.seq, entry.seq) for entry in broken]
    by_seq = {entry.seq: entry for entry in log}
    before = {entry.seq: _hash_before(by_seq, entry.seq) for entry in broken}
    hashes = {GENESIS, *before.values(), *(entry.hash for entry in broken)}
    hashes |= {digest(before[entry.seq], entry) for entry in broken}
    elsewhere = {entry.seq + step for entry in broken for step in (0, 1)}
    named = []
    for entry in broken:
        if any(digest(one, entry) == entry.hash for one in hashes):
            continue
        moved = any(digest(one, entry, seq) == entry.hash for seq in elsewhere for one in hashes)
        named.append(Finding("reordered" if moved else "edited", entry.seq, entry.seq))
    return named or [Finding("edited", entry.seq, entry.seq) for entry in broken]


def _hash_before(by_seq: dict[int, Entry], seq: int) -> str:
    return by_seq[seq - 1].hash if seq - 1 in by_seq else GENESIS


def _against(anchors: Iterable[Anchor], log: list[Entry]) -> list[Finding]:
    """Give what the anchors have seen and the log does not have, or has otherwise."""
    hashes = {entry.seq: entry.hash for entry in log}
    newest = log[-1].seq if log else 0
    found = []
    for anchor in anchors:
        if anchor.seq > newest:
            found.append(Finding("truncated", newest + 1, anchor.seq, anchor.region))
        elif anchor.seq in hashes and hashes[anchor.seq] != anchor.hash:
            found.append(Finding("rewritten", anchor.seq, anchor.seq, anchor.region))
    return list(dict.fromkeys(found))


def _joined(found: list[Finding]) -> list[Finding]:
    """Make one finding of neighbours of the same kind."""
    joined: list[Finding] = []
    for one in found:
        last = joined[-1] if joined else None
        if (
            last
            and one.region is None
            and (last.kind, last.region, last.last + 1) == (one.kind, None, one.seq)
        ):
            joined[-1] = Finding(one.kind, last.seq, one.last)
        else:
            joined.append(one)
    return joined
