"""The one way in which the screens change anything: a verb of `operations`, in a thread, in its own session.

No argument of a verb reaches a worker's description, and no token passes here: the reader process hands back
sealed bytes.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from bahriya_tui.model import clock
from bahriya_tui.model.errors import BahriyaError, Failed, Unattended
from bahriya_tui.model.protection import Protected
from bahriya_tui.places import Places

if TYPE_CHECKING:
    from bahriya_tui.operations.session import Session
    from bahriya_tui.tui.app import BahriyaApp

T = TypeVar("T")
OpenSession = Callable[[Places], AbstractContextManager["Session"]]


def open_session(places: Places) -> "AbstractContextManager[Session]":
    """Open a session on the store."""
    from bahriya_tui.operations import session

    return session.open_session(places)


def open_to_look(places: Places) -> "AbstractContextManager[Session]":
    """Open a session in which SQLite refuses every change of the store."""
    from bahriya_tui.operations import session

    return session.open_to_look(places)


async def change(app: "BahriyaApp", doing: str, verb: "Callable[[Session], T]") -> T:
    """Do `verb` and give its result; meanwhile the line at the top says `doing`.

    Where it is refused for protected regions, these are to be typed, and it is done after all. Raises the
    model error it raised; any other exception as a `Failed` without its text.
    """
    named: frozenset[str] = frozenset()
    while True:
        try:
            return await _done(app, doing, verb, named)
        except Protected as refused:
            from bahriya_tui.tui.dialogs.protected import confirm_protected

            await confirm_protected(app, refused)
            named |= set(refused.regions)


async def _done(app: "BahriyaApp", doing: str, verb: "Callable[[Session], T]", named: frozenset[str]) -> T:
    waiting: list[Unattended] = []

    def work() -> T | BahriyaError:
        try:
            with app.open_session(app.places) as opened:
                session = replace(opened, left=app.left)
                before = session.store.data_version()
                result = verb(_naming(session, named))
                if session.store.data_version() != before:
                    waiting.extend(_unattended(session))
                return result
        except BahriyaError as error:
            return error
        except Exception as error:
            return fault(error)

    app.busy = doing
    app.redraw()
    worker = app.run_worker(work, thread=True, group="changes", description="a change", exit_on_error=False)
    try:
        result = await worker.wait()
    finally:
        app.busy = ""
        app.feed.hurry()
        app.redraw()
    if isinstance(result, BahriyaError):
        raise result
    for one in waiting:
        app.say(one.message, one.hint, severity="warning")
    return result


def _unattended(session: "Session") -> Iterator[Unattended]:
    """Say who has to run the worker that due work waits for, where none runs and we cannot run it."""
    from bahriya_tui.store import work

    try:
        session.refuse_unattended()
    except Unattended as error:
        if work.anything(session.connection, clock.now()):
            yield error


def _naming(session: "Session", named: frozenset[str]) -> "Session":
    if not named:
        return session
    from bahriya_tui.operations.protect import naming

    return naming(session, named)


def fault(error: BaseException | None) -> Failed:
    """Put an error nobody expected into one line, without its text, which could hold anything."""
    place = ""
    trace = error.__traceback__ if error is not None else None
    while trace is not None:
        place = f" in {trace.tb_frame.f_code.co_name}, line {trace.tb_lineno}"
        trace = trace.tb_next
    return Failed(f"a fault of this program: {type(error).__name__}{place}", "nothing more was written")


def severity(error: BahriyaError) -> str:
    """Tell what went wrong from what the operator broke off with Ctrl-C."""
    return "information" if error.exit_code == _BROKEN_OFF else "error"


_BROKEN_OFF = 130
