"""The one check before anything is changed in a protected region; every verb that does so goes through it.

It asks about what is wanted now. What was queued before the region was protected goes on.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from bahriya_tui.model.audit import Action, Actor
from bahriya_tui.model.protection import Protected, unnamed
from bahriya_tui.model.region import Region
from bahriya_tui.operations.record import record
from bahriya_tui.operations.session import Session
from bahriya_tui.store import regions

if TYPE_CHECKING:
    from sqlite_utils import Database

    from bahriya_tui.store.driver import Connection

S = TypeVar("S", bound=Session)


def refuse_protected(s: Session, c: "Connection", touched: Iterable[str], doing: str) -> None:
    """Raise `Protected` when `doing` touches protected regions that whoever asks has not named.

    Call it before anything is changed, and with the connection of the transaction that changes it.
    """
    found = unnamed(regions.all(c), touched, s.named)
    if found:
        raise Protected(doing, found)


def record_protection(tx: "Database", who: Actor, region: Region) -> None:
    """Tell that a region is protected from now on, or that it is not any more."""
    action: Action = "region.protected" if region.protected else "region.unprotected"
    how = "is protected" if region.protected else "is not protected any more"
    record(tx, who, action, f"region {region.id} {how}", region=region.id)


def naming(s: S, ids: Iterable[str]) -> S:
    """Give the session of somebody who has named these regions too; `NotFound` for one that there is not."""
    wanted = {regions.get(s.connection, id_).id for id_ in ids}
    return replace(s, named=s.named | wanted)
