"""Deployments: reading them, and what operators ask for; `leases` has what a worker writes of them."""

import json
from dataclasses import asdict, astuple
from typing import TYPE_CHECKING

from bahriya_tui.model.container import Container
from bahriya_tui.model.deployment import ACTIVE, ALL_AT_ONCE, Deployment, Kind, Manner, Spec
from bahriya_tui.model.errors import BadInput, InUse, NotFound
from bahriya_tui.store.deployment_rows import (
    active,
    all,  # noqa: A004
    done_before,
    get,
    latest_states,
    needing,
    newest,
    newest_of_failing,
    next_id,
    to_cancel,
    under_way,
    unfinished,
)
from bahriya_tui.store.leases import (
    add_opening,
    claim,
    end_leases,
    extend,
    move,
    move_region,
    note_region,
    owned,
)

if TYPE_CHECKING:
    from sqlite_utils import Database

    from bahriya_tui.store.driver import Connection

__all__ = [
    "active",
    "add_opening",
    "all",
    "claim",
    "done_before",
    "end_leases",
    "extend",
    "get",
    "insert",
    "latest_states",
    "move",
    "move_region",
    "needing",
    "newest",
    "newest_of_failing",
    "next_id",
    "note_region",
    "owned",
    "refuse_second",
    "request_cancel",
    "requeue_held",
    "to_cancel",
    "under_way",
    "unfinished",
]


def insert(
    tx: "Database",
    *,
    container: Container,
    kind: Kind,
    spec: Spec,
    waves: tuple[tuple[str, ...], ...],
    max_parallel: int,
    actor: str,
    now: str,
    manner: Manner = ALL_AT_ONCE,
) -> Deployment:
    """Queue the next revision of a container and write its new status; `InUse` while one is active."""
    refuse_second(tx.conn, container.id)
    now_stored = tx.conn.execute(
        "SELECT revision, status FROM container WHERE id = ?", [container.id]
    ).fetchone()
    if now_stored is None:
        raise NotFound(
            f'container "{container.handle}" was deleted meanwhile', "see `bahriya container list`"
        )
    revision = now_stored["revision"] + 1
    row = tx.execute(
        "INSERT INTO deployment (project, container, container_id, revision, kind, state, spec,"
        " max_parallel, status_before, created_by, created_at,"
        " canary, soak_seconds, gate, max_failures, take_over)"
        " VALUES (?, ?, ?, ?, ?, 'queued', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
        [
            container.project,
            container.handle,
            container.id,
            revision,
            kind,
            json.dumps(asdict(spec)),
            max_parallel,
            now_stored["status"],
            actor,
            now,
            *astuple(manner),
        ],
    ).fetchone()
    _insert_regions(tx, row["id"], waves)
    status = "provisioning" if kind == "deploy" else "terminating"
    tx.execute("UPDATE container SET revision = ?, status = ? WHERE id = ?", [revision, status, container.id])
    return get(tx.conn, row["id"])


def request_cancel(tx: "Database", id: int, now: str) -> Deployment:  # noqa: A002
    """Ask for the end of a deployment: at once when no worker has it, otherwise its worker will see to it.

    A queued one leaves its container as it was. `BadInput` when it has ended already.
    """
    deployment = get(tx.conn, id)
    if deployment.state == "queued":
        _cancel_queued(tx, deployment, now)
    elif deployment.state == "held":
        tx.execute(
            "UPDATE deployment SET state = 'cancelled', cancel_requested = 1, finished_at = ? WHERE id = ?",
            [now, id],
        )
        _give_up_held(tx, id, now)
    elif deployment.state in ACTIVE:
        tx.execute("UPDATE deployment SET state = 'cancelling', cancel_requested = 1 WHERE id = ?", [id])
        _give_up_held(tx, id, now)
    else:
        raise BadInput(f"deployment {id} has ended already: {deployment.state}", "nothing is left to cancel")
    return get(tx.conn, id)


def requeue_held(tx: "Database", id: int) -> Deployment:  # noqa: A002
    """Queue a held deployment again, for the regions it was held in; a closed gate is open from now on.

    `BadInput` when it is not held; `InUse` when the container has a newer deployment.
    """
    deployment = get(tx.conn, id)
    if deployment.state != "held":
        raise BadInput(f"deployment {id} is not held but {deployment.state}", "only a held one can go on")
    refuse_second(tx.conn, deployment.container_id)
    status = "provisioning" if deployment.kind == "deploy" else "terminating"
    newest = tx.execute(
        "UPDATE container SET status = ? WHERE id = ? AND revision = ?",
        [status, deployment.container_id, deployment.revision],
    )
    if newest.rowcount != 1:
        raise InUse(
            f'container "{deployment.container}" has a newer deployment than {id}, or was deleted',
            "deploy it again instead",
        )
    # The fence rises here too: the worker that held it may still have something to say.
    tx.execute(
        "UPDATE deployment SET state = 'queued', fence = fence + 1,"
        " gate = iif(gate = 'closed', 'open', gate) WHERE id = ?",
        [id],
    )
    tx.execute(
        "UPDATE deployment_region SET state = 'queued', message = '', finished_at = NULL"
        " WHERE deployment = ? AND state = 'held'",
        [id],
    )
    return get(tx.conn, id)


def refuse_second(c: "Connection", container_id: str) -> None:
    """Raise `InUse` while a deployment of the container is queued or under way."""
    other = active(c, container_id)
    if other is not None:
        raise InUse(
            f'container "{other.container}" has deployment {other.id} under way ({other.state})',
            "follow it, cancel it, or deploy with --replace",
        )


def _insert_regions(tx: "Database", id_: int, waves: tuple[tuple[str, ...], ...]) -> None:
    regions = [(wave, region) for wave, regions in enumerate(waves) for region in regions]
    tx.conn.executemany(
        "INSERT INTO deployment_region (deployment, region, position, wave, state)"
        " VALUES (?, ?, ?, ?, 'queued')",
        [(id_, region, position, wave) for position, (wave, region) in enumerate(regions)],
    )


def _give_up_held(tx: "Database", id_: int, now: str) -> None:
    """End the regions that were held: nothing resumes them any more, and their words say how to."""
    tx.execute(
        "UPDATE deployment_region SET state = 'cancelled', finished_at = ?,"
        " message = 'cancelled before the workload was touched'"
        " WHERE deployment = ? AND state = 'held'",
        [now, id_],
    )


def _cancel_queued(tx: "Database", deployment: Deployment, now: str) -> None:
    tx.execute(
        "UPDATE deployment SET state = 'cancelled', cancel_requested = 1, finished_at = ? WHERE id = ?",
        [now, deployment.id],
    )
    tx.execute(
        "UPDATE deployment_region SET state = 'cancelled', finished_at = ?"
        " WHERE deployment = ? AND state = 'queued'",
        [now, deployment.id],
    )
    tx.execute(
        "UPDATE container SET status = (SELECT status_before FROM deployment WHERE id = ?) WHERE id = ?",
        [deployment.id, deployment.container_id],
    )
