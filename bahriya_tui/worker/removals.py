"""Pending removals: objects that have to go from regions, tried until they are gone."""

import random
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bahriya_tui.cluster.delete import Outcome, delete
from bahriya_tui.cluster.errors import Unreachable
from bahriya_tui.cluster.transport import Transport
from bahriya_tui.model import clock
from bahriya_tui.model.backoff import FIRST_WAIT, wait_after
from bahriya_tui.model.container import UNREACHABLE, Removal
from bahriya_tui.model.errors import BahriyaError, StoreUnwritable
from bahriya_tui.model.phases import Phase
from bahriya_tui.store import containers, deletions, events, regions, removals, secrets
from bahriya_tui.worker import access, unforeseen
from bahriya_tui.worker.run import Resources

if TYPE_CHECKING:
    from sqlite_utils import Database

_ARRIVAL_SECONDS = 15.0
"""A secret whose arrival was never confirmed may have been sent and still arrive so long after."""

_WORDS: dict[Outcome, str] = {
    "deleted": "removed",
    "gone": "was gone already",
    "not ours": "was replaced by somebody else and left alone",
}


def run_removals(resources: Resources, region: str, due: Sequence[Removal]) -> None:
    """Try what is due in one region, over one connection; a region that is down costs one attempt."""
    left = [removal.id for removal in due]
    try:
        with access.transport(resources.region(region), resources.places) as transport:
            transport.connect()
            with resources.store.write() as tx:
                regions.seen(tx, region, clock.now(), ms=transport.take_latency())
            while left:
                _try(resources, transport, left[0])
                left.pop(0)
    except Unreachable as error:
        with resources.store.write() as tx:
            regions.seen(tx, region, clock.now(), error.message)
        for removal_id in left:
            _failed(resources, removal_id, f"{UNREACHABLE}{error.message}")
    except StoreUnwritable:
        raise
    except BahriyaError as error:
        for removal_id in left:
            _failed(resources, removal_id, str(error))
    except Exception as error:
        words = unforeseen.report(error)
        for removal_id in left:
            _failed(resources, removal_id, words)


def attempt(resources: Resources, transport: Transport, removal_id: int) -> None:
    """Try one removal now, over a connection that is there; on failure it stays pending and says why."""
    try:
        _try(resources, transport, removal_id)
    except Unreachable as error:
        _failed(resources, removal_id, f"{UNREACHABLE}{error.message}")


def _try(resources: Resources, transport: Transport, removal_id: int) -> None:
    removal = resources.store.read(lambda c: removals.get(c, removal_id))
    with resources.locks.of(removal.region):
        # A deployment that needs the object may have called the removal off while we waited.
        removal = resources.store.read(lambda c: removals.get(c, removal_id))
        if removal.state != "pending":
            return
        try:
            cron_api = resources.region(removal.region).cron_api
            outcome = delete(transport, removal.kind, removal.project, removal.name, removal.uid, cron_api)
        except BahriyaError as error:
            _failed(resources, removal_id, str(error))
            return
        if outcome == "gone" and _may_arrive(removal):
            _look_again(resources, removal)
            return
        with resources.store.write() as tx:
            _done(tx, removal, outcome)


def _look_again(resources: Resources, removal: Removal) -> None:
    """Put off a removal of what may be under way still: not to see it there is no answer yet."""
    words = "not seen there, but it may still arrive; looking again"
    with resources.store.write() as tx:
        removals.look_again(tx, removal.id, words, clock.later(clock.now(), FIRST_WAIT))


def _may_arrive(removal: Removal) -> bool:
    confirmed = removal.kind != "Secret" or removal.uid is not None
    return not confirmed and clock.now() < clock.later(removal.created_at, _ARRIVAL_SECONDS)


def _done(tx: "Database", removal: Removal, outcome: Outcome) -> None:
    registry = _registry(tx, removal)
    removals.done(tx, removal.id)
    if removal.kind == "Secret":
        secrets.forget(tx, removal.project, removal.region, removal.name)
    if removal.kind in ("Deployment", "CronJob"):
        # What another kind has replaced is still placed, as that.
        containers.unplace(tx, removal.project, removal.name, removal.region, removal.kind)
    words = f"{removal.kind} {removal.name} {_WORDS[outcome]} ({removal.reason})"
    _event(tx, removal, "removal.done", words, registry)
    if removal.registry_id is not None:
        deletions.finish(tx, removal.registry_id, clock.now())


def _failed(resources: Resources, removal_id: int, error: str) -> None:
    now = clock.now()
    with resources.store.write() as tx:
        removal = removals.get(tx.conn, removal_id)
        if removal.state != "pending":
            return
        wait = wait_after(removal.attempts + 1, random.random())  # noqa: S311
        removals.failed(tx, removal_id, error, clock.later(now, wait))
        if error != removal.last_error:
            words = f"{removal.kind} {removal.name} stays until the region lets it go: {error}"
            _event(tx, removal, "removal.pending", words, _registry(tx, removal))
        if removal.registry_id is not None:
            deletions.finish(tx, removal.registry_id, now)


def _registry(tx: "Database", removal: Removal) -> str | None:
    known = secrets.applied(tx.conn, project=removal.project, region=removal.region)
    return next((one.registry for one in known if one.name == removal.name), None)


def _event(tx: "Database", removal: Removal, phase: Phase, message: str, registry: str | None) -> None:
    events.append(
        tx,
        phase=phase,
        message=message,
        now=clock.now(),
        project=removal.project,
        region=removal.region,
        container=None if removal.kind == "Secret" else removal.name,
        registry=registry if removal.kind == "Secret" else None,
    )
