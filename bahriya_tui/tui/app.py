"""The application, a table of contents: screens by number, the feed, one way to change, one way to fail.

What happens is in `screens`; what is true is in the store; nothing is read or written by a handler.
"""

from collections.abc import Callable
from threading import Event
from typing import TYPE_CHECKING

from textual.events import Key
from textual.worker import Worker, WorkerState

from bahriya_tui.model import clock
from bahriya_tui.model.errors import BahriyaError, NotFound
from bahriya_tui.places import Places
from bahriya_tui.screen import Look
from bahriya_tui.tui import changes, crash, entry, keys
from bahriya_tui.tui.feed import Feed
from bahriya_tui.tui.fitting import FittedApp
from bahriya_tui.tui.messages import FeedFailed, WorldChanged
from bahriya_tui.tui.present.text import literal
from bahriya_tui.tui.screens.base import BahriyaScreen
from bahriya_tui.tui.screens.modes import MODES
from bahriya_tui.tui.screens.projects import HOW_TO_MAKE_ONE
from bahriya_tui.tui.terminal import Keyboard
from bahriya_tui.tui.view import View

if TYPE_CHECKING:
    from bahriya_tui.launch.tokens import ReadToken
    from bahriya_tui.operations.session import Session
    from bahriya_tui.tui.palette import Palette


class BahriyaApp(FittedApp, crash.PlainEnd):
    """The screens over one store."""

    TITLE = "Bahriya"
    CSS_PATH = "app.tcss"
    BINDINGS = keys.bindings("app")
    MODES = MODES
    DEFAULT_MODE = "registries"

    def __init__(
        self,
        places: Places,
        feed: Feed,
        *,
        token_reader: "ReadToken | None" = None,
        open_session: changes.OpenSession = changes.open_session,
        now: Callable[[], str] = clock.now,
        look: Look = Look(),  # noqa: B008
    ) -> None:
        super().__init__(look)
        self.animation_level = "none"
        self.places, self.feed, self.clock = places, feed, now
        self.open_session = changes.open_to_look if look.read_only else open_session
        self.read_token: ReadToken = token_reader or entry.token_reader(self)
        self.keyboard = Keyboard(self)
        self.view: View = feed.latest
        """The latest picture of the store; complete before the first frame."""
        self.palette: Palette | None = None
        self.hushed: frozenset[tuple[str, str, bool]] = frozenset()
        self.busy = ""
        """What is being changed at this moment, for the line at the top."""
        self.left = Event()
        """Set when the operator has left: changes that are under way do not wait for the worker any more."""

    def on_mount(self) -> None:
        """Begin to follow the store and the terminal."""
        self.keyboard.watch()
        if warnings := keys.in_use().warnings:
            self.say(*warnings, severity="warning")
        self.feed.start(
            lambda view: self.post_message(WorldChanged(view)),
            lambda reason: self.post_message(FeedFailed(reason)),
        )

    def on_unmount(self) -> None:
        """Stop following, and waiting: the process ends when every thread has."""
        self.left.set()
        self.feed.stop()
        self.keyboard.close()

    def on_world_changed(self, message: WorldChanged) -> None:
        """Draw the new picture where one looks; other screens catch up when they are shown."""
        self.view = message.view
        self.redraw()

    def on_feed_failed(self, message: FeedFailed) -> None:
        """Say that what is shown may be old."""
        self.say(f"The store could not be read ({message.reason}). Trying again.", severity="warning")

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Say that a flow broke; neither its variables nor its arguments are shown."""
        if event.state is WorkerState.ERROR:
            self.complain(changes.fault(event.worker.error))

    @property
    def open_project(self) -> str:
        """The project that is shown; raises `NotFound` when there is none."""
        if self.view.project is None:
            raise NotFound("there is no project yet", HOW_TO_MAKE_ONE)
        return self.view.project

    def redraw(self) -> None:
        """Let every screen that is on the stack show the latest picture, unless they are being taken down."""
        for screen in self.screen_stack if self.is_running else ():
            if isinstance(screen, BahriyaScreen) and screen.is_mounted:
                screen.draw(self.view)

    async def action_quit(self) -> None:
        """Leave at once; where something is being changed, say on the terminal what becomes of it."""
        self.exit(message=crash.parting(self.busy))

    async def change(self, doing: str, verb: "Callable[[Session], changes.T]") -> "changes.T":
        """Do `verb` in a thread with a session of its own; raises what it raised, in words for operators."""
        return await changes.change(self, doing, verb)

    def say(self, *sentences: str, severity: str = "information") -> None:
        """Show a notification, literally."""
        text = "\n".join(literal(sentence) for sentence in sentences if sentence)
        self.notify(text, severity=severity, markup=False, timeout=8)  # type: ignore[arg-type]

    def complain(self, error: BahriyaError) -> None:
        """Show what went wrong and what to do about it."""
        self.say(error.message, error.hint, severity=changes.severity(error))

    def action_mode(self, mode: str) -> None:
        """Show another list; a screen above the list is left first."""
        while len(self.screen_stack) > 1 and isinstance(self.screen, BahriyaScreen):
            self.pop_screen()
        self.feed.look_at()
        self.switch_mode(mode)

    def action_command_palette(self) -> None:
        """Open the palette; what it offers is looked up only then."""
        from bahriya_tui.tui.palette import Palette

        if self.screen is not self.palette:
            self.palette = Palette()
            self.push_screen(self.palette)

    def on_key(self, event: Key) -> None:
        """Give the palette what was typed ahead of it."""
        if self.palette is not None and self.screen is self.palette and self.palette.take(event):
            event.prevent_default()
