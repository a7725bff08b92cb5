"""Lists that tell of pending removals below their lines, and lead to all of them."""

from textual.content import Content

from bahriya_tui.tui.present import removals
from bahriya_tui.tui.screens.listing import Listing


class Noticing(Listing):
    """A list beside which it must not be overlooked that something has to go from regions."""

    def remark(self) -> Content:
        """Sum up what is pending."""
        return Content.styled(removals.headline(self.bahriya.view.world.removals), "$text-warning")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer the pending removals while there are some."""
        if action == "pending":
            return bool(self.bahriya.view.world.removals)
        return super().check_action(action, parameters)

    def action_pending(self) -> None:
        """Show what still has to go from regions."""
        from bahriya_tui.tui.screens.leaving import Pending

        self.app.push_screen(Pending(self.MODE))
