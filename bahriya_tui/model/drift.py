"""Drift: whether a registry's credentials in a region are what they should be, and what would mend it.

The rule compares what was written there, what runs there, and what the region showed when it was read back.
A registry is needed in a region where a workload was deployed with it, or that confirmed its pull secret.
Of a deleted registry only what is still there counts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from bahriya_tui.model.container import AppliedSecret, Placement
from bahriya_tui.model.handle import pull_secret, version_of
from bahriya_tui.model.observed import ObservedSecret, ObservedWorkload, ReadBack

CellState = Literal["in sync", "pending removal", "not read", "stale", "edited", "missing", "unreachable"]
STATES: tuple[CellState, ...] = (
    "in sync",
    "pending removal",
    "not read",
    "stale",
    "edited",
    "missing",
    "unreachable",
)
"""From good to bad: of several things found in a cell, the worst is its state."""
DRIFT: frozenset[CellState] = frozenset({"stale", "edited", "missing"})
"""What a live read-back found to be otherwise than it should be."""


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is known of one registry in one region."""

    registry: str
    """Its handle, also when it was deleted."""
    region: str
    current: int | None
    """The version that the next deployment takes; None when the registry was deleted."""
    versions: frozenset[int]
    """The numbers of its versions that are kept."""
    applied: tuple[AppliedSecret, ...]
    placements: tuple[Placement, ...]
    """Those that were deployed with it."""
    leaving: tuple[str, ...]
    """The names of its pull secrets whose removal is pending."""
    read: ReadBack | None = None
    secrets: tuple[ObservedSecret, ...] = ()
    """Everything of ours that the project has there, as are the workloads."""
    workloads: tuple[ObservedWorkload, ...] = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """What is true of one registry in one region."""

    registry: str
    region: str
    state: CellState
    version: int | None
    """The oldest version that something there pulls with; without such, the newest that was written."""
    detail: str
    hint: str
    """What the operator can do; empty when there is nothing to do."""
    read_at: str | None
    deleted: bool
    """Whether the registry is gone, and only its secrets are still there."""
    rewrite: tuple[AppliedSecret, ...] = ()
    """The pull secrets that writing them again would mend."""
    expires_at: str | None = None
    """When the first token in its pull secrets ends, where they were made for a time only."""


@dataclass(frozen=True, slots=True)
class _Finding:
    state: CellState
    detail: str
    rewrite: tuple[AppliedSecret, ...] = ()


def judge(facts: Facts) -> Cell | None:
    """Give the cell of one registry and region; None where the registry is not needed."""
    confirmed = any(one.uid is not None for one in facts.applied)
    running = bool(facts.placements) and facts.current is not None
    if not (running or confirmed or facts.leaving):
        return None
    pulls = _pulls(facts)
    findings = _findings(facts, pulls)
    worst: CellState = "in sync"
    for one in findings:
        worst = max(worst, one.state, key=STATES.index)
    told = [one for one in findings if one.state == worst]
    rewrite = tuple(secret for one in findings for secret in one.rewrite)
    return Cell(
        registry=facts.registry,
        region=facts.region,
        state=worst,
        version=_version(facts, pulls),
        detail="; ".join(one.detail for one in told),
        hint=_hint(facts, worst, mendable=bool(rewrite)),
        read_at=None if facts.read is None else facts.read.read_at,
        deleted=facts.current is None,
        rewrite=rewrite,
        expires_at=min((one.expires_at for one in facts.applied if one.expires_at), default=None),
    )


def _findings(facts: Facts, pulls: dict[str, set[str]]) -> list[_Finding]:
    leaving = [_Finding("pending removal", f"{name} is to be removed") for name in sorted(facts.leaving)]
    expected = _expected(facts, pulls)
    if facts.current is None or (leaving and not expected):
        return leaving
    if facts.read is not None and facts.read.error:
        return [_Finding("unreachable", facts.read.error)]
    if facts.read is None or facts.read.read_at is None:
        return [*leaving, _Finding("not read", "it was not read back yet")]
    there = {one.name: one for one in facts.secrets}
    compared = (_compared(facts, name, there.get(name), pulls) for name in expected)
    return [
        *leaving,
        *(finding for finding in compared if finding is not None),
        *_not_redeployed(facts, pulls, there),
        *_changed_workloads(facts, pulls),
    ]


