"""The one way in which the screens change anything: a verb of `operations`, in a thread, in its own session.

No argument of a verb reaches a worker's description, and no token passes here: the reader process hands back
sealed bytes.
"""

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, TypeVar

from bahriya_tui.model.errors import BahriyaError, Failed
from bahriya_tui.places import Places

if TYPE_CHECKING:
    from bahriya_tui.launch.tokens import ReadToken
    from bahriya_tui.operations.session import Session
    from bahriya_tui.tui.app import BahriyaApp
    from bahriya_tui.vault.context import CredentialContext
    from bahriya_tui.vault.record import Sealed

T = TypeVar("T")


def open_session(places: Places) -> "AbstractContextManager[Session]":
    """Open a session on the store."""
    from bahriya_tui.operations import session

    return session.open_session(places)


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
_ENTRY_PAGE = (
    "\x1b[2J\x1b[H\n"
    "  The token is read and sealed by a process of its own; it never enters the screens.\n"
    "  Type or paste it, also over several lines. Enter ends, Ctrl-C cancels.\n\n"
)


def terminal_reader(app: "BahriyaApp") -> "ReadToken":
    """Give a reader that lends the terminal to the process that reads and seals the token."""

    def read(context: "CredentialContext") -> "Sealed":
        from bahriya_tui.launch.tokens import TokenSource, token_reader

        ask = token_reader(TokenSource("terminal"), app.places)

        sealed: list[Sealed] = []
        failed: list[Exception] = []

        def suspended() -> None:
            # An exception out of this block would leave the terminal in a mode that shows what is typed.
            with app.suspend():
                sys.stdout.write(_ENTRY_PAGE)
                sys.stdout.flush()
                try:
                    sealed.append(ask(context))
                except Exception as error:
                    failed.append(error)

        app.call_from_thread(suspended)
        if failed:
            raise failed[0]
        return sealed[0]

    def supported(context: "CredentialContext") -> "Sealed":
        from textual.app import SuspendNotSupported

        try:
            return read(context)
        except SuspendNotSupported:
            raise Failed(
                "this terminal cannot be handed to the process that reads the token",
                "use the command: bahriya registry add|rotate HANDLE --password-stdin",
            ) from None

    return supported
