"""Containers, their regions, and what was put there: `container`, `container_region`, `placement`."""

import json
from collections.abc import Iterable
from dataclasses import asdict, fields
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING

from bahriya_tui.model.container import (
    Container,
    ContainerStatus,
    InitJob,
    PlacedSecret,
    Placement,
    WorkloadKind,
)
from bahriya_tui.model.errors import BadInput, InUse, NotFound
from bahriya_tui.store import deployment_rows, projects, regions
from bahriya_tui.store.driver import Connection, Row
from bahriya_tui.store.narrowing import narrowed
from bahriya_tui.store.refusals import missing, taken

if TYPE_CHECKING:
    from sqlite_utils import Database


def all(c: Connection, project: str) -> list[Container]:  # noqa: A001
    """List a project's containers by handle."""
    rows = c.execute("SELECT * FROM container WHERE project = ? ORDER BY handle", [project])
    return _containers(c, rows.fetchall())


def get(c: Connection, project: str, handle: str) -> Container:
    """Find a container; `NotFound` names those of the project."""
    rows = c.execute("SELECT * FROM container WHERE project = ? AND handle = ?", [project, handle]).fetchall()
    if not rows:
        existing = [container.handle for container in all(c, project)]
        raise missing("container", handle, f'in project "{project}"', existing)
    return _containers(c, rows)[0]


def linked_to(c: Connection, registry_id: str) -> list[Container]:
    """List the containers that pull with this registry's credentials, if only an init job's image."""
    rows = c.execute(
        "SELECT * FROM container WHERE registry_id = :registry OR id IN"
        " (SELECT container_id FROM init_job WHERE registry_id = :registry) ORDER BY handle",
        {"registry": registry_id},
    )
    return _containers(c, rows.fetchall())


def insert(tx: "Database", container: Container) -> None:
    """Add a container.

    `BadInput` for a taken handle or a foreign registry, `NotFound` for an unknown region or project.
    """
    projects.get(tx.conn, container.project)
    _check(tx, container)
    if tx.conn.execute(
        "SELECT 1 FROM container WHERE project = ? AND handle = ?", [container.project, container.handle]
    ).fetchone():
        raise taken("container", container.handle, f'in project "{container.project}"')
    tx.table("container").insert(_row(container))
    _put_regions(tx, container)
    _put_init_jobs(tx, container)


def update(tx: "Database", container: Container) -> None:
    """Write a container as a whole, regions too; read it in the same transaction before.

    `NotFound` when it was deleted, otherwise the refusals of `insert`. Its revision never goes back.
    """
    _check(tx, container)
    row = _row(container)
    columns = ", ".join(f"{column} = :{column}" for column in row)
    written = tx.execute(f"UPDATE container SET {columns} WHERE id = :id", row)  # noqa: S608
    if written.rowcount != 1:
        raise NotFound(
            f'container "{container.handle}" was deleted meanwhile', "see `bahriya container list`"
        )
    _put_regions(tx, container)
    _put_init_jobs(tx, container)


def set_status(tx: "Database", id: str, status: ContainerStatus, revision: int | None = None) -> None:  # noqa: A002
    """Write the status; with `revision`, only while that is the latest. A deleted container is no error."""
    tx.execute(
        "UPDATE container SET status = ? WHERE id = ? AND revision = coalesce(?, revision)",
        [status, id, revision],
    )


def delete(tx: "Database", id: str) -> None:  # noqa: A002
    """Delete a container; its deployments and placements stay. `InUse` while a deployment is under way."""
    deployment = deployment_rows.active(tx.conn, id)
    if deployment is not None:
        raise InUse(
            f'container "{deployment.container}" has deployment {deployment.id} under way',
            "let it end, or cancel it first",
        )
    tx.execute("DELETE FROM container_region WHERE container_id = ?", [id])
    tx.execute("DELETE FROM init_job WHERE container_id = ?", [id])
    tx.execute("DELETE FROM container WHERE id = ?", [id])


def placements(
    c: Connection, project: str | None = None, container: str | None = None, region: str | None = None
) -> list[Placement]:
    """List what was put into regions, narrowed by what is given."""
    condition, given = narrowed(project=project, container=container, region=region)
    rows = c.execute(f"{_PLACED} WHERE {condition} ORDER BY project, container, region, more.name", given)
    return [_placement(list(of_one)) for _, of_one in groupby(rows, itemgetter(0, 1, 2))]


def place(tx: "Database", placement: Placement) -> None:
    """Write down what is, or is about to be, in a region; replaces what was known before, its secrets too."""
    tx.execute(_PLACE, _values(placement))
    where = (placement.project, placement.container, placement.region)
    tx.conn.executemany(
        "INSERT INTO placement_secret (project, container, region, name, registry_id, version)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        [(*where, one.name, one.registry_id, one.version) for one in placement.more],
    )


