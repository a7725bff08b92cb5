"""A rotation from the keyboard: what it touches, the token, what happens then, who needs the old one."""

from bahriya_tui.places import Places
from bahriya_tui.store import deployments, secrets
from bahriya_tui.store.database import open_store
from bahriya_tui.tui.app import BahriyaApp
from bahriya_tui.tui.widgets.choice import Choice
from tests.tui import world
from tests.tui.conftest import QuietSession
from tests.tui.hands import Hands, fill, notices, opened, press, shown, until


def text(pilot: Hands) -> str:
    """Give what the screen says, as one line."""
    return " ".join(shown(pilot).replace("│", " ").split())


async def end_the_run(app: BahriyaApp) -> None:
    """Let the deployment of web that is under way end."""
    with open_store(app.places.database) as store, store.write() as tx:
        run = app.view.world.deployments[0]
        for region in run.regions:
            if region.state != "running":
                deployments.move_region(tx, run.id, run.fence, region.region, "failed", world.NOW)
        deployments.move(tx, run.id, run.fence, "partial", world.NOW)


async def rotated(pilot: Hands) -> None:
    """Rotate ghcr to v3 and stand before the choice."""
    await press(pilot, "r")
    await opened(pilot, "RotateForm")
    await press(pilot, "enter")
    await opened(pilot, "BringForm")


async def choose(pilot: Hands, now: str) -> None:
    """Choose what happens now."""
    choice = pilot.app.screen.query_one("#now", Choice)
    choice.focus()
    while choice.value != now:
        await press(pilot, "right")


async def test_before_the_token_is_typed_it_says_what_the_rotation_touches(app: BahriyaApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "r")
        await opened(pilot, "RotateForm")
        said = text(pilot)
        assert "Linked: 2 containers, 15 replicas in 3 regions: api, web." in said
        assert "v2 pulls: api, web in 3 regions." in said
        assert "checked with 2 images" in said


async def test_doing_nothing_is_the_first_choice_and_names_who_still_pulls_with_the_old_token(
    app: BahriyaApp, keyed: Places, canary: str
) -> None:
    before = len(app.view.world.deployments)
    async with app.run_test() as pilot:
        await rotated(pilot)
        assert pilot.app.screen.query_one("#now", Choice).value == "nothing"
        await press(pilot, "enter")
        await opened(pilot, "Pulls")
        await until(pilot, lambda: "api, web still pull with v2 in 3 regions" in text(pilot), "the verdict")
        assert "may be revoked" not in text(pilot)
        assert "▲ v2" in shown(pilot)
        assert len(app.view.world.deployments) == before
        assert canary not in shown(pilot) + notices(pilot) + app.export_screenshot()
    assert all(canary.encode() not in path.read_bytes() for path in keyed.store.iterdir() if path.is_file())


async def test_a_refused_token_says_that_the_old_version_counts_as_before(
    app: BahriyaApp, keyed: Places, quiet: type[QuietSession]
) -> None:
    quiet.verdict = {"login": "rejected", "reason": "unauthorized", "images": []}
    async with app.run_test() as pilot:
        await press(pilot, "r")
        await opened(pilot, "RotateForm")
        first = app.screen
        await press(pilot, "enter")
        await until(pilot, lambda: app.screen is not first and "unauthorized" in shown(pilot), "the reason")
        assert "v2 counts as before" in text(pilot)
        assert app.view.world.registries[0].version == 2


async def test_all_containers_are_deployed_in_the_waves_that_were_chosen(
    app: BahriyaApp, keyed: Places
) -> None:
    async with app.run_test() as pilot:
        await end_the_run(app)
        await rotated(pilot)
        await choose(pilot, "deploy")
        await fill(pilot, soak="5m", batch="1", failures="10%")
        app.screen.query_one("#canary", Choice).focus()
        await press(pilot, "right", "down", "down", "right", "ctrl+s")
        await opened(pilot, "Pulls")
        await until(pilot, lambda: "2 deployments started: api, web" in notices(pilot), "they are named")
        runs = [one for one in app.view.world.deployments if one.state == "queued"]
        assert {one.container for one in runs} == {"api", "web"}
        for run in runs:
            assert (run.canary, run.soak_seconds, run.gate) == ("falkenstein-1", 300, "closed")
            assert run.spec.version == 3
            assert len({region.wave for region in run.regions}) == 3


