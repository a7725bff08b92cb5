"""Deletions of registries that wait for regions: the row of a registry goes last.

What has to go from regions is in `removal`. The registry keeps its handle meanwhile, but no credentials.
"""

from typing import TYPE_CHECKING

from bahriya_tui.model.audit import Actor
from bahriya_tui.model.deletion import Deletion, deletion
from bahriya_tui.store import audit, events, registries, removals
from bahriya_tui.store.driver import Connection

if TYPE_CHECKING:
    from sqlite_utils import Database

ANSWERED = (
    "deleting_since IS NOT NULL AND NOT EXISTS (SELECT 1 FROM removal"
    " WHERE removal.registry_id = registry.id AND removal.state = 'pending' AND removal.attempts = 0)"
)
"""Holds for the rows of `registry` whose deletion is over, as `Deletion.over` says."""


def begin(tx: "Database", registry_id: str, actor: str, now: str) -> None:
    """Destroy a registry's credentials and mark it; `InUse` names the containers linked to it.

    The removals are asked for in the same transaction.
    """
    registries.empty(tx, registry_id)
    tx.execute(
        "UPDATE registry SET deleting_since = ?, deleting_by = ?, updated_at = ? WHERE id = ?",
        [now, actor, now, registry_id],
    )


def all(c: Connection, project: str) -> dict[str, Deletion]:  # noqa: A001
    """Give how far the deletions of a project are, by id of the registry."""
    return {one.id: progress(c, one.id) for one in registries.all(c, project) if one.deleting}


def progress(c: Connection, registry_id: str) -> Deletion:
    """Give how far the deletion of a registry is."""
    return deletion(removals.of_registry(c, registry_id))


def answered(c: Connection) -> list[str]:
    """List the ids of the registries to which every region has answered, and which are to go."""
    return [row[0] for row in c.execute(f"SELECT id FROM registry WHERE {ANSWERED}")]  # noqa: S608


def finish(tx: "Database", registry_id: str, now: str) -> bool:
    """Delete the registry if every region has answered, and tell of it; False when that is not so."""
    over = tx.conn.execute(f"SELECT 1 FROM registry WHERE id = ? AND {ANSWERED}", [registry_id]).fetchone()  # noqa: S608
    registry = registries.by_id(tx.conn, registry_id) if over else None
    if registry is None:
        return False
    far = progress(tx.conn, registry_id)
    who = Actor(registry.deleting_by or "")
    registries.delete(tx, registry_id)
    project, handle = registry.project, registry.handle
    events.append(
        tx,
        phase="registry.deleted",
        message=f"registry {handle} was deleted: {far.words}",
        now=now,
        project=project,
        registry=handle,
        actor=who.user,
    )
    audit.append(
        tx,
        who,
        "registry.deleted",
        now=now,
        project=project,
        registry=handle,
        regions=far.put_off,
        versions=[registry.version],
        outcome="partial" if far.put_off else "done",
    )
    return True
