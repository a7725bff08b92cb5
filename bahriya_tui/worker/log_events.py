"""Brings events into the log, as they are written: whoever follows the log sees what the screens see."""

from bahriya_tui.model.event import Event
from bahriya_tui.model.phases import words
from bahriya_tui.store import events
from bahriya_tui.worker import log
from bahriya_tui.worker.shared_store import SharedStore

_STEPS = {"connecting", "preflight", "pull_secret", "workload", "rolling", "removing", "soaking"}
_NEED_A_PERSON = {
    "failed",
    "unreachable",
    "partial",
    "held",
    "warning",
    "conflict",
    "removal.pending",
    "secret.pending",
    "store",
    "notify.failed",
}


class EventLog:
    """Reads on from the events that there were when it was made."""

    def __init__(self, store: SharedStore) -> None:
        self._store = store
        self._seen = store.read(events.last_seq)

    def tell(self) -> None:
        """Log what was added since the last time."""
        while found := self._store.read(lambda c: events.since(c, self._seen)):
            for event in found:
                _tell(event)
            self._seen = found[-1].seq


def level_of(event: Event) -> log.Level:
    """Tell how much an event matters to somebody who reads a log."""
    if event.phase in _STEPS:
        return "debug"
    return "warning" if event.phase in _NEED_A_PERSON else "info"


def _tell(event: Event) -> None:
    message = words(event.phase) + (f": {event.message}" if event.message else "")
    log.say(
        level_of(event),
        message,
        project=event.project,
        deployment=event.deployment,
        region=event.region,
        container=event.container,
        registry=event.registry,
        by=event.actor or None,
    )
