"""The one way in which the screens change anything: a verb of `operations`, in a thread, in its own session.

No argument of a verb reaches a worker's description, and no token passes here: the reader process hands back
sealed bytes.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, TypeVar

from bahriya_tui.model.errors import BahriyaError, Failed
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

    Raises the model error it raised; any other exception as a `Failed` without its text.
    """

    def work() -> T | BahriyaError:
        try:
            with app.open_session(app.places) as session:
                return verb(session)
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
    return result


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