def _pulls(facts: Facts) -> dict[str, set[str]]:
    """Give what pulls there with which of this registry's secrets, by name of the workload.

    What the region shows counts; where it shows no such workload, what was deployed does.
    """
    ours = {pull_secret(facts.registry, version) for version in facts.versions}
    ours |= {one.name for one in facts.applied} | {one.secret for one in facts.placements if one.secret}
    pulls = {one.container: {one.secret} if one.secret else set() for one in facts.placements}
    for workload in facts.workloads:
        named = ours & set(workload.secrets.split())
        if named or workload.name in pulls:
            pulls[workload.name] = named
    return pulls


def _expected(facts: Facts, pulls: dict[str, set[str]]) -> list[str]:
    """Name the secrets that have to be there: those that something pulls with, and the newest confirmed."""
    confirmed = [one for one in facts.applied if one.uid is not None and one.name not in facts.leaving]
    newest = max(confirmed, key=lambda one: one.version, default=None)
    names = {name for named in pulls.values() for name in named} | ({newest.name} if newest else set())
    return sorted(names - set(facts.leaving))


def _compared(
    facts: Facts, name: str, there: ObservedSecret | None, pulls: dict[str, set[str]]
) -> _Finding | None:
    """Hold one secret against what the region showed of it; it can be mended while its token is kept."""
    written = next((one for one in facts.applied if one.name == name), None)
    mend = (written,) if written is not None and written.holds in facts.versions else ()
    if there is None:
        users = sorted(workload for workload, named in pulls.items() if name in named)
        who = f", so {' and '.join(users)} cannot pull" if users else ""
        return _Finding("missing", f"{name} is not there{who}", mend)
    if there.edited_by:
        return _Finding("edited", f"{name} was changed by {there.edited_by}", mend)
    if written is not None and written.uid not in (None, there.uid):
        return _Finding("edited", f"{name} was replaced by another secret of that name", mend)
    if there.version != version_of(name):
        return _Finding("edited", f"{name} no longer says which version it is", mend)
    if written is not None and there.holds != written.holds:
        return _Finding("stale", f"{name} holds v{there.holds}, but was to hold v{written.holds}", mend)
    return None


def _not_redeployed(
    facts: Facts, pulls: dict[str, set[str]], there: dict[str, ObservedSecret]
) -> Iterable[_Finding]:
    """Find the workloads that pull with another password than the current one."""
    for workload, names in sorted(pulls.items()):
        for name in sorted(names):
            held = there[name].holds if name in there else None
            version = held or version_of(name)
            if version != facts.current:
                yield _Finding("stale", f"{workload} pulls with v{version}, current is v{facts.current}")


def _changed_workloads(facts: Facts, pulls: dict[str, set[str]]) -> Iterable[_Finding]:
    """Find the workloads that were deployed with a secret of the registry, and name none any more."""
    deployed = {one.container for one in facts.placements if one.secret is not None}
    for workload, names in sorted(pulls.items()):
        if not names and workload in deployed:
            yield _Finding("edited", f"{workload} no longer names a pull secret of it")


def _version(facts: Facts, pulls: dict[str, set[str]]) -> int | None:
    pulled = [version_of(name) for names in pulls.values() for name in names]
    if pulled:
        return min(pulled)
    return max((one.version for one in facts.applied), default=None)


def _hint(facts: Facts, state: CellState, *, mendable: bool) -> str:
    if state == "unreachable":
        return f"bahriya region check {facts.region}"
    if mendable:
        return f"bahriya matrix --repair --registry {facts.registry} --region {facts.region}"
    if state in DRIFT:
        return f"bahriya deploy --all-using {facts.registry}"
    return ""
