"""A region whose cluster is gone for good: what is known to be in it is given up, and it goes."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bahriya_tui.model.container import AppliedSecret, Container, Placement, Removal
from bahriya_tui.model.errors import InUse
from bahriya_tui.store import containers, deletions, regions, removals, secrets
from bahriya_tui.store.driver import Connection
from bahriya_tui.store.refusals import in_use

if TYPE_CHECKING:
    from sqlite_utils import Database


@dataclass(frozen=True, slots=True)
class GivenUp:
    """What is in a region as far as is known, and stays there if anything does."""

    workloads: tuple[Placement, ...]
    secrets: tuple[AppliedSecret, ...]
    """Each with a token in it."""
    removals: tuple[Removal, ...]
    """What was to go from there."""
    containers: tuple[Container, ...]
    """Those that are to run there, and elsewhere as well."""


def look(c: Connection, id: str) -> GivenUp:  # noqa: A002
    """Say what would be given up with a region; `InUse` for one that answers, or is still needed.

    That is by a deployment under way or held, or by a container that has no other region.
    """
    region = regions.get(c, id)
    if region.status != "unreachable":
        raise InUse(
            f"region {id} answered when it was last asked, so it is not given up",
            f"take out what is in it, then: bahriya region delete {id}",
        )
    meant = [containers.get(c, project, handle) for project, handle in c.execute(_MEANT, [id])]
    alone = [f"{one.project}/{one.handle}" for one in meant if one.regions == (id,)]
    deployments = [str(row[0]) for row in c.execute(_UNDER_WAY, [id])]
    refusal = in_use(
        f'region "{id}"',
        [("containers without another region", alone), ("deployments under way or held", deployments)],
        "cancel the deployments, give the containers another region: bahriya container edit HANDLE --region",
    )
    if refusal:
        raise refusal
    return GivenUp(
        tuple(containers.placements(c, region=id)),
        tuple(secrets.applied(c, region=id)),
        tuple(removals.pending(c, region=id)),
        tuple(meant),
    )


def forget(tx: "Database", id: str, now: str) -> GivenUp:  # noqa: A002
    """Delete a region with all that is known to be in it; raises as `look` does."""
    found = look(tx.conn, id)
    for one in found.containers:
        left = tuple(region for region in one.regions if region != id)
        containers.update(tx, replace(one, regions=left, updated_at=now))
    for placement in found.workloads:
        containers.unplace(tx, placement.project, placement.container, id)
    for secret in found.secrets:
        secrets.forget(tx, secret.project, id, secret.name)
    why = f"region {id} was given up"
    for table in ("removal", "secret_write"):
        tx.execute(
            f"UPDATE {table} SET state = 'done', last_error = ? WHERE region = ? AND state = 'pending'",  # noqa: S608
            [why, id],
        )
    regions.delete(tx, id)
    for registry in {one.registry_id for one in found.removals if one.registry_id is not None}:
        deletions.finish(tx, registry, now)
    return found


_MEANT = (
    "SELECT project, handle FROM container JOIN container_region ON container_id = container.id"
    " WHERE region = ? ORDER BY project, handle"
)
_UNDER_WAY = (
    "SELECT deployment.id FROM deployment JOIN deployment_region AS run ON deployment = deployment.id"
    " WHERE region = ? AND (deployment.state IN ('queued', 'running', 'cancelling')"
    " OR (deployment.state = 'held' AND run.state = 'held')) ORDER BY 1"
)
