"""A container leaves regions: what of it has to go from there, its pull secret too when nobody needs it."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from bahriya_tui.model.container import Container, Placement
from bahriya_tui.store import containers, removals, secrets

if TYPE_CHECKING:
    from sqlite_utils import Database


def leave_regions(tx: "Database", container: Container, gone: Iterable[str], now: str) -> list[int]:
    """Ask for the removal of what `container` has in the regions `gone`; gives the ids of the removals.

    From then on the removals stand for what is still there, so that it keeps nobody else's secret alive.
    """
    asked: list[int] = []
    for region in gone:
        for placement in containers.placements(tx.conn, container.project, container.handle, region):
            asked += _remove_workload(tx, placement, now)
            containers.unplace(tx, container.project, container.handle, region)
        asked += _remove_secrets(tx, container, region, now)
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
        for kind, uid in [*placement.workloads, ("Service", placement.service_uid)]
    ]


def _remove_secrets(tx: "Database", container: Container, region: str, now: str) -> list[int]:
    return [
        removals.add(
            tx,
            project=secret.project,
            region=secret.region,
            kind="Secret",
            name=secret.name,
            uid=secret.uid,
            reason=f"container {container.handle} left this region, and nothing else there needs it",
            now=now,
        )
        for secret in secrets.unneeded(tx.conn, container.project, region)
    ]
