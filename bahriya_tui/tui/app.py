"""The application, a table of contents: screens by number, the feed, one way to change, one way to fail.

What happens is in `screens`; what is true is in the store; nothing is read or written by a handler.
"""

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING

from textual.app import SystemCommand
from textual.screen import Screen
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
from bahriya_tui.tui.terminal import Keyboard
from bahriya_tui.tui.theme import DAY, NIGHT
from bahriya_tui.tui.view import View

if TYPE_CHECKING:
    from bahriya_tui.launch.tokens import ReadToken
    from bahriya_tui.operations.session import Session


class BahriyaApp(FittedApp):
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
        self.places, self.feed, self.clock, self.open_session = places, feed, now, open_session
        if look.read_only:
            self.open_session = changes.open_to_look
        self.read_token: ReadToken = token_reader or entry.token_reader(self)
        self.keyboard = Keyboard(self)
        self.view: View = feed.picture()
        """The latest picture of the store; complete before the first frame."""
        self.busy = ""
        """What is being changed at this moment, for the line at the top."""
        self.register_theme(NIGHT)
        self.register_theme(DAY)
        self.theme = (DAY if look.light else NIGHT).name

    def on_mount(self) -> None:
        """Begin to follow the store and the terminal."""
        self.keyboard.watch()
        self.feed.start(
            lambda view: self.post_message(WorldChanged(view)),
            lambda reason: self.post_message(FeedFailed(reason)),
        )

    def on_unmount(self) -> None:
        """Stop following."""
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
            raise NotFound("there is no project yet", "press p, then n, to make one")
        return self.view.project

    def redraw(self) -> None:
        """Let every screen that is on the stack show the latest picture."""
        for screen in self.screen_stack:
            if isinstance(screen, BahriyaScreen) and screen.is_mounted:
                screen.draw(self.view)

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

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Offer every key of this place by name."""
        here = keys.here(*screen.PLACES, "app") if isinstance(screen, BahriyaScreen) else []
        for key in here:
            node = self if "app" in key.where else screen
            hidden = self.look.read_only and keys.changes(key.action)
            if not hidden and (key.show or "mode" in key.action) and node.check_action(key.action, ()):
                yield SystemCommand(key.label, key.help, partial(self.run_action, key.action, node))
        yield SystemCommand("Theme", "Choose other colours", self.action_change_theme)

    def _fatal_error(self) -> None:
        self._exit_renderables.append(crash.report(self._exception))
        self._close_messages_no_wait()

    def _handle_exception(self, error: Exception) -> None:
        """Leave with one line; the stock report would print the local variables of every frame."""
        self._return_code = 1
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
        self._fatal_error()
