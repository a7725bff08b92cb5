"""What a store needs that comes back from a copy: the regions may be further than it knows."""

from typing import TYPE_CHECKING

from bahriya_tui.model.audit import Actor
from bahriya_tui.store import audit, deployments, events

if TYPE_CHECKING:
    from sqlite_utils import Database

_LEFT_OUT = 1000


def make_safe(tx: "Database", who: Actor, made_at: str, now: str) -> list[int]:
    """Leave out numbers and cancel what was under way in a copy of `made_at`, and tell of both.

    Gives the cancelled deployments. A worker that came before this would go on with them, in regions where a
    later one may run by now.
    """
    _leave_out_numbers(tx)
    words = f"the store was restored from a backup of {made_at}"
    events.append(tx, phase="store.restored", message=words, now=now, actor=who.user)
    audit.append(tx, who, "store.restored", now=now)
    under_way = deployments.under_way(tx.conn)
    for number in under_way:
        _cancel(tx, who, number, now)
    return under_way


def _leave_out_numbers(tx: "Database") -> None:
    """Go on with numbers of versions and deployments far behind those of the copy.

    A pull secret named for a version must never hold another token, and a region refuses a deployment whose
    number is lower than the last it has seen (`cluster.fence`).
    """
    tx.execute("UPDATE version_counter SET last = last + ?", [_LEFT_OUT])
    tx.execute("UPDATE sqlite_sequence SET seq = seq + ? WHERE name = 'deployment'", [_LEFT_OUT])


def _cancel(tx: "Database", who: Actor, number: int, now: str) -> None:
    cancelled = deployments.request_cancel(tx, number, now)
    events.append(
        tx,
        phase=cancelled.state,
        message=f"cancel was asked for by {who.user}",
        now=now,
        project=cancelled.project,
        deployment=number,
        container=cancelled.container,
        actor=who.user,
    )
    audit.append(
        tx,
        who,
        "deployment.cancelled",
        now=now,
        project=cancelled.project,
        container=cancelled.container,
        deployment=number,
    )
