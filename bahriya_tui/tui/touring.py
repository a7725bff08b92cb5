"""The screens with a tour through them: a strip on each, and the keys that move it."""

import threading
from functools import partial
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from textual.widget import Widget

from bahriya_tui.tui import keys
from bahriya_tui.tui.app import BahriyaApp
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
        self._strips: WeakSet[Strip] = WeakSet()
        self._turn = threading.Lock()

    def on_mount(self) -> None:
        """Begin with the first step."""
        self.action_tour(0)

    def above(self) -> list[Widget]:
        """Give every screen a strip while the tour lasts."""
        if self.tour is None:
            return []
        strip = Strip(self.tour)
        self._strips.add(strip)
        return [strip]

    def on_world_changed(self, message: WorldChanged) -> None:
        """Go on when the step that is on is done."""
        if self.tour is not None and self.tour.look(message.view.world):
            self._begin(self.tour)

    def action_tour(self, steps: int) -> None:
        """Go to another step without having done this one."""
        if self.tour is not None:
            self.tour.move(steps, self.view.world)
            self._begin(self.tour)

    def action_leave_tour(self) -> None:
        """Let all be well, and put the strips away; the screens go on."""
        if self.tour is not None:
            self.tour.move(len(self.tour.steps), self.view.world)
            self._begin(self.tour)
            self.tour = None
            for strip in self._strips:
                strip.remove()

    def _begin(self, tour: "Tour") -> None:
        """Show the step on every screen, and let go wrong what belongs to it."""
        for strip in self._strips:
            strip.show()
        work = partial(self._go_wrong, tour)
        self.run_worker(work, thread=True, group="tour", description="a fault", exit_on_error=False)

    def _go_wrong(self, tour: "Tour") -> None:
        """Set the fault of the step that is on by then: one that was hurried past does not come after it."""
        with self._turn:
            tour.set_fault(tour.fault)
