"""Who pulls with which version of a registry, as rows, a headline, and the sentences before a rotation."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bahriya_tui.model.container import Container
from bahriya_tui.model.pulling import Use
from bahriya_tui.tui.present.text import Cell, Column, Tone, cell, count, listed, literal

if TYPE_CHECKING:
    from bahriya_tui.operations.usage import Usage

COLUMNS = (
    Column("Container", 14, grow=2),
    Column("Region", 15, grow=2),
    Column("Token", 6),
    Column("Secret", 7),
    Column("Why", 20, grow=4),
    Column("Deployment", 10, drop=1, right=True),
)


def uses(usage: "Usage") -> tuple[Use, ...]:
    """List what pulls: first what still gets another token than the current one."""
    every = [pull for one in usage.versions for pull in one.pulls]
    return tuple(sorted(every, key=lambda pull: (pull.holds == usage.registry.version, pull.container)))


def key(use: Use) -> str:
    """Name a line."""
    return f"{use.container} {use.region} {use.version} {use.deployment} {use.why}"


def cells(use: Use, current: int) -> tuple[Cell, ...]:
    """Draw one container in one region."""
    tone: Tone = "good" if use.holds == current else "warn"
    mark = "●" if use.holds == current else "▲"
    return (
        cell(use.container, "name"),
        cell(use.region),
        cell(f"{mark} v{use.holds}", tone),
        cell(f"v{use.version}", "dim"),
        cell(use.words),
        cell(use.deployment, "dim"),
    )


def headline(usage: "Usage") -> Cell:
    """Say which version counts, and whether the old token may be revoked."""
    verdict, registry = usage.verdict, usage.registry
    tone: Tone = "good" if verdict.may_revoke else "warn" if verdict.others else "dim"
    mark = "●" if verdict.may_revoke else "▲" if verdict.others else "○"
    return (
        (f"{literal(registry.handle)} v{registry.version}   ", "name"),
        (f"{mark} {verdict.sentence}", tone),
    )


def unwritten(usage: "Usage") -> str:
    """Say which pull secrets do not hold yet what they are to hold; empty when there is none."""
    told = [
        f"{one.name} in {one.region} does not hold v{one.version} yet"
        + (f": {one.last_error}" if one.last_error else "")
        for one in usage.writes
    ]
    return literal(listed(told, 3))


def touched(usage: "Usage", users: Sequence[Container]) -> tuple[str, ...]:
    """Say what a rotation is about: who is linked and where, and who pulls with which version now."""
    id_ = usage.registry.id
    jobs = sum(job.registry_id == id_ for one in users for job in one.init_jobs)
    places = {region for one in users for region in one.regions}
    replicas = sum(one.replicas * len(one.regions) for one in users)
    if not users:
        linked = "No container is linked to it."
    else:
        parts = [count(len(users), "container"), *([count(jobs, "init job")] if jobs else [])]
        linked = (
            f"Linked: {' and '.join(parts)}, {count(replicas, 'replica')} "
            f"in {count(len(places), 'region')}: {listed([one.handle for one in users])}."
        )
    return (linked, *(_pulling(version, pulls) for version, pulls in _by_token(usage)))


def _by_token(usage: "Usage") -> list[tuple[int, list[Use]]]:
    every = uses(usage)
    return [(v, [one for one in every if one.holds == v]) for v in sorted({one.holds for one in every})]


def _pulling(version: int, pulls: Sequence[Use]) -> str:
    names = list(dict.fromkeys(one.container for one in pulls))
    return f"v{version} pulls: {listed(names)} in {count(len({one.region for one in pulls}), 'region')}."
