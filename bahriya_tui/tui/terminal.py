"""The terminal below the screens: lends the keyboard to another process, stops and goes on, ends on signals.

All that is used of Textual's Linux driver beyond its interface is used here; `tests/tui/test_driver.py` fails
when Textual changes it. Where the driver is another one, nothing here does anything.
"""

import asyncio
import os
import select
import signal
import termios
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from types import FrameType
from typing import TYPE_CHECKING, Any

from textual import constants

if TYPE_CHECKING:
    from textual.drivers._writer_thread import WriterThread
    from textual.drivers.linux_driver import LinuxDriver

    from bahriya_tui.tui.display import ChangedCells

USED = (
    *("fileno", "exit_event", "flush", "write", "_key_thread", "_run_input_thread", "_must_signal_resume"),
    "_writer_thread",
    *("_sigtstp_application", "_sigcont_application", "_in_band_window_resize", "_mouse_pixels"),
    *("_disable_mouse_support", "_enable_mouse_support", "_enable_mouse_pixels"),
    *("_disable_in_band_window_resize", "_enable_in_band_window_resize"),
)
"""What is used of the driver."""
FOCUS_OFF, FOCUS_ON = "\x1b[?1004l", "\x1b[?1004h"
PLAIN_KEYS, KITTY_KEYS = "\x1b[=0u", "\x1b[=25u"
"""Keys as characters, and as the driver wants them. They are set, not pushed, so nothing has to be popped."""


_LEAVE_SECONDS = 5


class Keyboard:
    """The keyboard of the screens. Use it on the thread of the application."""

    def __init__(self, app: "ChangedCells") -> None:
        self._app = app
        self._modes: list[Any] | None = None
        self._resizes_in_band = False
        self._resuming = self._resume_again = False
        self.when_closed: Callable[[], None] | None = None
        """Called when the screens close; whoever waits for keys then waits in vain."""

    @property
    def lendable(self) -> bool:
        """Whether another process can take the keys while the screens stay."""
        return self._driver is not None

    @property
    def lent(self) -> bool:
        """Whether another process has it."""
        return self._modes is not None

    def watch(self) -> None:
        """Begin to leave on signals that end a process, and to stop and go on with the shell."""
        if self._driver is None:
            return
        self._loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._leave)
        signal.signal(signal.SIGTSTP, self._stop)
        signal.signal(signal.SIGCONT, self._go_on)
        Thread(target=_hang_up, args=(self._driver.fileno,), name="hang-up", daemon=True).start()

    def close(self) -> None:
        """Let nobody wait for keys any more: the screens are gone."""
        if self.when_closed is not None:
            self.when_closed()

    async def lend(self) -> None:
        """Read no more keys, and have the terminal send plain ones. Lending twice is lending once."""
        driver = self._driver
        if driver is None or self.lent:
            return
        self._modes = termios.tcgetattr(driver.fileno)
        driver.exit_event.set()
        if driver._key_thread is not None:
            await asyncio.to_thread(driver._key_thread.join)
        driver.exit_event.clear()
        # In this mode a new size is told as keys are; without it, by a signal.
        self._resizes_in_band = driver._in_band_window_resize
        driver._disable_in_band_window_resize()
        driver._in_band_window_resize = False
        driver._disable_mouse_support()
        driver.write(PLAIN_KEYS + FOCUS_OFF)
        driver.flush()

    async def take_back(self) -> None:
        """Read keys again, whatever became of the process that had them; what it left unread is dropped.

        Not when the screens are closing: their driver has put the terminal back by then.
        """
        driver, modes, self._modes = self._driver, self._modes, None
        if driver is None or modes is None or not self._app.is_running:
            return
        with suppress(termios.error):
            termios.tcsetattr(driver.fileno, termios.TCSANOW, modes)
            termios.tcflush(driver.fileno, termios.TCIFLUSH)
        driver._key_thread = Thread(target=driver._run_input_thread, name="textual-input")
        driver._key_thread.start()
        driver.write(FOCUS_ON if constants.DISABLE_KITTY_KEY else FOCUS_ON + KITTY_KEYS)
        driver._enable_mouse_support()
        if driver._mouse_pixels:
            driver._enable_mouse_pixels()
        if self._resizes_in_band:
            driver._in_band_window_resize = True
            driver._enable_in_band_window_resize()
        driver.flush()

    @property
    def _driver(self) -> "LinuxDriver | None":
        """The driver, where it is the one that is known here."""
        driver = self._app._driver
        kinds = {kind.__name__ for kind in type(driver).__mro__}
        if "LinuxDriver" not in kinds or not all(hasattr(driver, name) for name in USED):
            return None
        return driver  # type: ignore[return-value]

    def _leave(self, number: int, _frame: FrameType | None) -> None:
        """Leave; a handler of its own, for the loop may wait for a terminal that takes nothing any more.

        Where that goes on for too long, the alarm ends the process.
        """
        signal.alarm(_LEAVE_SECONDS)
        driver = self._driver
        if driver is not None and driver._writer_thread is not None and not os.isatty(driver.fileno):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, driver._writer_thread.fileno())
            os.close(nowhere)
            Thread(target=_go_on_writing, args=(driver._writer_thread,), daemon=True).start()
        self._loop.call_soon_threadsafe(lambda: self._app.exit(return_code=128 + number))

    def _stop(self, number: int, frame: FrameType | None) -> None:
        """Stop with a clean terminal. Not while it is lent: the driver would read along afterwards."""
        driver = self._driver
        if driver is not None and not self.lent:
            driver._sigtstp_application(number, frame)

    def _go_on(self, number: int, frame: FrameType | None) -> None:
        """Draw anew after a stop, once: `fg` and our supervisor both tell us, and each would start it all."""
        self._resume_again = True
        if self._resuming:
            return
        self._resuming = True
        while self._resume_again:
            self._resume_again = False
            driver = self._driver
            if driver is not None and driver._must_signal_resume:
                driver._sigcont_application(number, frame)
                self._loop.call_soon_threadsafe(self._app.action_draw_again)
        self._resuming = False


def _hang_up(terminal: int) -> None:
    """Leave when the terminal is gone, also where no signal says so: it may not be the controlling one.

    Its keys would be read for ever, since there is always an end to be read.
    """
    watched = select.poll()
    watched.register(terminal, 0)
    watched.poll()
    os.kill(os.getpid(), signal.SIGHUP)


def _go_on_writing(writer: "WriterThread") -> None:
    """Empty the queue of a thread that a failed write ended: who fills it would wait for ever."""
    writer.join()
    writer.run()
