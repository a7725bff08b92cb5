"""Every opening of a credential is in the audit log, twice: before an opener is asked, and after its end.

The first entry is committed before an opener is asked, so a credential is never opened unseen, whatever is
killed: where the worker dies in between, the log has an opening that was started and never ended.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bahriya_tui.model import clock
from bahriya_tui.model.audit import Action, Actor, Head, Outcome
from bahriya_tui.model.errors import Locked
from bahriya_tui.store import audit
from bahriya_tui.worker.openers import NoAnswer
from bahriya_tui.worker.shared_store import SharedStore

if TYPE_CHECKING:
    from sqlite_utils import Database


@dataclass(slots=True)
class Opening:
    """One opening under way."""

    head: Head
    """The head of the log with the entry that was written before; what a region is given to keep."""
    outcome: Outcome = "failed"
    also: "Callable[[Database], None]" = lambda _tx: None
    """What else is to be written, in the transaction of the entry that tells of the end."""


@contextmanager
def opening(store: SharedStore, user: str, *, regions: Iterable[str] = (), **what: Any) -> Iterator[Opening]:
    """Write what is about to be opened for `user`, run the block, and write what came of it.

    `what` are the fields of an audit entry. The block sets the outcome; an exception decides it otherwise.
    """
    named = {**what, "regions": tuple(regions)}
    under_way = Opening(_write(store, user, "credential.opening", "started", named))
    try:
        yield under_way
    except BaseException as error:
        under_way.outcome = _failure(error)
        raise
    finally:
        _write(store, user, "credential.opened", under_way.outcome, named, under_way.also)


def summed_up(results: Iterable[str]) -> Outcome:
    """Give the outcome of an opening from what became of each region."""
    applied = [result == "applied" for result in results]
    if not any(applied):
        return "failed"
    return "done" if all(applied) else "partial"


def _write(
    store: SharedStore,
    user: str,
    action: Action,
    outcome: Outcome,
    named: dict[str, Any],
    also: "Callable[[Database], None]" = lambda _tx: None,
) -> Head:
    with store.write() as tx:
        also(tx)
        return audit.append(tx, Actor(user), action, now=clock.now(), outcome=outcome, **named)


def _failure(error: BaseException) -> Outcome:
    if isinstance(error, NoAnswer):
        return "no answer"
    return "locked" if isinstance(error, Locked) else "failed"
