"""Writes to the terminal only what changed; without it, Textual repaints whole screens, several times over.

All that is used of Textual beyond its interface for this is used here; `tests/tui/test_display.py` fails when
Textual changes it. `BAHRIYA_DISPLAY=stock` leaves it out.
"""

import os
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from rich.color import ColorSystem
from rich.control import Control
from textual import events
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver
from textual.screen import Screen
from textual.widgets import Input

from bahriya_tui.tui.cells import Patch, Shown
from bahriya_tui.tui.first_frame import ALTERNATE, FirstFrame

if TYPE_CHECKING:
    from rich.console import RenderableType
    from textual.driver import Driver

Given = TypeVar("Given")
STOCK = "stock"
_VARIABLE = "BAHRIYA_DISPLAY"
_ONE_WRITE = 1024
"""Bytes that reach a terminal in one piece; only more of them need to be told to appear at once."""


class ChangedCells(App[None]):
    """An application that knows what its terminal shows."""

    _shown: Shown | None = None
    _shown_size = (0, 0)
    _goes_on = False
    """Whether what is shown was drawn before, for a size that is yet to be told."""

    def go_on_from(self, drawn: FirstFrame) -> None:
        """Begin with a terminal that shows the first frame already."""
        self._shown, self._shown_size = drawn.shown, (drawn.columns, drawn.lines)
        self._goes_on, self.driver_class = True, partial(GoingOn, drawn.modes)  # type: ignore[assignment]

    def forget_display(self) -> None:
        """Write everything anew next time: something else may have written to the terminal."""
        self._shown = None

    async def on_event(self, event: events.Event) -> None:
        """Draw anew after a new size: terminals move what they show, even if it changes back at once."""
        if isinstance(event, events.Resize) and self._shown is not None:
            told, self._goes_on = self._goes_on and event.size == self._shown_size, False
            if not told:
                self.action_draw_again()
        await super().on_event(event)

    def action_draw_again(self) -> None:
        """Draw the whole screen anew."""
        self.forget_display()
        self.refresh(layout=True)

    def _display(self, screen: "Screen[object]", renderable: "RenderableType | None") -> None:
        driver = self._driver
        if renderable is None or self._batch_count or self._closed or self.is_headless or not self._running:
            super()._display(screen, renderable)
            return
        if (
            not isinstance(renderable, (LayoutUpdate, ChopsUpdate))
            or driver is None
            or driver.is_inline
            or os.environ.get(_VARIABLE) == STOCK
        ):
            self.forget_display()
            super()._display(screen, renderable)
            return
        text = self._known().change(_patches(renderable))
        if isinstance(self.focused, Input):
            text += self._to_text_cursor(moved=bool(text))
        if text:
            self._send(driver, text)
        self.post_display_hook()

    def _send(self, driver: "Driver", text: str) -> None:
        if len(text) > _ONE_WRITE:
            self._begin_update()
        driver.write(text)
        if len(text) > _ONE_WRITE:
            self._end_update()
        driver.flush()

    def _to_text_cursor(self, *, moved: bool) -> str:
        """Leave the terminal's own cursor where one types: input methods show their choices there."""
        place = self.screen.outer_size.clamp_offset(self.cursor_position)
        if not moved and place == self._previous_cursor_position:
            return ""
        self._previous_cursor_position = place
        return Control.move_to(*place).segment.text

    def _known(self) -> Shown:
        size = self.screen.outer_size
        if self._shown is None or self._shown_size != size:
            system = self.console._color_system or ColorSystem.TRUECOLOR
            self._shown, self._shown_size = Shown(*size, system), size
        return self._shown


class GoingOn(LinuxDriver):
    """Leaves out the first turn to the terminal's alternate screen: it is there, and would be cleared."""

    def __init__(self, modes: list[Any], *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._modes: list[Any] | None = modes
        self._gone_on = False

    def start_application_mode(self) -> None:
        """Take over; at the end the terminal gets back the modes that it had before the first frame."""
        super().start_application_mode()  # type: ignore[no-untyped-call]
        if self._modes is not None and self.attrs_before is not None:
            # After a stop by Ctrl-Z it is given back as it is then.
            self.attrs_before, self._modes = self._modes, None

    def write(self, data: str) -> None:
        """Write all but that turn."""
        if data == ALTERNATE and not self._gone_on:
            self._gone_on = True
        else:
            super().write(data)


class ShownScreen(Screen[Given]):
    """A screen that is not drawn while nothing of it would be written: Textual draws it, then drops that."""

    def _compositor_refresh(self) -> None:
        if not self.app._batch_count:
            super()._compositor_refresh()


def _patches(update: LayoutUpdate | ChopsUpdate) -> Iterator[Patch]:
    """Give the parts of lines that an update draws."""
    if isinstance(update, LayoutUpdate):
        for y, line in enumerate(update.strips, update.region.y):
            yield y, update.region.x, (segment for strip in line for segment in strip)
        return
    for y, left, right in update.spans:
        for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=True):
            if strip is not None and x <= right and end > left:
                whole = left <= x < right and end <= right
                yield y, x, strip if whole else strip.crop(0, min(end, right) - x)
