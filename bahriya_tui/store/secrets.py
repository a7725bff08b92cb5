"""Pull secrets that are, or may be, in regions: the table `applied_secret`. Names only, never contents."""

from dataclasses import asdict
from typing import TYPE_CHECKING

from bahriya_tui.model.container import AppliedSecret
from bahriya_tui.store.deployment_rows import PULLS_WITH
from bahriya_tui.store.driver import Connection

if TYPE_CHECKING:
    from sqlite_utils import Database


def applied(
    c: Connection, *, project: str | None = None, region: str | None = None, registry_id: str | None = None
) -> list[AppliedSecret]:
    """List pull secrets, narrowed by what is given."""
    rows = c.execute(
        "SELECT * FROM applied_secret WHERE (:project IS NULL OR project = :project)"
        " AND (:region IS NULL OR region = :region) AND (:registry IS NULL OR registry_id = :registry)"
        " ORDER BY project, registry, version, region",
        {"project": project, "region": region, "registry": registry_id},
    )
    return [AppliedSecret(**row) for row in rows]


def unneeded(c: Connection, project: str, region: str) -> list[AppliedSecret]:
    """List the pull secrets of registries that nothing of the project in a region pulls with.

    Needed are all versions of a registry that a workload there names, or that a deployment brings there: old
    pods may still pull with an older version.
    """
    return [one for one in applied(c, project=project, region=region) if not _needed(c, one)]


def _needed(c: Connection, secret: AppliedSecret) -> bool:
    where = {"project": secret.project, "region": secret.region, "registry": secret.registry_id}
    return c.execute(_NEEDED, where).fetchone() is not None


_NEEDED = f"""
SELECT 1 FROM placement WHERE project = :project AND region = :region AND registry_id = :registry
UNION ALL
SELECT 1 FROM placement_secret WHERE project = :project AND region = :region AND registry_id = :registry
UNION ALL
SELECT 1 FROM deployment JOIN deployment_region ON deployment = deployment.id
  WHERE project = :project AND region = :region AND {PULLS_WITH} AND kind = 'deploy'
    AND deployment.state IN ('queued', 'running', 'cancelling')
    AND deployment_region.state NOT IN ('running', 'failed', 'unreachable', 'held', 'cancelled')
LIMIT 1
"""  # noqa: S608 - nothing in it comes from outside


def note(tx: "Database", secret: AppliedSecret) -> None:
    """Write down a pull secret: without uid before it is sent, so that none is ever unknown, then with it."""
    tx.table("applied_secret").upsert(asdict(secret), pk=("project", "region", "name"))


def forget(tx: "Database", project: str, region: str, name: str) -> None:
    """Forget a pull secret that is gone from its region."""
    tx.execute(
        "DELETE FROM applied_secret WHERE project = ? AND region = ? AND name = ?", [project, region, name]
    )
