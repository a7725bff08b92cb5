"""The audit log on the screen: who did what, and whether the log is as it was written."""

from bahriya_tui.places import Places
from bahriya_tui.store import driver
from bahriya_tui.tui.app import BahriyaApp
from tests.tui.conftest import QuietSession
from tests.tui.hands import notices, opened, press, rows, shown, until


async def test_the_log_is_shown_newest_first(app: BahriyaApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await press(pilot, "5")
        assert rows(pilot) == ["8", "7", "6", "5", "4", "3", "2", "1"]
        lines = shown(pilot)
        assert "v1 → v2" in lines
        assert "shop/web #7" in lines
        assert "virginia-1" in lines


async def test_an_action_on_another_screen_becomes_a_line(app: BahriyaApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await press(pilot, "4", "c")
        await opened(pilot, "Confirm")
        await press(pilot, "right", "enter")
        await press(pilot, "5")
        await until(pilot, lambda: rows(pilot)[0] == "9", "the next entry")
        assert "deployment.cancelled" in shown(pilot)


async def test_the_filter_finds_a_person_and_the_details_name_the_ssh_client(app: BahriyaApp) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        await press(pilot, "5", "slash", *"omar", "enter")
        assert rows(pilot) == ["1"]
        await press(pilot, "enter")
        await opened(pilot, "Details")
        assert "2001:db8::7" in shown(pilot)
        assert "/dev/pts/1" in shown(pilot)


async def test_v_says_that_the_log_is_as_it_was_written(app: BahriyaApp, quiet: type[QuietSession]) -> None:
    async with app.run_test() as pilot:
        await press(pilot, "5", "v")
        await until(pilot, lambda: "as it was written: 8 entries" in notices(pilot), "it is said")
    assert quiet.woken


async def test_v_names_what_was_edited_and_removed(app: BahriyaApp, places: Places) -> None:
    connection = driver.connect(places.database)
    for statement in (
        "DROP TRIGGER audit_never_changes",
        "DROP TRIGGER audit_never_goes",
        "UPDATE audit SET user = 'nobody' WHERE seq = 2",
        "DELETE FROM audit WHERE seq = 6",
    ):
        connection.execute(statement)
    connection.close()
    async with app.run_test() as pilot:
        await press(pilot, "5", "v")
        await until(pilot, lambda: "not as it was written" in notices(pilot), "it is said")
        assert "entry 2 was edited" in notices(pilot)
        assert "entry 6 was removed" in notices(pilot)


async def test_without_a_project_the_log_is_still_there(empty_app: BahriyaApp) -> None:
    async with empty_app.run_test() as pilot:
        await press(pilot, "5")
        assert "Nothing was done yet" in shown(pilot)
