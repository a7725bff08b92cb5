"""Deployments: watched live, replayed, and steered, by keyboard, over a real store."""

from bahriya_tui.model.deployment import WAITING_FOR_UNLOCK, Deployment
from bahriya_tui.places import Places
from bahriya_tui.store import deployments
from bahriya_tui.store.database import open_store
from bahriya_tui.tui.app import BahriyaApp
from bahriya_tui.tui.widgets.table import Table
from tests.operations.conftest import accept
from tests.tui import world
from tests.tui.conftest import quiet_session
from tests.tui.hands import Hands, fill, notices, opened, press, rows, shown, until


def newest(app: BahriyaApp) -> Deployment:
    """Give the deployment at the top of the list."""
    return app.view.world.deployments[0]


def line(pilot: Hands, region: str) -> str:
    """Give the line of a region on the deployment screen."""
    return next(text for text in shown(pilot).splitlines() if text.lstrip(" ▌").startswith(region))


def logged(app: BahriyaApp) -> set[str | None]:
    """Give the regions that the log tells of."""
    return {event.region for event in app.screen.query_one("#log", Table)._lines.items}


async def test_progress_is_streamed_region_by_region(app: BahriyaApp, places: Places) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await press(pilot, "4", "enter")
        await opened(pilot, "Run")
        assert "rolling" in line(pilot, "helsinki-1")
        assert "2/3" in line(pilot, "helsinki-1")
        run = newest(app)
        with open_store(places.database) as store, store.write() as tx:
            world.bring_on(tx, run, "helsinki-1", "running", "3 of 3 replicas updated", 3)
        await until(pilot, lambda: "running" in line(pilot, "helsinki-1"), "helsinki-1 runs")
        assert "3/3" in line(pilot, "helsinki-1")
        assert "running 2/3" in shown(pilot)
        with open_store(places.database) as store, store.write() as tx:
            world.bring_on(tx, run, "virginia-1", "failed", "unauthorized: token expired")
        await until(pilot, lambda: "failed" in line(pilot, "virginia-1"), "virginia-1 failed")
        assert "unauthorized: token expired" in line(pilot, "virginia-1")


async def test_the_log_is_replayed_from_the_store_and_goes_on(app: BahriyaApp, places: Places) -> None:
    async with app.run_test(size=(120, 50)) as pilot:
        await press(pilot, "4", "enter")
        await opened(pilot, "Run")
        await until(pilot, lambda: "22:14:04" in shown(pilot), "the first event")
        assert "ghcr.io/acme/web:1.9.0 to falkenstein-1" in shown(pilot)
        with open_store(places.database) as store, store.write() as tx:
            world.tell(tx, newest(app), "workload", "workload applied by the test", 0, "virginia-1")
        await until(pilot, lambda: "workload applied by the test" in shown(pilot), "the next event")


async def test_cancel_asks_first_and_starts_on_let_it_run(app: BahriyaApp) -> None:
    async with app.run_test() as pilot:
        await press(pilot, "4", "enter")
        await opened(pilot, "Run")
        await press(pilot, "c")
        await opened(pilot, "Confirm")
        await press(pilot, "enter")
        await opened(pilot, "Run")
        assert newest(app).state == "running"
        await press(pilot, "c")
        await opened(pilot, "Confirm")
        await press(pilot, "right", "enter")
        await until(pilot, lambda: newest(app).state == "cancelling", "it is being cancelled")


async def test_retry_deploys_again_to_what_failed(app: BahriyaApp) -> None:
    async with app.run_test() as pilot:
        await press(pilot, "4", "j", "R")
        await until(pilot, lambda: newest(app).container == "api", "a new deployment")
        assert [region.region for region in newest(app).regions] == ["virginia-1"]


async def test_roll_back_asks_first(app: BahriyaApp) -> None:
    async with app.run_test() as pilot:
        await press(pilot, "4", "j", "b")
        await opened(pilot, "RollBackForm")
        await press(pilot, "right", "enter")
        await until(pilot, lambda: "rolls api back" in notices(pilot), "it is said")
        await until(pilot, lambda: newest(app).container == "api", "a new deployment")
        assert newest(app).revision == 3


async def test_only_what_makes_sense_is_offered(app: BahriyaApp) -> None:
    async with app.run_test() as pilot:
        await press(pilot, "4")
        assert "Cancel" in shown(pilot).splitlines()[-1]
        assert "Retry" not in shown(pilot).splitlines()[-1]
        await press(pilot, "j")
        assert "Cancel" not in shown(pilot).splitlines()[-1]
        assert "Retry" in shown(pilot).splitlines()[-1]
        assert "Roll back" in shown(pilot).splitlines()[-1]


async def test_a_region_that_waits_for_the_vault_has_its_unlocking_offered(
    app: BahriyaApp, places: Places
) -> None:
    async with app.run_test() as pilot:
        await press(pilot, "4", "enter")
        await opened(pilot, "Run")
        assert "Unlock" not in shown(pilot).splitlines()[-1]
        with open_store(places.database) as store, store.write() as tx:
            world.bring_on(tx, newest(app), "virginia-1", "pull_secret", WAITING_FOR_UNLOCK)
        await until(pilot, lambda: "The vault is locked. Press u" in shown(pilot), "it is said")
        assert "Unlock" in shown(pilot).splitlines()[-1]