def _placement(rows: list[Row]) -> Placement:
    """Make a placement of its rows: one for each pull secret of an init job, or one where there is none."""
    end = len(_COLUMNS)
    more = tuple(PlacedSecret(*row[end:]) for row in rows if row[end] is not None)
    return Placement(*(*rows[0][:end], more))


_COLUMNS = tuple(field.name for field in fields(Placement) if field.name != "more")
"""The first three, which are those of `USING` too, are what tells one placement from another."""
_PLACED = (
    f"SELECT {', '.join(f'placement.{column}' for column in _COLUMNS)}, more.name, more.registry_id,"  # noqa: S608
    " more.version FROM placement LEFT JOIN placement_secret AS more USING (project, container, region)"
)
"""One statement: what is put there at the same time does not come between a placement and its secrets."""
_PLACE = (
    f"INSERT OR REPLACE INTO placement ({', '.join(_COLUMNS)})"  # noqa: S608
    f" VALUES ({', '.join('?' for _ in _COLUMNS)})"
)
"""Made once: a table's upsert makes it anew, and looks at the table, for each of hundreds of regions."""
_values = attrgetter(*_COLUMNS)


def unplace(
    tx: "Database", project: str, container: str, region: str, kind: WorkloadKind | None = None
) -> None:
    """Forget a placement (of that `kind`); with the last one in a region, that the namespace there is ours.

    With nothing of ours in it, it may be deleted and become somebody else's: it is looked at again.
    """
    tx.execute(
        "DELETE FROM placement WHERE project = ? AND container = ? AND region = ?"
        " AND kind = coalesce(?, kind)",
        [project, container, region, kind],
    )
    tx.execute(
        "DELETE FROM namespace WHERE region = :region AND project = :project AND NOT EXISTS"
        " (SELECT 1 FROM placement WHERE region = :region AND project = :project)",
        {"region": region, "project": project},
    )


def _check(tx: "Database", container: Container) -> None:
    if not container.regions:
        raise BadInput(f'container "{container.handle}" has no region', "name at least one")
    for region in container.regions:
        regions.get(tx.conn, region)
    pulling: tuple[Container | InitJob, ...] = (container, *container.init_jobs)
    for one in pulling:
        if one.registry_id is None:
            continue
        owner = tx.conn.execute("SELECT project FROM registry WHERE id = ?", [one.registry_id]).fetchone()
        if owner is None or owner["project"] != container.project:
            raise BadInput(
                f'registry "{one.registry}" does not belong to project "{container.project}"',
                "a container can only use a registry of its own project",
            )


def _put_regions(tx: "Database", container: Container) -> None:
    tx.execute("DELETE FROM container_region WHERE container_id = ?", [container.id])
    tx.conn.executemany(
        "INSERT INTO container_region (container_id, region, position) VALUES (?, ?, ?)",
        [(container.id, region, position) for position, region in enumerate(container.regions)],
    )


def _put_init_jobs(tx: "Database", container: Container) -> None:
    tx.execute("DELETE FROM init_job WHERE container_id = ?", [container.id])
    tx.conn.executemany(
        "INSERT INTO init_job (container_id, project, position, name, image, command, registry, registry_id,"
        " secret) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                container.id,
                container.project,
                position,
                job.name,
                job.image,
                json.dumps(job.command),
                job.registry,
                job.registry_id,
                job.secret,
            )
            for position, job in enumerate(container.init_jobs)
        ],
    )


def _row(container: Container) -> dict[str, object]:
    row = asdict(container)
    del row["regions"], row["init_jobs"]
    return {**row, "env": json.dumps(container.env)}


def _containers(c: Connection, rows: list[Row]) -> list[Container]:
    found: dict[str, list[str]] = {row["id"]: [] for row in rows}
    for id_, region in c.execute(
        "SELECT container_id, region FROM container_region"
        " WHERE container_id IN (SELECT value FROM json_each(?)) ORDER BY position",
        [json.dumps(list(found))],
    ):
        found[id_].append(region)
    jobs = _init_jobs(c, found)
    return [
        Container(
            **{
                **dict(row),
                "env": tuple((name, value) for name, value in json.loads(row["env"])),
                "regions": tuple(found[row["id"]]),
                "init_jobs": tuple(jobs.get(row["id"], ())),
            }
        )
        for row in rows
    ]


def _init_jobs(c: Connection, container_ids: Iterable[str]) -> dict[str, list[InitJob]]:
    found: dict[str, list[InitJob]] = {}
    for row in c.execute(
        "SELECT container_id, name, image, command, registry, registry_id, secret FROM init_job"
        " WHERE container_id IN (SELECT value FROM json_each(?)) ORDER BY position",
        [json.dumps(list(container_ids))],
    ):
        columns = dict(row)
        columns["command"] = tuple(json.loads(columns["command"]))
        found.setdefault(columns.pop("container_id"), []).append(InitJob(**columns))
    return found