async def test_waves_without_a_deployment_are_refused_in_the_form(app: BahriyaApp, keyed: Places) -> None:
    async with app.run_test() as pilot:
        await rotated(pilot)
        await fill(pilot, batch="1")
        await press(pilot, "enter")
        await until(pilot, lambda: "nothing is to be deployed" in text(pilot), "it is said")


async def test_what_is_under_way_is_replaced_only_after_a_question(app: BahriyaApp, keyed: Places) -> None:
    async with app.run_test() as pilot:
        await rotated(pilot)
        await choose(pilot, "deploy")
        await press(pilot, "ctrl+s")
        await opened(pilot, "Confirm")
        assert "Being deployed already: web" in text(pilot)
        await press(pilot, "enter")
        await opened(pilot, "Pulls")
        assert not [one for one in app.view.world.deployments if one.state in ("queued", "cancelling")]


async def test_a_push_asks_first_and_withdraws_the_old_version(app: BahriyaApp, keyed: Places) -> None:
    async with app.run_test() as pilot:
        await rotated(pilot)
        await choose(pilot, "push")
        await press(pilot, "ctrl+s")
        await opened(pilot, "Confirm")
        assert app.focused is not None
        assert app.focused.id == "cancel"
        await press(pilot, "right", "enter")
        await opened(pilot, "Pulls")
        await until(pilot, lambda: "withdrawn; 3 pull secrets to write" in notices(pilot), "it is told")
        await until(pilot, lambda: "does not hold v3 yet" in text(pilot), "what is not written yet is named")


async def test_the_old_token_may_be_revoked_once_the_last_region_has_the_new_one(
    app: BahriyaApp, keyed: Places
) -> None:
    async with app.run_test() as pilot:
        await end_the_run(app)
        await rotated(pilot)
        await choose(pilot, "push")
        await press(pilot, "ctrl+s")
        await opened(pilot, "Confirm")
        await press(pilot, "right", "enter")
        await opened(pilot, "Pulls")
        registry = app.view.world.registries[0]
        with open_store(app.places.database) as store:
            for applied in secrets.applied(store.connection, registry_id=registry.id):
                await until(pilot, lambda: "still pull" in text(pilot), "somebody needs the old one")
                assert "may be revoked" not in text(pilot)
                with store.write() as tx:
                    tx.execute(
                        "UPDATE applied_secret SET holds = 3 WHERE region = ? AND name = ?",
                        [applied.region, applied.name],
                    )
        await until(pilot, lambda: "the old token may be revoked now" in text(pilot), "the verdict turns")
        assert "▲" not in shown(pilot)


async def test_one_key_goes_back_to_the_version_before_after_a_question(
    app: BahriyaApp, keyed: Places
) -> None:
    async with app.run_test() as pilot:
        await rotated(pilot)
        await press(pilot, "enter")
        await opened(pilot, "Pulls")
        await press(pilot, "b")
        await opened(pilot, "Confirm")
        assert "from v3 to v2" in text(pilot)
        await press(pilot, "enter")
        await opened(pilot, "Pulls")
        assert app.view.world.registries[0].version == 3
        await press(pilot, "b")
        await opened(pilot, "Confirm")
        await press(pilot, "right", "enter")
        await opened(pilot, "BringForm")
        assert app.screen.query_one("#now", Choice).options[-1][0] == "deploy"
        await press(pilot, "escape")
        await until(pilot, lambda: app.view.world.registries[0].version == 2, "v2 counts again")
        await until(pilot, lambda: "may be revoked now" in text(pilot), "nothing needs v3")


async def test_without_a_version_before_there_is_nothing_to_go_back_to(app: BahriyaApp) -> None:
    async with app.run_test() as pilot:
        await press(pilot, "G", "u")
        await opened(pilot, "Pulls")
        await until(pilot, lambda: "is the only version" in text(pilot), "the verdict")
        await press(pilot, "b")
        await until(pilot, lambda: "no version before v1" in notices(pilot), "it is said")


async def test_enter_watches_the_deployment_behind_a_line_and_escape_returns(app: BahriyaApp) -> None:
    async with app.run_test() as pilot:
        await press(pilot, "u")
        await opened(pilot, "Pulls")
        await until(pilot, lambda: "● v2" in shown(pilot), "the lines are there")
        await press(pilot, "enter")
        await opened(pilot, "Run")
        await press(pilot, "escape")
        await opened(pilot, "Pulls")
        await until(pilot, lambda: "● v2" in shown(pilot), "the lines are back")
