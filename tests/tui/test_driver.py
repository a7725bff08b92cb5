"""What we use of Textual's Linux driver beyond its interface is still there, and still means the same."""

import re
import signal
from collections.abc import AsyncIterator

import pytest
from textual.app import App
from textual.drivers import linux_driver
from textual.drivers.linux_driver import LinuxDriver

from bahriya_tui.tui import terminal as owner
from tests.operator import Operator
from tests.tui.terminal import on_terminal

KNOWN_MODES = {
    b"1000": "mouse",
    b"1003": "mouse",
    b"1015": "mouse",
    b"1006": "mouse",
    b"1004": "focus",
    b"1049": "other screen",
    b"2004": "bracketed paste",
    b"2026": "frames",
}


@pytest.fixture
async def driver() -> AsyncIterator[LinuxDriver]:
    """A driver that was not started; its signal handlers go with the test."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTSTP, signal.SIGCONT)}
    yield LinuxDriver(App())
    for number, handler in handlers.items():
        signal.signal(number, handler)


async def test_the_driver_has_all_that_is_used(driver: LinuxDriver) -> None:
    assert [name for name in owner.USED if not hasattr(driver, name)] == []
    assert driver.exit_event.is_set() is False
    assert driver._key_thread is None
    assert driver._must_signal_resume is driver._in_band_window_resize is driver._mouse_pixels is False


def test_the_driver_asks_for_the_keys_that_we_ask_for_again() -> None:
    flags = (
        linux_driver.KITTY_DISAMBIGUATE_ESCAPE_CODES
        | linux_driver.KITTY_REPORT_ALL_KEYS
        | linux_driver.KITTY_REPORT_ASSOCIATED_TEXT
    )
    assert f"\x1b[={flags}u" == owner.KITTY_KEYS


def test_the_driver_switches_on_nothing_that_we_do_not_know(operator: Operator) -> None:
    with on_terminal(operator.environment) as terminal:
        terminal.until("1 Registries")
        assert set(re.findall(rb"\x1b\[\?(\d+)h", terminal.sent)) - set(KNOWN_MODES) == set()
        assert re.findall(rb"\x1b\[>(\d+)u", terminal.sent) == [b"25"]
