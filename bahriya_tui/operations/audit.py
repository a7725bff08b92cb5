"""Whether the audit log is as it was written, also by what the regions remember of it."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from bahriya_tui.model.audit import Finding, Head, sentence, verify
from bahriya_tui.model.audit_versions import strayed
from bahriya_tui.model.clock import now
from bahriya_tui.model.errors import Failed
from bahriya_tui.operations.regions import contact
from bahriya_tui.operations.session import Session
from bahriya_tui.store import audit, projects, regions, registries, secrets


@dataclass(frozen=True, slots=True)
class Verification:
    """What was found, and what it was found in."""

    entries: int
    head: Head
    anchors: int
    """Pull secrets that remember the log, as far as it was ever read back."""
    read_now: int
    """Of those, how many were read back for this."""
    findings: tuple[Finding, ...]
    unreachable: tuple[str, ...]
    """Regions that could not be asked now; what they said before still counts."""


def verify_log(s: Session, *, offline: bool = False) -> Verification:
    """Verify the log by itself and by what pull secrets in regions remember; `offline` asks none anew."""
    begun = now()
    unreachable = () if offline else _ask_regions(s)
    with s.store.read() as c:
        entries, anchors = audit.since(c), audit.anchors(c)
        versions = {
            (one.project, one.handle): one.version
            for project in projects.all(c)
            for one in registries.all(c, project.handle)
        }
    return Verification(
        entries=len(entries),
        head=Head(entries[-1].seq, entries[-1].hash) if entries else audit.head(s.connection),
        anchors=len(anchors),
        read_now=sum(one.read_at >= begun for one in anchors),
        findings=verify(entries, anchors) + strayed(entries, versions),
        unreachable=unreachable,
    )


def sentences(found: Verification) -> Sequence[str]:
    """Say it to an operator, the verdict first."""
    anchors = f"{found.anchors} anchors in regions, {found.read_now} of them read back now"
    holds = f"the audit log is as it was written: {found.entries} entries, {anchors}"
    verdict = "the audit log is not as it was written" if found.findings else holds
    asleep = f"not asked, out of reach: {', '.join(found.unreachable)}"
    return [verdict, *map(sentence, found.findings), *([asleep] if found.unreachable else [])]


def _ask_regions(s: Session) -> tuple[str, ...]:
    """Have the worker read back what regions remember; give those that did not answer, which stop nothing."""
    holding = sorted({secret.region for secret in secrets.applied(s.connection)})
    if not holding:
        return ()
    with suppress(Failed):
        contact(s, holding)
    late = regions.to_check(s.connection)
    return tuple(id_ for id_ in holding if id_ in late or regions.get(s.connection, id_).status != "active")
