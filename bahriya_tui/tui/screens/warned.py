"""Lists that warn above their lines of credentials that end, and lead to these and to other advice."""

from bahriya_tui.tui.present import expiry, security
from bahriya_tui.tui.screens.base import BahriyaScreen
from bahriya_tui.tui.view import View
from bahriya_tui.tui.widgets.banner import Banner
from bahriya_tui.tui.widgets.line import Line

TICK_SECONDS = 30.0
"""Between two looks at what counts down by itself."""


class Warned(BahriyaScreen):
    """A screen with a banner, and a filter for what the banner leads to."""

    narrowed = ""
    """Words that the lines are to be narrowed to as soon as there are lines."""

    def on_mount(self) -> None:
        """Begin to count down."""
        self.set_interval(TICK_SECONDS, self.tick)
        if self.narrowed:
            self.narrow_to(self.narrowed)

    def warn(self, view: View) -> None:
        """Tell of credentials that end soon or have ended, but for what was put away."""
        now, hushed = self.now, self.bahriya.hushed
        near = [one for one in expiry.ending(view, now) if one.known_as not in hushed]
        self.query_one(Banner).show(near, now)

    def tick(self) -> None:
        """Let the ends come nearer, also while nothing happens in the store."""
        if self.is_current:
            self.warn(self.bahriya.view)

    def narrow_to(self, words: str) -> None:
        """Show the lines that have these words, now or as soon as there are lines."""
        self.narrowed = words
        if self.query("#filter"):
            self.narrowed = ""
            line = self.query_one("#filter", Line)
            line.value, line.display = words, False
            self.query_one("#list").focus()

    def action_unfilter(self) -> None:
        """Show all lines again."""
        self.narrow_to("")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to put the banner away while there is one."""
        return (
            self.query_one(Banner).display if action == "hush" else super().check_action(action, parameters)
        )

    def action_expiring(self) -> None:
        """Show the registries whose credentials end soon or have ended."""
        self._lead("registries", expiry.EXPIRING)

    def action_advice(self) -> None:
        """Show what could be better about the registries."""
        self._lead("security", security.ADVICE)

    def action_hush(self) -> None:
        """Put away what is warned of, on every screen, for as long as the application runs."""
        app = self.bahriya
        app.hushed |= {one.known_as for one in expiry.ending(app.view, self.now)}
        app.redraw()

    def _lead(self, mode: str, words: str) -> None:
        app = self.bahriya
        app.action_mode(mode)
        if isinstance(app.screen, Warned):
            app.screen.narrow_to(words)
