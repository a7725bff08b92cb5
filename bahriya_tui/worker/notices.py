"""Has the operator's hooks run for what needs a person, after it was written down; at least once each.

Looked at are the events since the last time, so what happened while a worker died is told by the next one.
That it was told is written down afterwards: a worker that is killed in between tells it twice, not never. A
hook that fails is told as an event, and not tried again: it may have done its work.
"""

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from bahriya_tui.launch.environment import allowed
from bahriya_tui.model import clock
from bahriya_tui.model.errors import BadInput, NotFound
from bahriya_tui.model.event import Event
from bahriya_tui.model.expiry import due
from bahriya_tui.notify.calling import call
from bahriya_tui.notify.hooks import Hook, Occasion, load
from bahriya_tui.store import deployments, events, history, notices, projects, registries
from bahriya_tui.store.driver import Connection
from bahriya_tui.worker import log
from bahriya_tui.worker.run import Resources

DAYS = (7, 1, -1)
"""A credential is told of so many days before its end, the day before, and when it is past."""
_EXPIRY_SECONDS = 600.0
_PHASES: dict[str, Occasion] = {
    "failed": "deployment.failed",
    "partial": "deployment.failed",
    "held": "deployment.held",
}


class Notices:
    """Looks for what to tell, one look at a time, after changes of the store."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        self._seen = -1
        self._running = False
        self._expiry_at = 0.0
        self._told = ""

    @property
    def busy(self) -> bool:
        """Tell whether hooks are being run."""
        return self._running

    def due(self, version: int) -> bool:
        """Tell whether to `run` now, with the store at this version; never without a file of hooks."""
        if self._running or not os.path.lexists(self._resources.places.hook_file):
            return False
        if version == self._seen and time.monotonic() < self._expiry_at:
            return False
        self._seen, self._running = version, True
        return True

    def run(self) -> None:
        """Tell what there is to tell; a file of hooks that is wrong is said in the log, once."""
        expiry = time.monotonic() >= self._expiry_at
        if expiry:
            # Whatever comes of it: a worker that tries again at once never comes to rest.
            self._expiry_at = time.monotonic() + _EXPIRY_SECONDS
        try:
            hooks = load(self._resources.places.hook_file)
            self._tell_events(hooks)
            if expiry:
                self._tell_expiry(hooks)
            self._told = ""
        except BadInput as error:
            if str(error) != self._told:
                log.warning(f"no hook is run: {error}")
            self._told = str(error)
        finally:
            self._running = False

    def _tell_events(self, hooks: tuple[Hook, ...]) -> None:
        store = self._resources.store
        last = store.read(events.last_seq)
        after = store.read(notices.told_up_to)
        found = [] if after is None else store.read(lambda c: list(_occasions(c, after, last)))
        problems = [why for what in found for why in call(hooks, what, allowed(os.environ))]
        if after == last:
            return
        with store.write() as tx:
            notices.note_up_to(tx, last, clock.now())
            for why in problems:
                events.append(tx, phase="notify.failed", message=why, now=clock.now())

    def _tell_expiry(self, hooks: tuple[Hook, ...]) -> None:
        store = self._resources.store
        for about, what in store.read(lambda c: list(_expiring(c, clock.now()))):
            problems = call(hooks, what, allowed(os.environ))
            with store.write() as tx:
                notices.note(tx, about, clock.now())
                for why in problems:
                    events.append(tx, phase="notify.failed", message=why, now=clock.now())


def _occasions(c: Connection, after: int, last: int) -> Iterator[dict[str, Any]]:
    """Give what happened since, up to `last`, oldest first, as hooks are told it."""
    while after < last and (found := events.since(c, after)):
        for event in (one for one in found if one.seq <= last):
            occasion = _PHASES.get(event.phase)
            if occasion is not None and event.deployment is not None and event.region is None:
                # Its project may have been deleted meanwhile: then nobody is left to see to it.
                with suppress(NotFound):
                    yield _of_deployment(c, occasion, event)
        after = found[-1].seq


def _of_deployment(c: Connection, occasion: Occasion, event: Event) -> dict[str, Any]:
    assert event.deployment is not None  # noqa: S101
    deployment = deployments.get(c, event.deployment)
    return {
        "event": occasion,
        "at": event.at,
        "project": event.project,
        "container": event.container,
        "deployment": event.deployment,
        "state": event.phase,
        "message": event.message,
        "regions": [
            {"region": run.region, "state": run.state, "message": run.message} for run in deployment.regions
        ],
    }


def _expiring(c: Connection, now: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give the credentials that end soon and were not told of, each with what to write down about that."""
    for project in projects.all(c):
        current = history.current(c, project.handle)
        for one in registries.all(c, project.handle):
            end = due(one, current.get(one.id))
            if end is None:
                continue
            left = int(clock.seconds_between(now, end.at) // 86400)
            step = next((days for days in reversed(DAYS) if left <= days), None)
            # With the end, which can be moved and come near once more.
            about = f"{one.id} v{one.version} {end.at} {step}"
            if step is not None and not notices.was_told(c, about):
                yield (
                    about,
                    {
                        "event": "credential.expiring",
                        "at": now,
                        "project": one.project,
                        "registry": one.handle,
                        "version": one.version,
                        "expires": one.expires,
                        "expires_at": end.at,
                        "expires_source": end.source,
                        "days_left": left,
                    },
                )
