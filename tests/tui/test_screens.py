"""Pictures of every screen and dialog; a changed cell has to be looked at."""

from collections.abc import Awaitable, Callable

import pytest

from bahriya_tui.tui.app import BahriyaApp
from tests.tui.hands import Hands, opened, press

Compare = Callable[..., bool]
SMALL, WIDE, BROAD = (80, 24), (120, 36), (200, 50)


def steps(*keys: str, opens: str = "") -> Callable[[Hands], Awaitable[None]]:
    """Press keys, then wait until what they open is there."""

    async def run(pilot: Hands) -> None:
        await pilot.pause()
        await press(pilot, *keys)
        if opens:
            await opened(pilot, opens)
        await pilot.pause()

    return run


SCREENS = {
    "registries": steps(),
    "containers": steps("2"),
    "regions": steps("3", "down"),
    "deployments": steps("4"),
    "audit": steps("5"),
    "deployment": steps("4", "enter", opens="Run"),
    "pulls": steps("u", opens="Pulls"),
    "deployment_failed": steps("4", "j", "enter", "G", opens="Run"),
}


@pytest.mark.parametrize("size", [SMALL, WIDE, BROAD], ids=["80x24", "120x36", "200x50"])
@pytest.mark.parametrize("screen", SCREENS)
def test_a_screen_looks_as_it_did(
    snap_compare: Compare, app: BahriyaApp, screen: str, size: tuple[int, int]
) -> None:
    assert snap_compare(app, terminal_size=size, run_before=SCREENS[screen])


DIALOGS = {
    "new_registry": steps("n", opens="RegistryForm"),
    "wrong_registry": steps("n", "G", "enter", opens="RegistryForm"),
    "edit_registry": steps("e", opens="RegistryForm"),
    "rotate_registry": steps("r", opens="RotateForm"),
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
    "details_of_a_pending_removal": steps("3", "j", "enter", opens="Details"),
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
