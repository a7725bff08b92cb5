"""What an operator did, written down twice in the transaction of the change: as event and for the audit."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from bahriya_tui.model.audit import Action, Actor, Outcome
from bahriya_tui.model.clock import now
from bahriya_tui.model.phases import Phase
from bahriya_tui.store import audit, events

if TYPE_CHECKING:
    from sqlite_utils import Database


def record(
    tx: "Database",
    who: Actor,
    action: Action,
    message: str,
    *,
    phase: Phase | None = None,
    project: str | None = None,
    registry: str | None = None,
    container: str | None = None,
    region: str | None = None,
    deployment: int | None = None,
    versions: Iterable[int] = (),
    outcome: Outcome = "done",
) -> None:
    """Tell of an action: an event with `message` (its phase is the action, unless given) and an audit entry.

    The audit entry holds everything but the message, which is free text.
    """
    at = now()
    events.append(
        tx,
        phase=phase or action,
        message=message,
        now=at,
        project=project,
        deployment=deployment,
        region=region,
        container=container,
        registry=registry,
        actor=who.user,
    )
    audit.append(
        tx,
        who,
        action,
        now=at,
        project=project,
        registry=registry,
        container=container,
        regions=() if region is None else (region,),
        deployment=deployment,
        versions=versions,
        outcome=outcome,
    )
