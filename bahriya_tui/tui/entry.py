"""Secrets that are typed while the screens stay: another process reads the keys, this one draws the bullets.

All functions here are called in a thread, as verbs are, but for `expected` and `require_terminal`.
"""

import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Literal

from bahriya_tui.model.errors import Cancelled, Failed

if TYPE_CHECKING:
    from bahriya_tui.launch.channel import Line
    from bahriya_tui.launch.tokens import ReadToken, SealedToken
    from bahriya_tui.tui.app import BahriyaApp
    from bahriya_tui.tui.dialogs.token_entry import TokenEntry
    from bahriya_tui.vault.context import CredentialContext

Place = Literal["screen", "terminal"]
"""Where the process that reads keys asks: in a dialog of ours, or by itself on the terminal that we left."""
_PAGE = (
    "\x1b[2J\x1b[H\n"
    "  A process of its own reads what you type and seals it; it never enters the screens.\n"
    "  Type or paste it, also over several lines. Enter ends, Esc or Ctrl-C cancels.\n\n"
)


def token_reader(app: "BahriyaApp") -> "ReadToken":
    """Give what has a token typed and sealed by another process."""

    def read(context: "CredentialContext") -> "SealedToken":
        from bahriya_tui.launch.tokens import TokenSource, sealed_in, token_lines
        from bahriya_tui.model.hints import wanted

        title, kind = (
            f"Token of {context.username} at {context.server}",
            wanted(context.server, context.username),
        )
        last = ask(app, title, lambda place: token_lines(TokenSource(place), app.places, context), kind)
        return sealed_in(last)

    return read


def ask(
    app: "BahriyaApp", title: str, lines: "Callable[[Place], Iterator[Line]]", wanted: str = ""
) -> "Line":
    """Have a secret typed, in place where the terminal allows it; give the last of its reader's lines.

    `wanted` says in a few words what is to be typed.
    Raises what the reader ended with, `Cancelled` among it, and `Failed` where nothing can be typed.
    """
    if app.keyboard.lendable:
        return enter(app, title, lines("screen"), wanted)
    return _suspended(app, lines("terminal"))


def enter(app: "BahriyaApp", title: str, lines: "Iterator[Line]", wanted: str = "") -> "Line":
    """Show a dialog and lend the keyboard to the process behind `lines`; give its last line.

    It is to say `{"ready": true}`, then `{"count": n}` for bullets, then what it made of the secret. Raises
    what `lines` raises; the keyboard is back however this ends.
    """
    dialog: TokenEntry = app.call_from_thread(_open, app, title, wanted)  # type: ignore[arg-type]
    last: Line = {}
    try:
        for last in _heard(app, lines):
            app.call_from_thread(dialog.hear, last)
        return last
    finally:
        app.call_from_thread(_close, app, dialog)  # type: ignore[arg-type]


def require_terminal(app: "BahriyaApp") -> None:
    """Raise `Failed` in a browser, where no other process can take the keys in place of this one."""
    if app.is_web:
        raise Failed(
            "tokens and passphrases are typed in a terminal, never in a browser",
            "use bahriya registry add or rotate, or bahriya vault unlock, there",
        )


@asynccontextmanager
async def expected(app: "BahriyaApp") -> AsyncIterator[None]:
    """Take no keys from here on: they are meant for a secret that will be asked for in a moment."""
    require_terminal(app)
    await app.keyboard.lend()
    try:
        yield
    finally:
        await app.keyboard.take_back()


async def _open(app: "BahriyaApp", title: str, wanted: str) -> "TokenEntry":
    from bahriya_tui.tui.dialogs.token_entry import TokenEntry

    dialog = TokenEntry(title, wanted)
    app.push_screen(dialog)
    await app.keyboard.lend()
    return dialog


async def _close(app: "BahriyaApp", dialog: "TokenEntry") -> None:
    await app.keyboard.take_back()
    if app.is_running and dialog in app.screen_stack:
        dialog.dismiss()


def _heard(app: "BahriyaApp", lines: "Iterator[Line]") -> "Iterator[Line]":
    """Give the lines as they come, but wait no longer than there are screens: a reader may stay silent."""
    heard: SimpleQueue[Line | Exception | None] = SimpleQueue()

    def listen() -> None:
        try:
            for line in lines:
                heard.put(line)
            heard.put(None)
        except Exception as error:
            heard.put(error)

    app.keyboard.when_closed = lambda: heard.put(Cancelled("cancelled", "nothing was changed"))
    if not app.is_running:
        app.keyboard.close()
    Thread(target=listen, name="entry", daemon=True).start()
    try:
        while (one := heard.get()) is not None:
            if isinstance(one, Exception):
                raise one
            yield one
    finally:
        app.keyboard.when_closed = None


def _suspended(app: "BahriyaApp", lines: "Iterator[Line]") -> "Line":
    """Leave the terminal to the process behind `lines`, which asks by itself; give its last line."""
    from textual.app import SuspendNotSupported

    failed: list[Exception] = []

    def away() -> "Line":
        last: Line = {}
        # An exception out of this block would leave the terminal in a mode that shows what is typed.
        with app.suspend():
            sys.stdout.write(_PAGE)
            sys.stdout.flush()
            try:
                for line in lines:
                    last = line
            except Exception as error:
                failed.append(error)
        return last

    try:
        last = app.call_from_thread(away)
    except SuspendNotSupported:
        raise Failed(
            "this terminal cannot be handed to the process that reads the token",
            "use the command: bahriya registry add|rotate HANDLE --password-stdin",
        ) from None
    if failed:
        raise failed[0]
    return last
