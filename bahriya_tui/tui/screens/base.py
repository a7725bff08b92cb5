"""What all screens share: the typed application, and flows (a dialog, a change, a dialog again)."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import TYPE_CHECKING, ClassVar, TypeVar, cast

from bahriya_tui.model.errors import BahriyaError, NotFound
from bahriya_tui.tui import keys
from bahriya_tui.tui.fitting import Fitted
from bahriya_tui.tui.present.text import literal
from bahriya_tui.tui.view import View

if TYPE_CHECKING:
    from bahriya_tui.tui.app import BahriyaApp
    from bahriya_tui.tui.dialogs.form import Form

Draft = TypeVar("Draft")
Given = TypeVar("Given")
S = TypeVar("S", bound="BahriyaScreen")


class BahriyaScreen(Fitted[None]):
    """A screen that draws views and may start flows."""

    PLACES: ClassVar[tuple[str, ...]] = ()
    """Which rows of the table of keys belong to it."""

    @property
    def bahriya(self) -> "BahriyaApp":
        """The application, with its type."""
        return cast("BahriyaApp", self.app)

    @property
    def now(self) -> str:
        """The instant that ages and durations are counted from."""
        return self.bahriya.clock()

    def action_help(self) -> None:
        """Show the keys of this screen."""
        from bahriya_tui.tui.dialogs.help import Help

        self.app.push_screen(Help(*self.PLACES))

    def draw(self, view: View) -> None:
        """Show `view`."""

    def copy(self, text: str) -> None:
        """Give `text` to the clipboard of the operator's terminal (OSC 52), which may be far away."""
        # What comes from outside must not do anything where it is pasted, such as into a shell.
        harmless = literal(text)
        self.app.copy_to_clipboard(harmless)
        self.bahriya.say(f"Copied: {harmless}")

    async def fill(
        self, form: "Callable[[], Form[Draft]]", change: Callable[[Draft], Awaitable[Given]]
    ) -> Given | None:
        """Ask with `form` and do `change`; after a refusal ask again with what was typed and the reason."""
        draft: Draft | None = None
        error: BahriyaError | None = None
        while True:
            asked = form()
            asked.again(draft, error)
            draft = await self.app.push_screen_wait(asked)
            if draft is None:
                return None
            try:
                return await change(draft)
            except BahriyaError as refused:
                error = refused


def wanted(item: Given | None) -> Given:
    """Give the item the cursor is on; raise `NotFound` where there is none."""
    if item is None:
        raise NotFound("there is nothing to choose here")
    return item


def flow(steps: Callable[[S], Awaitable[None]]) -> Callable[[S], None]:
    """Make an action of `steps`: it runs beside the screen, and an error it meets becomes a notification."""

    @wraps(steps)
    def action(screen: S) -> None:
        async def guarded() -> None:
            try:
                if keys.changes(steps.__name__.removeprefix("action_")):
                    screen.bahriya.require_changes()
                await steps(screen)
            except BahriyaError as error:
                screen.bahriya.complain(error)

        screen.app.run_worker(guarded(), group="flows", description="a flow of dialogs", exit_on_error=False)

    return action
