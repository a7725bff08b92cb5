"""The matrix: registry by region, held against what the regions show when they are read back."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from bahriya_tui.model.clock import now
from bahriya_tui.model.container import AppliedSecret, Placement, SecretWrite
from bahriya_tui.model.drift import Cell, Facts, judge
from bahriya_tui.model.errors import Failed
from bahriya_tui.operations import waiting
from bahriya_tui.operations.protect import refuse_protected
from bahriya_tui.operations.record import record
from bahriya_tui.operations.session import Session
from bahriya_tui.store import (
    containers,
    history,
    observations,
    regions,
    registries,
    removals,
    secret_writes,
    secrets,
)

if TYPE_CHECKING:
    from sqlite_utils import Database

    from bahriya_tui.store.driver import Connection

T = TypeVar("T")
K = TypeVar("K")

READ_SECONDS = 60.0
"""To wait for the worker; a region that does not answer is given up after a few seconds."""

REPAIR_SECONDS = 120.0
"""To wait for regions to confirm a repair; the worker goes on afterwards."""


@dataclass(frozen=True, slots=True)
class Matrix:
    """The matrix at one moment, with what its cells were judged by, and what is being done about them."""

    cells: tuple[tuple[Cell, Facts], ...]
    """By registry, then region."""
    reading: frozenset[str]
    """The regions that are to be read back, and have not answered yet."""
    writes: tuple[SecretWrite, ...]
    """The pull secrets that are to be written again, and no region has confirmed yet."""


def look(c: "Connection", project: str) -> Matrix:
    """Give every cell with its facts, by what was read back last. Call it within one read transaction."""
    judged = ((judge(facts), facts) for facts in _facts(c, project))
    return Matrix(
        cells=tuple((cell, facts) for cell, facts in judged if cell is not None),
        reading=frozenset(one.region for one in observations.requested(c) if one.project == project),
        writes=tuple(secret_writes.pending(c, project=project)),
    )


def matrix(s: Session, project: str, *, registry: str | None = None, region: str | None = None) -> list[Cell]:
    """Give every cell where a registry is needed, by what was read back last; by registry, then region.

    Narrowed by what is given; `NotFound` when there is no such registry or region.
    """
    with s.store.read() as c:
        cells = [cell for cell in map(judge, _facts(c, project)) if cell is not None]
        if registry is not None and registry not in {cell.registry for cell in cells}:
            registries.get(c, project, registry)
        if region is not None:
            regions.get(c, region)
    return [one for one in cells if registry in (None, one.registry) and region in (None, one.region)]


def read_back(s: Session, project: str, ids: Iterable[str]) -> None:
    """Have the worker read the project back from regions, all at the same time, and wait until it has."""
    wanted = set(ids)
    if not wanted:
        return
    request_read_back(s, project, wanted)

    def done() -> bool:
        asked = observations.requested(s.connection)
        return wanted.isdisjoint(one.region for one in asked if one.project == project)

    if not waiting.until(s, done, READ_SECONDS):
        raise Failed(f"no answer of the worker within {READ_SECONDS:.0f} s", f"look into {s.places.logs}")


def request_read_back(s: Session, project: str, ids: Iterable[str]) -> None:
    """Have the worker read the project back from regions, without waiting for it."""
    with s.store.write() as tx:
        for region in ids:
            observations.request(tx, project, region, now())
    s.wake_worker()


def repair(s: Session, project: str, cells: Iterable[Cell]) -> list[int]:
    """Have the missing and edited pull secrets of `cells` written again; gives the ids to wait for.

    What somebody changed in them is overwritten: asking for the repair is the confirmation. Only secrets of
    ours are written over. `Protected` for regions that were not named.
    """
    asked: list[int] = []
    broken = [cell for cell in cells if cell.rewrite]
    with s.store.write() as tx:
        refuse_protected(s, tx.conn, [cell.region for cell in broken], "a repair of pull secrets")
        for cell in broken:
            asked += [_write_again(tx, s.actor, secret, cell) for secret in cell.rewrite]
            _record(tx, s, project, cell)
    if asked:
        s.wake_worker()
    return asked


def _write_again(tx: "Database", actor: str, secret: AppliedSecret, cell: Cell) -> int:
    return secret_writes.ask(
        tx,
        project=secret.project,
        region=secret.region,
        name=secret.name,
        registry_id=secret.registry_id,
        version=secret.holds,
        reason=f"it was found {cell.state}",
        actor=actor,
        now=now(),
        force=True,
    )


def _record(tx: "Database", s: Session, project: str, cell: Cell) -> None:
    names = ", ".join(secret.name for secret in cell.rewrite)
    message = f"{names} is to be written again, over what others changed ({cell.state}: {cell.detail})"
    versions = [secret.holds for secret in cell.rewrite]
    record(
        tx,
        s.who,
        "registry.repaired",
        message,
        project=project,
        registry=cell.registry,
        region=cell.region,
        versions=versions,
    )


def _facts(c: "Connection", project: str) -> list[Facts]:
    """Put together what is known of each registry in each region, deleted ones included."""
    known = {one.id: one for one in registries.all(c, project) if not one.deleting}
    kept = {id_: frozenset(one.version for one in history.all(c, id_)) for id_ in known}
    applied = secrets.applied(c, project=project)
    written = _grouped(applied, lambda one: (one.registry_id, one.region))
    users = [user for one in containers.placements(c, project=project) for user in _users(one)]
    placed = _grouped(users, lambda one: (one.registry_id or "", one.region))
    pending = removals.pending(c, project=project)
    leaving = {(one.region, one.name) for one in pending if one.kind == "Secret"}
    read = {one.region: one for one in observations.all(c, project)}
    there = _grouped(observations.secrets(c, project), lambda one: one.region)
    workloads = _grouped(observations.workloads(c, project), lambda one: one.region)
    handles = {one.registry_id: one.registry for one in applied}
    handles |= {id_: registry.handle for id_, registry in known.items()}
    facts = []
    for id_, region in written.keys() | {pair for pair in placed if pair[0] in known}:
        secrets_here = tuple(written.get((id_, region), ()))
        facts.append(
            Facts(
                registry=handles[id_],
                region=region,
                current=known[id_].version if id_ in known else None,
                versions=kept.get(id_, frozenset()),
                applied=secrets_here,
                placements=tuple(placed.get((id_, region), ())),
                leaving=tuple(one.name for one in secrets_here if (region, one.name) in leaving),
                read=read.get(region),
                secrets=tuple(there.get(region, ())),
                workloads=tuple(workloads.get(region, ())),
            )
        )
    return sorted(facts, key=lambda one: (one.registry, one.region, one.current is None))


def _users(placement: Placement) -> Iterable[Placement]:
    """Give a placement once for each registry it pulls with: its own, and those of its init jobs."""
    yield placement
    for one in placement.more:
        yield replace(placement, secret=one.name, registry_id=one.registry_id, version=one.version)


def _grouped(found: Iterable[T], key: Callable[[T], K]) -> dict[K, list[T]]:
    groups: dict[K, list[T]] = {}
    for one in found:
        groups.setdefault(key(one), []).append(one)
    return groups
