"""What regions showed when they were read back: `read_back`, `observed_secret`, `observed_workload`."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING

from bahriya_tui.model.observed import ObservedSecret, ObservedWorkload, ReadBack
from bahriya_tui.store.driver import Connection

if TYPE_CHECKING:
    from sqlite_utils import Database


def request(tx: "Database", project: str, region: str, now: str) -> None:
    """Ask for a region to be read back; whoever asks while one is under way gets another one."""
    tx.execute(
        "INSERT INTO read_back (project, region, requested_at, error) VALUES (?, ?, ?, '')"
        " ON CONFLICT (project, region) DO UPDATE SET requested_at = excluded.requested_at",
        [project, region, now],
    )


def requested(c: Connection) -> list[ReadBack]:
    """List what is to be read back, oldest first."""
    rows = c.execute(
        "SELECT * FROM read_back WHERE requested_at IS NOT NULL ORDER BY requested_at, project, region"
    )
    return [ReadBack(**row) for row in rows]


def all(c: Connection, project: str) -> list[ReadBack]:  # noqa: A001
    """List how far the regions of a project were read back."""
    rows = c.execute("SELECT * FROM read_back WHERE project = ? ORDER BY region", [project])
    return [ReadBack(**row) for row in rows]


def secrets(c: Connection, project: str) -> list[ObservedSecret]:
    """List the pull secrets that were there, in every region of the project."""
    rows = c.execute("SELECT * FROM observed_secret WHERE project = ? ORDER BY region, name", [project])
    return [ObservedSecret(**row) for row in rows]


def workloads(c: Connection, project: str) -> list[ObservedWorkload]:
    """List the workloads that were there, in every region of the project."""
    rows = c.execute("SELECT * FROM observed_workload WHERE project = ? ORDER BY region, name", [project])
    return [ObservedWorkload(**row) for row in rows]


def keep(
    tx: "Database",
    asked: ReadBack,
    found_secrets: Iterable[ObservedSecret],
    found_workloads: Iterable[ObservedWorkload],
    now: str,
) -> None:
    """Write down what a region showed, in place of what it showed before, and end the request for it.

    Nothing happens when the region or the project was deleted meanwhile.
    """
    ended = tx.execute(
        f"UPDATE read_back SET {_ENDED}, read_at = :now, error = '' WHERE {_OF}",  # noqa: S608
        {**asdict(asked), "now": now},
    )
    if ended.rowcount != 1:
        return
    for table, found in (("observed_secret", found_secrets), ("observed_workload", found_workloads)):
        tx.execute(f"DELETE FROM {table} WHERE {_OF}", asdict(asked))  # noqa: S608
        tx.table(table).insert_all(asdict(one) for one in found)


def failed(tx: "Database", asked: ReadBack, error: str) -> None:
    """End a request that gave nothing; what the region showed before is kept, with the time it has."""
    tx.execute(
        f"UPDATE read_back SET {_ENDED}, error = :why WHERE {_OF}",  # noqa: S608
        {**asdict(asked), "why": error},
    )


# Whoever asked again meanwhile wants it as it is from then on.
_ENDED = "requested_at = iif(requested_at = :requested_at, NULL, requested_at)"
_OF = "project = :project AND region = :region"
