"""The driver of screens in a browser: Textual's own, but it leaves when nobody is at the other end."""

from contextlib import suppress

from textual.drivers.web_driver import WebDriver


class BrowserDriver(WebDriver):
    """Ends the screens with whoever started them, however that ended."""

    def run_input_thread(self) -> None:
        """Take keys until there are no more, and then leave."""
        super().run_input_thread()
        # Where the screens closed before, their loop may be closed too.
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._app.exit)

    def write(self, data: str) -> None:
        """Draw, where anybody looks."""
        with suppress(ConnectionError):
            super().write(data)

    def write_meta(self, data: dict[str, object]) -> None:
        """Tell the other end something, where there is one."""
        with suppress(ConnectionError):
            super().write_meta(data)
