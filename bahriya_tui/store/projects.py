"""Projects: the table `project`."""

from typing import TYPE_CHECKING

from bahriya_tui.model.registry import Project
from bahriya_tui.store.driver import Connection
from bahriya_tui.store.refusals import in_use, missing, taken

if TYPE_CHECKING:
    from sqlite_utils import Database


def all(c: Connection) -> list[Project]:  # noqa: A001
    """List every project by handle."""
    return [Project(**row) for row in c.execute("SELECT * FROM project ORDER BY handle")]


def get(c: Connection, handle: str) -> Project:
    """Find a project; `NotFound` names those there are."""
    row = c.execute("SELECT * FROM project WHERE handle = ?", [handle]).fetchone()
    if row is None:
        raise missing("project", handle, "", (project.handle for project in all(c)))
    return Project(**row)


def insert(tx: "Database", handle: str, name: str, now: str) -> Project:
    """Add a project; `BadInput` when the handle is taken."""
    if tx.conn.execute("SELECT 1 FROM project WHERE handle = ?", [handle]).fetchone():
        raise taken("project", handle)
    tx.table("project").insert({"handle": handle, "name": name, "created_at": now})
    return Project(handle, name, now)


def delete(tx: "Database", handle: str) -> None:
    """Delete a project with its history of deployments; `InUse` names what is left in it or in regions."""
    get(tx.conn, handle)
    users = [(word, _names(tx.conn, sql, handle)) for word, sql in _USERS]
    refusal = in_use(f'project "{handle}"', users, "delete these first")
    if refusal:
        raise refusal
    tx.execute(
        "DELETE FROM deployment_region WHERE deployment IN (SELECT id FROM deployment WHERE project = ?)",
        [handle],
    )
    tx.execute("DELETE FROM deployment WHERE project = ?", [handle])
    tx.execute("DELETE FROM project WHERE handle = ?", [handle])


_USERS = (
    ("registries", "SELECT handle FROM registry WHERE project = ? ORDER BY 1"),
    ("containers", "SELECT handle FROM container WHERE project = ? ORDER BY 1"),
    ("workloads", "SELECT container || ' in ' || region FROM placement WHERE project = ? ORDER BY 1"),
    ("pull secrets", "SELECT name || ' in ' || region FROM applied_secret WHERE project = ? ORDER BY 1"),
    (
        "pending removals",
        "SELECT kind || ' ' || name || ' in ' || region FROM removal"
        " WHERE project = ? AND state = 'pending' ORDER BY 1",
    ),
)


def _names(c: Connection, sql: str, handle: str) -> list[str]:
    return [row[0] for row in c.execute(sql, [handle])]
