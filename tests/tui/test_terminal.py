"""Where the keyboard cannot be lent, the terminal is; where that cannot be either, a command is named."""

import sys
from collections.abc import Iterator

import pytest

from bahriya_tui.places import Places
from bahriya_tui.tui.app import BahriyaApp
from bahriya_tui.tui.feed import Feed
from tests.operator import Operator
from tests.tui.conftest import QuietSession, quiet_session
from tests.tui.hands import fill, opened, press, shown, until
from tests.tui.terminal import Terminal, on_terminal

# As with a Textual whose driver was changed.
_OTHER_DRIVER = """
import sys
from bahriya_tui.tui import terminal
terminal.USED += ("not there any more",)
sys.argv = ["bahriya"]
from bahriya_tui.__main__ import main
sys.exit(main())
"""


@pytest.fixture
def terminal(operator: Operator) -> Iterator[Terminal]:
    operator.run("project", "add", "shop")
    with on_terminal(operator.environment, [sys.executable, "-c", _OTHER_DRIVER]) as started:
        yield started


def ask_for_token(terminal: Terminal) -> None:
    terminal.until("1 Registries")
    terminal.press("n")
    terminal.until("New registry")
    terminal.press("ghcr\t127.0.0.1:1\tbot\r")
    terminal.until("A process of its own reads", "token of bot at 127.0.0.1:1")


@pytest.mark.parametrize(("keys", "words"), [("\x03", "cancelled"), ("\r", "the token is empty")])
def test_the_screens_come_back_when_no_token_is_given(terminal: Terminal, keys: str, words: str) -> None:
    ask_for_token(terminal)

    terminal.press(keys)

    terminal.until(words, "New registry")
    assert not terminal.echoes()


def test_a_typed_token_never_reaches_the_screen(terminal: Terminal, operator: Operator, canary: str) -> None:
    ask_for_token(terminal)

    terminal.press(canary[:-1])
    terminal.until("•••")
    assert not terminal.echoes()
    terminal.press(canary[-1] + "\r")

    terminal.until("Registry ghcr was added")
    assert canary[:12].encode() not in terminal.sent
    assert canary.encode() not in operator.written()


async def test_without_any_way_to_type_a_command_is_named(
    seeded: Places, keyed: Places, quiet: type[QuietSession]
) -> None:
    with Feed(seeded.database, "shop") as feed:
        app = BahriyaApp(keyed, feed, open_session=quiet_session)
        async with app.run_test(size=(100, 30)) as pilot:
            await press(pilot, "n")
            await opened(pilot, "RegistryForm")
            await fill(pilot, handle="quay", server="quay.io", username="bot")
            await press(pilot, "ctrl+s")
            await until(pilot, lambda: "cannot be handed" in shown(pilot), "it is said")
            assert "--password-stdin" in shown(pilot)
