"""Commands that wait: they stream what the worker writes down, and can be left with Ctrl-C at any time."""

import os
from collections.abc import Sequence

from bahriya_tui.cli import output, shapes
from bahriya_tui.cli.options import Common
from bahriya_tui.cli.progress import progress_of
from bahriya_tui.model.container import Removal
from bahriya_tui.model.deployment import REGION_MOVES, Deployment
from bahriya_tui.model.errors import Failed, Unattended
from bahriya_tui.model.event import Event
from bahriya_tui.model.finding import listed
from bahriya_tui.model.phases import words
from bahriya_tui.operations.follow import follow, wait_removals
from bahriya_tui.operations.session import Session
from bahriya_tui.store import deployments, removals

REMOVAL_TIMEOUT = 120.0
"""Seconds to wait for regions to confirm; the worker goes on afterwards."""


_STOPPED = ("failed", "unreachable", "held")
"""Region states whose reason is told in full, however long it is."""


def watch(
    asked: Common, s: Session, started: Sequence[Deployment], after: int, *, wait: bool, quiet: bool = False
) -> int:
    """Stream the events of deployments until all have ended; `Failed` unless all of them got everywhere.

    A terminal shows how far each region is, with bars. `quiet` where the command answers with something else.
    Ctrl-C detaches, and so does the lack of a worker that only another account can run.
    """
    if not wait:
        for one in started:
            output.line(shapes.deployment(one), f"deployment {one.id} of {one.container}", as_json=asked.json)
        note_unattended(s)
        return 0
    numbers = [one.id for one in started]
    names = f"deployment{'s' if len(numbers) > 1 else ''} {listed([str(number) for number in numbers])}"
    progress = None if asked.json or quiet else progress_of(os.environ)
    try:
        for event in follow(s, numbers, after=after):
            if progress is not None and progress.fits(started):
                progress.show(_runs(s, numbers), _beside_bars(event))
            elif not quiet:
                output.line(event, _text(event), as_json=asked.json)
    except KeyboardInterrupt:
        told, what = (f"{names} goes on", "it") if len(numbers) == 1 else (f"{names} go on", "them")
        hint = f"follow {what} with `bahriya deployment watch {' '.join(map(str, numbers))}`"
        output.failure(f"detached; {told}", hint, 130, as_json=asked.json)
        return 130
    except Unattended as error:
        output.failure(f"detached from {names}: {error.message}", error.hint, 130, as_json=asked.json)
        return 130
    ended = _runs(s, numbers)
    short = [one for one in ended if one.state != "done"]
    if short:
        raise Failed("; ".join(_outcome(one) for one in short), _next_step(s, short[0]))
    return 0


def settle(s: Session, ids: Sequence[int], *, wait: bool) -> list[Removal]:
    """Wait for removals unless told not to; gives what is still pending, after a word about each."""
    if wait:
        left = wait_removals(s, ids, REMOVAL_TIMEOUT)
    else:
        left = [
            one for one in (removals.get(s.connection, number) for number in ids) if one.state == "pending"
        ]
    for one in left:
        why = f": {one.last_error}" if one.last_error else ""
        output.note(f"pending removal in {one.region}: {one.kind} {one.name}{why}; the worker keeps trying")
    if left:
        note_unattended(s)
    return left


def note_unattended(s: Session) -> bool:
    """Say who has to run the worker that the work waits for, where none runs and we cannot run it.

    Tells whether that is so.
    """
    try:
        s.refuse_unattended()
    except Unattended as error:
        output.note(f"{error.message}; {error.hint}")
        return True
    return False


def _runs(s: Session, numbers: Sequence[int]) -> list[Deployment]:
    return [deployments.get(s.connection, number) for number in numbers]


def _beside_bars(event: Event) -> str:
    """Give what bars do not show of an event: all but the steps of a region that goes on."""
    step = event.region is not None and event.phase in REGION_MOVES
    return "" if step and event.phase not in _STOPPED else _text(event)


def _text(event: Event) -> str:
    where = f"{event.container or ''} {event.region or ''}".strip()
    return f"{event.at[11:19]}  {where:<28} {words(event.phase):<13} {event.message}".rstrip()


def _outcome(one: Deployment) -> str:
    good = "running" if one.kind == "deploy" else "terminated"
    behind = [f"{run.region} {run.state}" for run in one.regions if run.state != good]
    how = "is held" if one.state == "held" else f"ended {one.state}"
    return f"deployment {one.id} of {one.container} {how}: {', '.join(behind)}"


def _next_step(s: Session, one: Deployment) -> str:
    """Say where to look, and how to go on; only the newest deployment of a container can."""
    see = f"see `bahriya deployment show {one.id}`"
    newest = deployments.all(s.connection, one.project, one.container, limit=1)[0]
    if newest.id != one.id:
        return f"{see}; deployment {newest.id} of {one.container} is newer"
    verb = "resume" if one.state == "held" else "retry"
    return f"{see}, then `bahriya deployment {verb} {one.id}`"
