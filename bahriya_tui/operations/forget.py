"""Give up a region whose cluster is gone for good, with all that is known to be in it."""

from itertools import groupby
from typing import TYPE_CHECKING

from bahriya_tui.model.clock import now
from bahriya_tui.operations.protect import refuse_protected
from bahriya_tui.operations.record import record
from bahriya_tui.operations.session import Session
from bahriya_tui.store import forgetting
from bahriya_tui.store.forgetting import GivenUp

if TYPE_CHECKING:
    from sqlite_utils import Database


def plan_forgetting(s: Session, id: str) -> GivenUp:  # noqa: A002
    """Say what would be given up with a region; raises as `forget_region` does, but for its protection."""
    return forgetting.look(s.connection, id)


def forget_region(s: Session, id: str) -> GivenUp:  # noqa: A002
    """Delete a region that does not answer, though something is in it; the audit log names each token there.

    `InUse` for one that answered when it was last asked, that a deployment under way or held still needs, or
    that is the only one of a container. `Protected` when it is and was not named.
    """
    with s.store.write() as tx:
        refuse_protected(s, tx.conn, [id], f"giving region {id} up")
        found = forgetting.forget(tx, id, now())
        _tell(tx, s, id, found)
    return found


def _tell(tx: "Database", s: Session, id_: str, found: GivenUp) -> None:
    for one in found.containers:
        message = f"container {one.handle} leaves region {id_}, which is given up"
        record(tx, s.who, "container.edited", message, project=one.project, container=one.handle, region=id_)
    for (project, registry), group in groupby(found.secrets, key=lambda one: (one.project, one.registry)):
        there = list(group)
        record(
            tx,
            s.who,
            "region.forgotten",
            f"region {id_} is given up with pull secrets in it: {', '.join(one.name for one in there)}",
            project=project,
            registry=registry,
            region=id_,
            versions=sorted({one.holds for one in there}),
        )
    given_up = found.workloads or found.secrets or found.removals
    message = f"region {id_} was deleted, and what was in it given up"
    record(tx, s.who, "region.deleted", message, region=id_, outcome="partial" if given_up else "done")
