"""Follow deployments and removals until they end; it can be left and taken up."""

from collections.abc import Iterator, Sequence
from contextlib import suppress

from bahriya_tui.model.container import Removal
from bahriya_tui.model.deployment import ACTIVE
from bahriya_tui.model.errors import Unattended
from bahriya_tui.model.event import Event
from bahriya_tui.operations import waiting
from bahriya_tui.operations.session import Session
from bahriya_tui.store import deployments, events, removals

_PAGE = 500


def follow(s: Session, deployment_ids: Sequence[int], *, after: int = 0) -> Iterator[Event]:
    """Give the events of these deployments after `after`, as they happen, until all ended or are held."""
    wanted = frozenset(deployment_ids)
    for _ in waiting.changes(s):
        # The states first: what happens after they were read is told before anybody is told of the end.
        states = [deployments.get(s.connection, number).state for number in deployment_ids]
        while page := events.since(s.connection, after, limit=_PAGE):
            after = page[-1].seq
            yield from (event for event in page if event.deployment in wanted)
        if not any(state in ACTIVE for state in states):
            return


def wait_removals(s: Session, ids: Sequence[int], timeout: float) -> list[Removal]:
    """Wait until every region has confirmed or could not be reached; gives what is still pending.

    Without a worker that can be started here nobody answers, and nothing is waited for.
    """
    if ids:
        with suppress(Unattended):
            waiting.until(s, lambda: all(removal.answered for removal in _each(s, ids)), timeout)
    return [removal for removal in _each(s, ids) if removal.state == "pending"]


def _each(s: Session, ids: Sequence[int]) -> list[Removal]:
    return [removals.get(s.connection, number) for number in ids]
