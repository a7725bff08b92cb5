"""Reading deployments: `deployment` with the `deployment_region` rows that belong to it."""

import json
from collections.abc import Iterable
from typing import NamedTuple

from bahriya_tui.model.deployment import Deployment, InitRun, RegionRun, RegionState, Spec, State
from bahriya_tui.model.errors import NotFound
from bahriya_tui.store.driver import Connection, Row
from bahriya_tui.store.narrowing import narrowed

_COLUMNS = (
    "id, project, container, container_id, revision, kind, state, spec, max_parallel, cancel_requested,"
    " fence, created_by, created_at, started_at, finished_at, plaintext_ms, isolation,"
    " canary, soak_seconds, gate, max_failures, take_over"
)

_COLUMNS_OF_NEWEST = ", ".join(f"deployment.{column.strip()}" for column in _COLUMNS.split(","))
_CONTAINERS_NEWEST = (
    "container JOIN deployment ON container_id = container.id AND deployment.revision = container.revision"
)
"""Each container that was ever deployed with its newest deployment, found by an index."""

PULLS_WITH = (
    "(json_extract(spec, '$.registry_id') = :registry OR EXISTS (SELECT 1 FROM"
    " json_each(spec, '$.init_jobs') WHERE json_extract(value, '$.registry_id') = :registry))"
)
"""Condition on a deployment: its own image, or an init job's, is pulled with registry `:registry`."""


class Newest(NamedTuple):
    """How the newest deployment of a container went."""

    container: str
    state: State
    started_at: str | None
    finished_at: str | None
    id: int
    container_id: str
    created_by: str
    created_at: str


def all(  # noqa: A001
    c: Connection, project: str, container: str | None = None, limit: int = 200
) -> list[Deployment]:
    """List the newest deployments of a project, or of one container in it, newest first."""
    condition, given = narrowed(project=project, container=container)
    rows = c.execute(
        f"SELECT {_COLUMNS} FROM deployment WHERE {condition} ORDER BY id DESC LIMIT :limit",  # noqa: S608
        {**given, "limit": limit},
    )
    return _deployments(c, rows.fetchall())


def newest(c: Connection, project: str, before: int | None = None) -> list[Newest]:
    """Tell how the newest deployment of each container of a project went, by handle.

    With `before`, of those containers alone whose newest one has a number below it.
    """
    rows = c.execute(
        "SELECT container.handle, deployment.state, deployment.started_at, deployment.finished_at,"  # noqa: S608
        " deployment.id, container_id, deployment.created_by, deployment.created_at"
        f" FROM {_CONTAINERS_NEWEST} WHERE container.project = :project"
        " AND (:before IS NULL OR deployment.id < :before) ORDER BY container.handle",
        {"project": project, "before": before},
    )
    return [Newest(*row) for row in rows]


def newest_of_failing(c: Connection, project: str) -> list[Deployment]:
    """List the newest deployment of each container of a project in the state `error`, unless it is held."""
    rows = c.execute(
        f"SELECT {_COLUMNS_OF_NEWEST} FROM {_CONTAINERS_NEWEST}"  # noqa: S608
        " WHERE container.project = ? AND container.status = 'error' AND deployment.state <> 'held'",
        [project],
    )
    return _deployments(c, rows.fetchall())


def unfinished(c: Connection, project: str, before: int) -> list[Deployment]:
    """List the deployments with a number below `before` that are queued, under way or held, newest first.

    Only the newest of its container, which all but held ones are: no second one begins beside them.
    """
    rows = c.execute(
        f"SELECT {_COLUMNS_OF_NEWEST} FROM deployment INDEXED BY deployment_open"  # noqa: S608
        " JOIN container ON container.id = container_id AND container.revision = deployment.revision"
        " WHERE deployment.project = ? AND deployment.id < ?"
        " AND deployment.state IN ('queued', 'running', 'cancelling', 'held') ORDER BY deployment.id DESC",
        [project, before],
    )
    return _deployments(c, rows.fetchall())


def get(c: Connection, id: int) -> Deployment:  # noqa: A002
    """Find a deployment by its number."""
    rows = c.execute(f"SELECT {_COLUMNS} FROM deployment WHERE id = ?", [id]).fetchall()  # noqa: S608
    if not rows:
        raise NotFound(f"no deployment {id}", "see `bahriya deployment list`")
    return _deployments(c, rows)[0]


