"""Pictures of every screen and dialog; a changed cell has to be looked at."""

from collections.abc import Awaitable, Callable

import pytest

from bahriya_tui.tui.app import BahriyaApp
from bahriya_tui.tui.widgets.table import Table
from tests.tui import world
from tests.tui.conftest import Doctor
from tests.tui.hands import Hands, app_of, opened, press, until

Compare = Callable[..., bool]
SMALL, WIDE, BROAD = (80, 24), (120, 36), (200, 50)
SIZES = {"80x24": SMALL, "120x36": WIDE, "200x50": BROAD}


Steps = Callable[[Hands], Awaitable[None]]


def steps(*keys: str, opens: str = "") -> Steps:
    """Press keys, then wait until what they open is there."""

    async def run(pilot: Hands) -> None:
        await pilot.pause()
        await press(pilot, *keys)
        if opens:
            await opened(pilot, opens)
        await pilot.pause()

    return run


def then(*all_steps: Steps) -> Steps:
    """Take steps one after the other."""

    async def run(pilot: Hands) -> None:
        for one in all_steps:
            await one(pilot)

    return run


async def listed(pilot: Hands) -> None:
    """Wait until the list of the screen has lines."""
    await until(pilot, lambda: pilot.app.screen.query_one(Table).shown[0], "there are lines")


async def matrix(pilot: Hands) -> None:
    """Let the regions have been read back, and look at registry by region."""
    world.read_back(app_of(pilot).places.database)
    await then(steps("m", opens="Matrix"), listed)(pilot)


async def matrix_of_a_removal(pilot: Hands) -> None:
    """Look at it where a secret is still to go."""
    world.leave_a_secret(app_of(pilot).places.database)
    await then(matrix, steps("slash", *"mirror", "enter"))(pilot)


SCREENS = {
    "registries": steps(),
    "containers": steps("2"),
    "container": steps("2", "enter", opens="Details"),
    "regions": steps("3", "down"),
    "region": steps("3", "down", "enter", opens="Details"),
    "deployments": steps("4"),
    "audit": steps("5"),
    "security": then(steps("6"), listed, steps("j")),
    "deployment": steps("4", "enter", opens="Run"),
    "deployment_failed": steps("4", "j", "enter", "G", opens="Run"),
    "pulls": then(steps("u", opens="Pulls"), listed),
    "matrix": then(matrix, steps("j")),
    "matrix_of_a_pending_removal": matrix_of_a_removal,
}


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
@pytest.mark.parametrize("screen", SCREENS)
def test_a_screen_looks_as_it_did(
    snap_compare: Compare, app: BahriyaApp, measured: Doctor, screen: str, size: tuple[int, int]
) -> None:
    assert snap_compare(app, terminal_size=size, run_before=SCREENS[screen])


DIALOGS = {
    "new_registry": steps("n", opens="RegistryForm"),
    "wrong_registry": steps("n", "G", "enter", opens="RegistryForm"),
    "edit_registry": steps("e", opens="RegistryForm"),
    "rotate_registry": steps("r", opens="RotateForm"),
    "bring_a_token": then(steps("u", opens="Pulls"), listed, steps("d", opens="BringForm")),
    "delete_linked_registry": steps("x", opens="DeleteRegistry"),
    "delete_unused_registry": steps("G", "x", opens="Confirm"),
    "new_container": steps("2", "n", opens="ContainerForm"),
    "edit_container_of_a_deleted_registry": steps("2", "j", "e", opens="ContainerForm"),
    "link_container": steps("2", "l", opens="Pick"),
    "deploy_container": steps("2", "d", opens="DeployForm"),
    "deploy_while_one_runs": steps("2", "G", "d", opens="Confirm"),
    "terminate_container": steps("2", "x", opens="Confirm"),
    "delete_container": steps("2", "j", "j", "x", opens="Confirm"),
    "new_region": steps("3", "n", opens="RegionForm"),
    "import_regions": steps("3", "i", opens="ImportForm"),
    "delete_region": steps("3", "x", opens="Confirm"),
    "cancel_deployment": steps("4", "c", opens="Confirm"),
    "roll_back_deployment": steps("4", "j", "b", opens="RollBackForm"),
    "projects": steps("p", opens="Projects"),
    "help": steps("question_mark", opens="Help"),
    "details_of_a_missing_registry": steps("2", "j", "enter", opens="Details"),
    "details_of_an_audit_entry": steps("5", "enter", opens="Details"),
    "filter": steps("2", "slash", "g", "h", "c", "r"),
}


@pytest.mark.parametrize("dialog", DIALOGS)
def test_a_dialog_looks_as_it_did(snap_compare: Compare, app: BahriyaApp, dialog: str) -> None:
    assert snap_compare(app, terminal_size=SMALL, run_before=DIALOGS[dialog])


def test_an_empty_store_says_what_to_do(snap_compare: Compare, empty_app: BahriyaApp) -> None:
    assert snap_compare(empty_app, terminal_size=SMALL, run_before=steps())


def test_no_region_yet_says_what_to_do(snap_compare: Compare, empty_app: BahriyaApp) -> None:
    assert snap_compare(empty_app, terminal_size=SMALL, run_before=steps("3"))
