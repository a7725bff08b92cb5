"""Pull secrets that are, or may be, in regions: the table `applied_secret`. Names only, never contents."""

from dataclasses import asdict
from typing import TYPE_CHECKING

from bahriya_tui.model.container import AppliedSecret
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
    """List the pull secrets that nothing of the project in a region pulls with.

    Needed is one that a workload there or its init jobs name, or that a deployment brings there. Where the
    last rollout of a container did not end well, old pods may still pull with what earlier ones named.
    """
    return [one for one in applied(c, project=project, region=region) if not _needed(c, one)]


def _needed(c: Connection, secret: AppliedSecret) -> bool:
    of = {"project": secret.project, "region": secret.region, "name": secret.name}
    return c.execute(_NEEDED, {**of, "quoted": f'"{secret.name}"'}).fetchone() is not None


# A spec names its secrets by names that are never used twice, whichever part of it pulls with them.
_NEEDED = """
SELECT 1 FROM placement LEFT JOIN deployment ON deployment.id = placement.deployment
  WHERE placement.project = :project AND region = :region
    AND (placement.secret = :name OR instr(spec, :quoted) > 0)
UNION ALL
SELECT 1 FROM placement JOIN deployment AS former USING (project, container)
  WHERE placement.project = :project AND region = :region AND instr(former.spec, :quoted) > 0
    AND NOT EXISTS (SELECT 1 FROM deployment_region AS run WHERE run.deployment = placement.deployment
      AND run.region = placement.region AND run.state = 'running')
    AND EXISTS (SELECT 1 FROM deployment_region AS run WHERE run.deployment = former.id
      AND run.region = placement.region)
UNION ALL
SELECT 1 FROM deployment JOIN deployment_region AS run ON run.deployment = deployment.id
  WHERE project = :project AND region = :region AND instr(spec, :quoted) > 0 AND kind = 'deploy'
    AND deployment.state IN ('queued', 'running', 'cancelling')
    AND run.state NOT IN ('running', 'failed', 'unreachable', 'held', 'cancelled')
LIMIT 1
"""


def note(tx: "Database", secret: AppliedSecret) -> None:
    """Write down a pull secret: without uid before it is sent, so that none is ever unknown, then with it."""
    tx.table("applied_secret").upsert(asdict(secret), pk=("project", "region", "name"))


def forget(tx: "Database", project: str, region: str, name: str) -> None:
    """Forget a pull secret that is gone from its region."""
    tx.execute(
        "DELETE FROM applied_secret WHERE project = ? AND region = ? AND name = ?", [project, region, name]
    )
