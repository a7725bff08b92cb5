"""The table of keys: every key does something, and none does two things in one place."""

import pytest

from bahriya_tui.tui import keys
from bahriya_tui.tui.app import BahriyaApp
from bahriya_tui.tui.dialogs.project_form import Projects
from bahriya_tui.tui.screens.audit import Audit
from bahriya_tui.tui.screens.base import BahriyaScreen
from bahriya_tui.tui.screens.checking import Checking
from bahriya_tui.tui.screens.containers import Containers
from bahriya_tui.tui.screens.deployments import Deployments
from bahriya_tui.tui.screens.details import Details
from bahriya_tui.tui.screens.leaving import Deleting, Pending
from bahriya_tui.tui.screens.matrix import Matrix
from bahriya_tui.tui.screens.pulls import Pulls
from bahriya_tui.tui.screens.regions import Regions
from bahriya_tui.tui.screens.registries import Registries
from bahriya_tui.tui.screens.run import Run
from bahriya_tui.tui.screens.security import Security
from bahriya_tui.tui.touring import TourApp
from bahriya_tui.tui.widgets.table import Table
from tests.tui.hands import opened, press, shown

SCREENS: list[type[BahriyaScreen]] = [
    Registries,
    Containers,
    Regions,
    Deployments,
    Audit,
    Security,
    Run,
    Details,
    Pulls,
    Matrix,
    Deleting,
    Pending,
    Checking,
]


@pytest.mark.parametrize("screen", SCREENS)
def test_every_key_of_a_screen_has_an_action_and_no_key_has_two(screen: type[BahriyaScreen]) -> None:
    bound: dict[str, str] = {}
    for key in keys.here(*screen.PLACES):
        name = key.action.partition("(")[0].removeprefix("screen.")
        assert name.startswith("app.") or hasattr(screen, f"action_{name}") or name in ("scroll", "half"), key
        for one in key.keys.split(","):
            assert bound.setdefault(one, key.action) == key.action or key.action == "unfilter", key


def test_every_key_of_tables_and_projects_has_an_action() -> None:
    for owner, place in (
        (Table, "table"),
        (Projects, "projects"),
        (BahriyaApp, "app"),
        (TourApp, "tour"),
    ):
        for key in keys.here(place):
            name = key.action.partition("(")[0].removeprefix("screen.")
            assert hasattr(owner, f"action_{name}") or name == "help", key


async def test_help_lists_every_key_of_the_place(app: BahriyaApp) -> None:
    async with app.run_test(size=(100, 60)) as pilot:
        await press(pilot, "2", "question_mark")
        await opened(pilot, "Help")
        text = shown(pilot)
        for key in keys.here("containers"):
            assert key.help[:40] in text, key


async def test_help_goes_on_beside_the_label_where_there_is_little_room(app: BahriyaApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "question_mark")
        await opened(pilot, "Help")
        lines = shown(pilot).splitlines()
    first = next(number for number, line in enumerate(lines) if " i  Import " in line)
    assert lines[first + 1].index("region") == lines[first].index("take the logins")


async def test_the_palette_runs_an_action_by_name(app: BahriyaApp) -> None:
    async with app.run_test() as pilot:
        await press(pilot, "ctrl+p")
        await press(pilot, *"rotate")
        await opened(pilot, "Palette")
        await press(pilot, "enter")
        await opened(pilot, "RotateForm")


async def test_q_leaves(app: BahriyaApp) -> None:
    async with app.run_test() as pilot:
        await press(pilot, "q")
        await pilot.pause()
        assert not app.is_running
