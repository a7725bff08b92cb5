"""What pulls with a pull secret: the specs that name it, read from placements and deployments.

A spec names its secrets in whichever part of it pulls with them, by names that are never used twice in a
project. So it is enough that the name stands in it.
"""

import json
from collections.abc import Iterable

from bahriya_tui.model.handle import version_of
from bahriya_tui.model.pulling import Use
from bahriya_tui.store.driver import Connection

# Where the last rollout of a container did not end well, old pods are left of those since the last that did.
_NAMING = """
WITH naming AS (
  SELECT placement.container, placement.region, placement.deployment, 'placed' AS why
    FROM {placement} LEFT JOIN deployment ON deployment.id = placement.deployment
    WHERE placement.project = :project {in_placement}
      AND (placement.secret = :name OR instr(spec, :quoted) > 0)
  UNION
  SELECT placement.container, placement.region, placement.deployment, 'unfinished'
    FROM {placement} CROSS JOIN deployment AS former
      ON former.project = placement.project AND former.container = placement.container
    JOIN deployment_region AS run ON run.deployment = former.id AND run.region = placement.region
    WHERE placement.project = :project {in_placement} AND instr(former.spec, :quoted) > 0
      AND former.id < placement.deployment AND former.kind = 'deploy'
      AND NOT EXISTS (SELECT 1 FROM deployment_region AS last WHERE last.deployment = placement.deployment
        AND last.region = placement.region AND last.state = 'running')
      AND former.id >= coalesce((SELECT max(good.id) FROM deployment AS good
        JOIN deployment_region AS there ON there.deployment = good.id
        WHERE good.project = placement.project AND good.container = placement.container
          AND good.kind = 'deploy' AND good.id < placement.deployment
          AND there.region = placement.region AND there.state = 'running'), 0)
  UNION
  SELECT deployment.container, run.region, deployment.id,
      iif(deployment.state = 'held', 'held', 'under way')
    FROM deployment INDEXED BY deployment_open JOIN deployment_region AS run ON run.deployment = deployment.id
    WHERE deployment.state IN ('queued', 'running', 'cancelling', 'held') AND deployment.kind = 'deploy'
      AND deployment.project = :project {in_run} AND instr(spec, :quoted) > 0 AND (
      (deployment.state IN ('queued', 'running', 'cancelling')
        AND run.state NOT IN ('running', 'failed', 'unreachable', 'held', 'cancelled'))
      OR (deployment.state = 'held' AND run.state = 'held' AND EXISTS (SELECT 1 FROM container
        WHERE container.id = container_id AND container.revision = deployment.revision)))
)
SELECT naming.*, holds FROM naming LEFT JOIN applied_secret AS applied
  ON applied.project = :project AND applied.region = naming.region AND applied.name = :name
  ORDER BY container, naming.region, deployment
"""
_ANYWHERE = _NAMING.format(placement="placement", in_placement="", in_run="")
_THERE = _NAMING.format(
    placement="placement INDEXED BY placement_by_region",
    in_placement="AND placement.region = :region",
    in_run="AND run.region = :region",
)


def naming(c: Connection, project: str, name: str, region: str | None = None) -> list[Use]:
    """List what pulls with the secret called `name`, or may still do so, or is about to."""
    version = version_of(name)
    of = {"project": project, "name": name, "quoted": f'"{name}"', "region": region}
    statement = _ANYWHERE if region is None else _THERE
    return [
        Use(
            container=row["container"],
            region=row["region"],
            version=version,
            holds=row["holds"] or version,
            deployment=row["deployment"],
            why=row["why"],
        )
        for row in c.execute(statement, of)
    ]


_ENDED_WELL = """
SELECT max(coalesce(run.finished_at, '')) FROM deployment
JOIN deployment_region AS run ON run.deployment = deployment.id AND run.state = 'running'
WHERE deployment.project = :project AND deployment.container IN (SELECT value FROM json_each(:containers))
  AND instr(spec, :quoted) > 0 AND json_extract(spec, '$.type') <> 'cronjob'
"""


def ended_well(c: Connection, project: str, name: str, containers: Iterable[str]) -> str | None:
    """Tell when one of `containers` last came to run anywhere by a rollout that pulled with secret `name`.

    None when none did. A cronjob that was applied has pulled nothing yet.
    """
    of = {"project": project, "quoted": f'"{name}"', "containers": json.dumps(list(containers))}
    found: str | None = c.execute(_ENDED_WELL, of).fetchone()[0]
    return found