async def test_a_deployment_is_started_from_its_own_screen(app: BahriyaApp) -> None:
    async with app.run_test() as pilot:
        before = len(rows(pilot))
        await press(pilot, "4", "n")
        await opened(pilot, "Pick")
        await press(pilot, "right", "right", "enter")
        await opened(pilot, "DeployForm")
        await press(pilot, "enter")
        await opened(pilot, "Run")
        await until(pilot, lambda: newest(app).container == "cache", "cache is deployed")
        assert before


async def test_a_number_key_leaves_a_deployment_for_another_list(app: BahriyaApp) -> None:
    async with app.run_test() as pilot:
        await press(pilot, "4", "enter")
        await opened(pilot, "Run")
        await press(pilot, "1")
        await pilot.pause()
        assert type(app.screen).__name__ == "Registries"
        await press(pilot, "4")
        await pilot.pause()
        assert type(app.screen).__name__ == "Deployments"


async def test_a_region_chosen_alone_is_all_the_log_shows_and_the_log_follows_the_cursor(
    app: BahriyaApp,
) -> None:
    async with app.run_test(size=(120, 50)) as pilot:
        await press(pilot, "4", "enter")
        await opened(pilot, "Run")
        await until(pilot, lambda: "Log of all regions" in shown(pilot), "the whole log")
        await until(pilot, lambda: logged(app) >= {"falkenstein-1", "helsinki-1", None}, "all regions")
        await press(pilot, "j", "enter")
        await until(pilot, lambda: logged(app) == {"helsinki-1"}, "helsinki-1 alone")
        assert "Log of helsinki-1" in shown(pilot)
        await press(pilot, "j")
        await until(pilot, lambda: logged(app) == {"virginia-1"}, "it follows the cursor")
        await press(pilot, "enter")
        await until(pilot, lambda: None in logged(app), "all regions again")


async def test_the_line_of_a_region_tells_how_long_it_has_been_in_its_phase(app: BahriyaApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await press(pilot, "4", "enter")
        await opened(pilot, "Run")
        await until(pilot, lambda: "2 s" in line(pilot, "helsinki-1"), "in this phase since 2 s")
        assert "6 s" in line(pilot, "helsinki-1")
        assert "5 s" in line(pilot, "virginia-1")


def hold(places: Places) -> None:
    """Let the running deployment wait at a gate after its canary."""
    with open_store(places.database) as store, store.write() as tx:
        run = deployments.active(tx.conn, b"web".hex().rjust(32, "0"))
        assert run is not None
        for region in ("helsinki-1", "virginia-1"):
            tx.execute(
                "UPDATE deployment_region SET state = 'held', message = ?"
                " WHERE deployment = ? AND region = ?",
                ["waits for approval: the canary falkenstein-1 is running", run.id, region],
            )
        tx.execute(
            "UPDATE deployment SET canary = 'falkenstein-1', gate = ?, state = 'held', lease_until = NULL"
            " WHERE id = ?",
            ["closed", run.id],
        )


async def test_a_gate_names_the_key_that_opens_it_and_the_key_does(app: BahriyaApp, places: Places) -> None:
    hold(places)
    async with app.run_test(size=(120, 40)) as pilot:
        await press(pilot, "4", "enter")
        await opened(pilot, "Run")
        await until(pilot, lambda: "Press o to go on" in shown(pilot), "the hint")
        assert "2 regions are held: waits for approval" in shown(pilot)
        assert "Retry" not in shown(pilot).splitlines()[-1]
        await press(pilot, "o")
        await until(pilot, lambda: newest(app).state == "queued", "it goes on")
        assert newest(app).gate == "open"


async def test_a_rollback_takes_the_order_that_is_chosen(app: BahriyaApp) -> None:
    async with app.run_test() as pilot:
        await press(pilot, "4", "j", "b")
        await opened(pilot, "RollBackForm")
        app.screen.query_one("#canary").focus()
        await press(pilot, "right")
        await fill(pilot, soak="5m", batch="1")
        await press(pilot, "ctrl+s")
        await until(pilot, lambda: newest(app).container == "api", "a new deployment")
        assert (newest(app).canary, newest(app).soak_seconds) == ("falkenstein-1", 300)
        assert max(region.wave for region in newest(app).regions) == 2


async def test_a_rollback_says_which_credentials_it_brings_back(app: BahriyaApp) -> None:
    with quiet_session(app.places) as session:
        accept(session, "ghcr")
    async with app.run_test() as pilot:
        await press(pilot, "4", "j", "b")
        await opened(pilot, "RollBackForm")
        said = " ".join(shown(pilot).replace("│", " ").split())
        assert "▲ It pulls with v2 of registry ghcr; v3 counts now." in said


async def test_a_soak_without_a_first_region_is_refused_in_the_form(app: BahriyaApp) -> None:
    async with app.run_test() as pilot:
        await press(pilot, "2", "d")
        await opened(pilot, "DeployForm")
        await fill(pilot, soak="5m")
        await press(pilot, "ctrl+s")
        assert "choose one in First" in shown(pilot)
        assert type(app.screen).__name__ == "DeployForm"
