"""The driver of screens in a browser: Textual's own, but it leaves when nobody is at the other end."""

import os
from contextlib import suppress
from functools import partial
from typing import Any

from textual.drivers.web_driver import WebDriver


class BrowserDriver(WebDriver):
    """Ends the screens with whoever started them, however that ended."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._write = partial(_write, self.fileno)

    def run_input_thread(self) -> None:
        """Take keys until there are no more, and then leave."""
        super().run_input_thread()
        # Not before the screens are up, which fails half-way; and where they closed, so may have their loop.
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._app.call_later, self._app.exit)


def _write(descriptor: int, data: bytes) -> int:
    """Write, where anybody reads."""
    try:
        return os.write(descriptor, data)
    except ConnectionError:
        return 0
