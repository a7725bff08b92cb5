"""What a store needs that was put back from a copy: regions may have seen later numbers than it has."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database

_LEFT_OUT = 1000


def leave_out_numbers(tx: "Database") -> None:
    """Go on with numbers of versions and deployments far behind those of the copy.

    A pull secret named for a version must never hold another token, and a region refuses a deployment whose
    number is lower than the last it has seen (`cluster.fence`).
    """
    tx.execute("UPDATE version_counter SET last = last + ?", [_LEFT_OUT])
    tx.execute("UPDATE sqlite_sequence SET seq = seq + ? WHERE name = 'deployment'", [_LEFT_OUT])
