"""A container leaves regions: what of it has to go from there, its pull secret too when nobody needs it."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from bahriya_tui.model.container import Container, Placement
from bahriya_tui.store import containers, removals, secrets

if TYPE_CHECKING:
    from sqlite3 import Connection

    from sqlite_utils import Database


def leave_regions(tx: "Database", container: Container, gone: Iterable[str], now: str) -> list[int]:
    """Ask for the removal of what `container` has in the regions `gone`; gives the ids of the removals.

    From then on the removals stand for what is still there, so that it keeps nobody else's secret alive.
    """
    asked: list[int] = []
    for region in gone:
        for placement in containers.placements(tx.conn, container.project, container.handle, region):
            asked += _remove_workload(tx, placement, now)
            if placement.registry_id is not None:
                asked += _remove_secrets(tx, placement, placement.registry_id, container, now)
            containers.unplace(tx, container.project, container.handle, region)
    return asked


def _remove_workload(tx: "Database", placement: Placement, now: str) -> list[int]:
    reason = f"container {placement.container} left this region"
    return [
        removals.add(
            tx,
            project=placement.project,
            region=placement.region,
            kind=kind,
            name=placement.container,
            uid=uid,
            reason=reason,
            now=now,
        )
        for kind, uid in (("Deployment", placement.workload_uid), ("Service", placement.service_uid))
    ]


def _remove_secrets(
    tx: "Database", placement: Placement, registry_id: str, container: Container, now: str
) -> list[int]:
    if _needed_by_others(tx.conn, registry_id, container, placement.region):
        return []
    reason = f"container {container.handle} left this region, and nothing else there needs it"
    known = secrets.applied(
        tx.conn, project=placement.project, region=placement.region, registry_id=registry_id
    )
    return [
        removals.add(
            tx,
            project=placement.project,
            region=placement.region,
            kind="Secret",
            name=secret.name,
            uid=secret.uid,
            reason=reason,
            now=now,
        )
        for secret in known
    ]


def _needed_by_others(c: "Connection", registry_id: str, container: Container, region: str) -> bool:
    linked = containers.linked_to(c, registry_id)
    meant = any(other.id != container.id and region in other.regions for other in linked)
    placed = containers.placements(c, project=container.project, region=region)
    return meant or any(p.registry_id == registry_id and p.container != container.handle for p in placed)
