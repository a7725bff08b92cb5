"""Pull secrets that are, or may be, in regions: the table `applied_secret`. Names only, never contents."""

from dataclasses import fields
from operator import attrgetter
from typing import TYPE_CHECKING

from bahriya_tui.model.container import AppliedSecret
from bahriya_tui.store import pulls
from bahriya_tui.store.driver import Connection
from bahriya_tui.store.narrowing import narrowed

if TYPE_CHECKING:
    from sqlite_utils import Database


def applied(
    c: Connection, *, project: str | None = None, region: str | None = None, registry_id: str | None = None
) -> list[AppliedSecret]:
    """List pull secrets, narrowed by what is given."""
    condition, given = narrowed(project=project, region=region, registry_id=registry_id)
    rows = c.execute(
        "SELECT * FROM applied_secret"  # noqa: S608
        f" WHERE {condition} ORDER BY project, registry, version, region",
        given,
    )
    return [AppliedSecret(**row) for row in rows]


def to_refresh(c: Connection, now: str) -> list[AppliedSecret]:
    """List the pull secrets that are to get their next token: those due, and all others of that version.

    So one opener serves them all, also when they were written at different times.
    """
    rows = c.execute(
        "SELECT * FROM applied_secret WHERE refresh_at IS NOT NULL AND (registry_id, holds) IN"
        " (SELECT registry_id, holds FROM applied_secret WHERE refresh_at <= ?)"
        " ORDER BY project, registry, version, region",
        [now],
    )
    return [AppliedSecret(**row) for row in rows]


def refresh_asked(tx: "Database", secret: AppliedSecret) -> None:
    """Write down that the next token of a secret was asked for, or is not needed."""
    tx.execute(
        "UPDATE applied_secret SET refresh_at = NULL WHERE project = ? AND region = ? AND name = ?",
        [secret.project, secret.region, secret.name],
    )


def unneeded(c: Connection, project: str, region: str) -> list[AppliedSecret]:
    """List the pull secrets that nothing of the project in a region pulls with.

    Needed is one that a workload there or its init jobs name, or that a deployment brings there. Where the
    last rollout of a container did not end well, old pods may still pull with what earlier ones named.
    """
    return [one for one in applied(c, project=project, region=region) if not needed(c, one)]


def needed(c: Connection, secret: AppliedSecret) -> bool:
    """Tell whether anything pulls with a secret in its region."""
    # Nearly always a placement says so, of which the first one found is enough.
    if c.execute(_PLACED, [secret.region, secret.project, secret.name, secret.name]).fetchone():
        return True
    # A held deployment brings its secret with it when it goes on.
    pulling = pulls.naming(c, secret.project, secret.name, secret.region)
    return any(pull.why != "held" for pull in pulling)


_PLACED = """
SELECT 1 FROM placement INDEXED BY placement_by_region WHERE region = ? AND project = ? AND (secret = ?
  OR EXISTS (SELECT 1 FROM placement_secret AS more WHERE more.name = ?
    AND (more.project, more.container, more.region)
      = (placement.project, placement.container, placement.region)))
LIMIT 1
"""


def note(tx: "Database", secret: AppliedSecret) -> None:
    """Write down a pull secret: without uid before it is sent, so that none is ever unknown, then with it."""
    tx.execute(_NOTE, _values(secret))


_COLUMNS = tuple(field.name for field in fields(AppliedSecret))
_NOTE = (
    f"INSERT OR REPLACE INTO applied_secret ({', '.join(_COLUMNS)})"  # noqa: S608
    f" VALUES ({', '.join('?' for _ in _COLUMNS)})"
)
"""Made once: a table's upsert makes it anew, and looks at the table, for each of hundreds of regions."""
_values = attrgetter(*_COLUMNS)


def forget(tx: "Database", project: str, region: str, name: str) -> None:
    """Forget a pull secret that is gone from its region."""
    tx.execute(
        "DELETE FROM applied_secret WHERE project = ? AND region = ? AND name = ?", [project, region, name]
    )
