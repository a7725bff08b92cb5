"""The screens with a tour through them: a strip on each, and the keys that move it."""

import threading
from functools import partial
from typing import TYPE_CHECKING, Any

from textual.screen import Screen

from bahriya_tui.tui import keys
from bahriya_tui.tui.app import BahriyaApp
from bahriya_tui.tui.fitting import Fitted
from bahriya_tui.tui.messages import WorldChanged
from bahriya_tui.tui.widgets.strip import Strip

if TYPE_CHECKING:
    from bahriya_tui.tui.tour import Tour


class TourApp(BahriyaApp):
    """Watches the store for the end of each step."""

    BINDINGS = keys.bindings("tour")

    def __init__(self, *arguments: Any, tour: "Tour", **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.tour: Tour | None = tour
        self._turn = threading.Lock()

    def on_mount(self) -> None:
        """Put the strip on every screen that is shown, and begin."""
        self.screen_change_signal.subscribe(self, self.guide)
        self.action_tour(0)

    def guide(self, screen: Screen[object]) -> None:
        """Put the strip on `screen` as soon as it is there."""
        if isinstance(screen, Fitted):
            screen.call_next(self._put_on, screen)

    async def _put_on(self, screen: Screen[object]) -> None:
        strips = screen.query(Strip)
        if self.tour is None:
            await strips.remove()
        elif strips:
            strips.first(Strip).show()
        else:
            await screen.mount(Strip(self.tour), before=0)

    def on_world_changed(self, message: WorldChanged) -> None:
        """Go on when the step that is on is done."""
        if self.tour is not None and self.tour.look(message.view.world):
            self._show()

    def action_tour(self, steps: int) -> None:
        """Go to another step without having done this one."""
        if self.tour is not None:
            self.tour.move(steps, self.view.world)
            self._show()

    def action_leave_tour(self) -> None:
        """Let all be well, and put the strip away; the screens go on."""
        if self.tour is not None:
            self.tour.at = len(self.tour.steps)
            self._show()
            self.tour = None

    def _show(self) -> None:
        """Show the step on every screen of the stack, and let go wrong what belongs to it."""
        for screen in self.screen_stack:
            self.guide(screen)
        if self.tour is not None:
            work = partial(self._go_wrong, self.tour)
            self.run_worker(work, thread=True, group="tour", description="a fault", exit_on_error=False)

    def _go_wrong(self, tour: "Tour") -> None:
        """Set the fault of the step that is on by then: one that was hurried past does not come after it."""
        with self._turn:
            tour.set_fault(tour.fault)