def done_before(c: Connection, container_id: str, id: int) -> Deployment | None:  # noqa: A002
    """Find the newest deployment of a container before number `id` that came to run everywhere."""
    rows = c.execute(
        f"SELECT {_COLUMNS} FROM deployment WHERE container_id = ? AND id < ?"  # noqa: S608
        " AND kind = 'deploy' AND state = 'done' ORDER BY revision DESC LIMIT 1",
        [container_id, id],
    ).fetchall()
    return _deployments(c, rows)[0] if rows else None


def next_id(c: Connection) -> int:
    """Give the number that the next deployment gets; none is used twice."""
    row = c.execute("SELECT seq FROM sqlite_sequence WHERE name = 'deployment'").fetchone()
    return 1 if row is None else int(row["seq"]) + 1


def active(c: Connection, container_id: str) -> Deployment | None:
    """Give the one deployment of a container that is queued or under way."""
    rows = c.execute(
        f"SELECT {_COLUMNS} FROM deployment WHERE container_id = ?"  # noqa: S608
        " AND state IN ('queued', 'running', 'cancelling')",
        [container_id],
    ).fetchall()
    return _deployments(c, rows)[0] if rows else None


def under_way(c: Connection) -> list[int]:
    """List the deployments of all projects that are queued or under way."""
    rows = c.execute(
        "SELECT id FROM deployment WHERE state IN ('queued', 'running', 'cancelling') ORDER BY id"
    )
    return [row[0] for row in rows]


def latest_states(c: Connection, container_id: str) -> dict[str, RegionState | None]:
    """Give the state of each active region of a container in the latest deployment that it was not spared.

    None where there was no such deployment; empty when the container was deleted.
    """
    rows = c.execute(
        "SELECT region, (SELECT run.state FROM deployment CROSS JOIN deployment_region AS run"
        " ON run.deployment = deployment.id AND run.region = active.region"
        " WHERE deployment.container_id = active.container_id AND run.state NOT IN ('cancelled', 'held')"
        " ORDER BY deployment.revision DESC LIMIT 1) AS state"
        " FROM container_region AS active WHERE container_id = ?",
        [container_id],
    )
    return {row["region"]: row["state"] for row in rows}


def to_cancel(c: Connection, ids: Iterable[int]) -> list[int]:
    """List those of these deployments whose end was asked for."""
    rows = c.execute(
        "SELECT id FROM deployment WHERE cancel_requested AND id IN (SELECT value FROM json_each(?))",
        [json.dumps(list(ids))],
    )
    return [row[0] for row in rows]


def needing(c: Connection, registry_id: str) -> list[int]:
    """List the deployments that still have to send this registry's credentials: under way, or held.

    A held one counts only while it is its container's latest; an older one cannot be resumed.
    """
    rows = c.execute(
        "SELECT deployment.id FROM deployment JOIN container ON container.id = container_id"  # noqa: S608
        f" WHERE {PULLS_WITH} AND (deployment.state IN ('queued', 'running',"
        " 'cancelling') OR (deployment.state = 'held' AND deployment.revision = container.revision))"
        " ORDER BY deployment.id",
        {"registry": registry_id},
    )
    return [row[0] for row in rows]


def _deployments(c: Connection, rows: list[Row]) -> list[Deployment]:
    runs: dict[int, list[RegionRun]] = {row["id"]: [] for row in rows}
    for run in c.execute(
        "SELECT deployment, region, wave, state, message, updated, replicas, started_at, finished_at"
        " FROM deployment_region WHERE deployment IN (SELECT value FROM json_each(?)) ORDER BY position",
        [json.dumps(list(runs))],
    ):
        columns = dict(run)
        runs[columns.pop("deployment")].append(RegionRun(**columns))
    return [
        Deployment(
            **{
                **dict(row),
                "spec": _spec(row["spec"]),
                "cancel_requested": bool(row["cancel_requested"]),
                "take_over": bool(row["take_over"]),
                "regions": tuple(runs[row["id"]]),
            }
        )
        for row in rows
    ]


def _spec(text: str) -> Spec:
    columns = json.loads(text)
    columns["env"] = tuple((name, value) for name, value in columns["env"])
    # Deployments of earlier releases have none of these.
    jobs = columns.get("init_jobs", [])
    columns["init_jobs"] = tuple(InitRun(**{**job, "command": tuple(job["command"])}) for job in jobs)
    return Spec(**columns)
