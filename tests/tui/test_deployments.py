"""Deployments: watched live, replayed, and steered, by keyboard, over a real store."""

from bahriya_tui.model.deployment import Deployment
from bahriya_tui.places import Places
from bahriya_tui.store.database import open_store
from bahriya_tui.tui.app import BahriyaApp
from tests.tui import world
from tests.tui.hands import Hands, notices, opened, press, rows, shown, until


def newest(app: BahriyaApp) -> Deployment:
    """Give the deployment at the top of the list."""
    return app.view.world.deployments[0]


def line(pilot: Hands, region: str) -> str:
    """Give the line of a region on the deployment screen."""
    return next(text for text in shown(pilot).splitlines() if text.lstrip(" ▌").startswith(region))


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
        await opened(pilot, "Confirm")
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
