"""Protected regions on the screens: marked by sign and word, and named by typing before any change."""

from dataclasses import replace

import pytest
from textual.widgets import Button

from bahriya_tui.store import deployments, regions
from bahriya_tui.store.database import open_store
from bahriya_tui.tui.app import BahriyaApp
from bahriya_tui.tui.feed import Feed
from bahriya_tui.tui.filters import SIGNS
from bahriya_tui.tui.present.regions import SIGN
from tests.tui import world
from tests.tui.hands import Hands, fill, notices, opened, press, shown, until
from tests.tui.test_fitness import looking
from tests.tui.test_marks import mark
from tests.tui.test_matrix import look
from tests.tui.test_screens import SMALL, Compare, steps

FALKENSTEIN, HELSINKI, VIRGINIA = world.EVERYWHERE


def protect(app: BahriyaApp, *ids: str) -> BahriyaApp:
    """Protect regions of the evening, before the screens open."""
    with open_store(app.places.database) as store, store.write() as tx:
        for id_ in ids:
            regions.update(tx, replace(regions.get(tx.conn, id_), protected=True))
    app.view = app.feed.picture()
    return app


def line(pilot: Hands, word: str) -> str:
    return next(text for text in shown(pilot).splitlines() if word in text)


def runs(app: BahriyaApp) -> list[int]:
    with open_store(app.places.database) as store:
        return [run.id for run in deployments.all(store.connection, "shop")]


async def test_a_protected_region_is_marked_by_sign_and_word_wherever_it_is_drawn(app: BahriyaApp) -> None:
    protect(app, HELSINKI)
    world.read_back(app.places.database)
    async with app.run_test(size=SMALL) as pilot:
        await press(pilot, "3")
        assert f"{SIGN} {HELSINKI}" in line(pilot, "Helsinki")
        assert SIGN not in line(pilot, FALKENSTEIN)
        assert f"{SIGN} 1 protected" in shown(pilot)
        await press(pilot, "j", "enter")
        await opened(pilot, "Details")
        assert "Its id has to be typed" in shown(pilot)
        await press(pilot, "escape", "4", "enter")
        await opened(pilot, "Run")
        assert f"{SIGN} {HELSINKI}" in shown(pilot)
        assert f"{SIGN} 1 protected" in shown(pilot)
        await press(pilot, "1")
        await look(pilot)
        assert f"{SIGN} {HELSINKI}" in shown(pilot)
        assert f"{SIGN} 1 protected" in shown(pilot)
        await press(pilot, "2", "d")
        await opened(pilot, "DeployForm")
        assert f"{SIGN} Protected: {HELSINKI}" in shown(pilot).replace("\n", " ")


async def test_the_filter_finds_protected_regions_by_the_word(app: BahriyaApp) -> None:
    protect(app, HELSINKI)
    async with app.run_test() as pilot:
        await press(pilot, "3", "slash", *"protected", "enter")
        assert HELSINKI in shown(pilot)
        assert VIRGINIA not in shown(pilot)


async def test_the_sign_has_a_stand_in_of_ascii(app: BahriyaApp) -> None:
    protect(app, HELSINKI)
    with Feed(app.places.database, "shop") as feed:
        async with looking(app.places, feed, ascii=True).run_test(size=SMALL) as pilot:
            await press(pilot, "3")
            assert f"{SIGN.translate(SIGNS)} {HELSINKI}" in shown(pilot)
            assert shown(pilot).isascii()


async def test_a_deployment_starts_only_after_the_id_was_typed(app: BahriyaApp) -> None:
    protect(app, HELSINKI)
    known = runs(app)
    async with app.run_test() as pilot:
        await press(pilot, "2", "d")
        await opened(pilot, "DeployForm")
        await press(pilot, "enter")
        await opened(pilot, "ProtectedRegions")
        assert not app.screen.query_one("#yes", Button).has_focus
        assert "A deployment of api" in shown(pilot)
        await fill(pilot, typed="helsinki")
        await press(pilot, "enter", "enter")
        assert app.screen.query_one("#yes", Button).disabled
        assert runs(app) == known
        await fill(pilot, typed=HELSINKI)
        await press(pilot, "enter")
        assert app.screen.query_one("#yes", Button).has_focus
        assert runs(app) == known
        await press(pilot, "enter")
        await opened(pilot, "Run")
        assert len(runs(app)) == len(known) + 1


async def test_turning_back_changes_nothing_and_says_so_in_the_form(app: BahriyaApp) -> None:
    protect(app, HELSINKI)
    known = runs(app)
    async with app.run_test() as pilot:
        await press(pilot, "2", "d")
        await opened(pilot, "DeployForm")
        await press(pilot, "enter")
        await opened(pilot, "ProtectedRegions")
        await press(pilot, "escape")
        await opened(pilot, "DeployForm")
        assert f"region {HELSINKI} is protected" in shown(pilot)
        assert runs(app) == known


async def test_of_several_regions_their_number_is_typed(app: BahriyaApp) -> None:
    protect(app, *world.EVERYWHERE)
    async with app.run_test() as pilot:
        await press(pilot, "2", "d")
        await opened(pilot, "DeployForm")
        await press(pilot, "enter")
        await opened(pilot, "ProtectedRegions")
        assert all(region in shown(pilot) for region in world.EVERYWHERE)
        await fill(pilot, typed="3 regions")
        await press(pilot, "enter", "enter")
        await opened(pilot, "Run")


@pytest.mark.parametrize(
    ("keys", "asks", "says"),
    [
        (("4", "j", "R"), (), "A deployment of api"),
        (("4", "j", "b"), ("RollBackForm", "tab", "enter"), "A deployment of api"),
        (("2", "x"), ("Confirm", "right", "enter"), "The termination of api"),
        (("3", "G", "x"), ("Confirm", "right", "enter"), "The deletion of region virginia-1"),
        (("1", "j", "x"), ("DeleteRegistry", "right", "enter"), "The deletion of registry house"),
    ],
    ids=["retry", "roll back", "terminate", "delete region", "delete registry"],
)
async def test_every_other_change_asks_too(
    app: BahriyaApp, keys: tuple[str, ...], asks: tuple[str, ...], says: str
) -> None:
    protect(app, *world.EVERYWHERE)
    known = runs(app)
    async with app.run_test() as pilot:
        await press(pilot, *keys)
        if asks:
            await opened(pilot, asks[0])
            await press(pilot, *asks[1:])
        await opened(pilot, "ProtectedRegions")
        assert says in shown(pilot)
        await press(pilot, "escape")
        await until(pilot, lambda: type(app.screen).__name__ != "ProtectedRegions", "it is left")
        assert runs(app) == known


async def test_a_version_is_brought_to_what_runs_only_after_the_id_was_typed(app: BahriyaApp) -> None:
    protect(app, FALKENSTEIN)
    known = runs(app)
    async with app.run_test() as pilot:
        await press(pilot, "1", "j", "u")
        await opened(pilot, "Pulls")
        await press(pilot, "d")
        await opened(pilot, "BringForm")
        app.screen.query_one("#now").focus()
        await press(pilot, "right", "ctrl+s")
        await opened(pilot, "ProtectedRegions")
        assert "A deployment of mailer" in shown(pilot)
        assert runs(app) == known
        await fill(pilot, typed=FALKENSTEIN)
        await press(pilot, "enter", "enter")
        await until(pilot, lambda: "1 deployment started: mailer" in notices(pilot), "it is brought")


async def test_marked_containers_are_deployed_after_one_question(app: BahriyaApp) -> None:
    protect(app, HELSINKI, VIRGINIA)
    known = runs(app)
    async with app.run_test(size=(100, 40)) as pilot:
        await mark(pilot, "cache", "docs")
        await press(pilot, "d")
        await opened(pilot, "DeployForm")
        assert f"{SIGN} Protected: {HELSINKI}, {VIRGINIA}." in shown(pilot)
        await press(pilot, "enter")
        await opened(pilot, "ProtectedRegions")
        assert "A deployment of cache, docs" in shown(pilot)
        await fill(pilot, typed="2 regions")
        await press(pilot, "enter", "enter")
        await until(pilot, lambda: "2 of 2 being deployed" in notices(pilot), "both are")
        assert len(runs(app)) == len(known) + 2


async def test_a_region_is_protected_in_its_form_and_laid_open_only_by_its_id(app: BahriyaApp) -> None:
    async with app.run_test() as pilot:

        async def choose() -> None:
            await press(pilot, "e")
            await opened(pilot, "RegionForm")
            app.screen.query_one("#protected").focus()
            await press(pilot, "right", "ctrl+s")

        await press(pilot, "3")
        await choose()
        await until(pilot, lambda: app.view.protected == {FALKENSTEIN}, "it is protected")
        await choose()
        await opened(pilot, "ProtectedRegions")
        await press(pilot, "escape")
        await opened(pilot, "RegionForm")
        assert app.view.protected == {FALKENSTEIN}
        await press(pilot, "ctrl+s")
        await opened(pilot, "ProtectedRegions")
        await fill(pilot, typed=FALKENSTEIN)
        await press(pilot, "enter", "enter")
        await until(pilot, lambda: not app.view.protected, "it is not any more")


async def test_what_needs_no_name_asks_for_none(app: BahriyaApp) -> None:
    protect(app, FALKENSTEIN)
    async with app.run_test() as pilot:
        await press(pilot, "4", "j", "R")
        await until(pilot, lambda: "tries api once more" in notices(pilot), "it is tried again in virginia-1")


def test_the_list_of_protected_regions_looks_as_it_did(snap_compare: Compare, app: BahriyaApp) -> None:
    protect(app, FALKENSTEIN, VIRGINIA)
    assert snap_compare(app, terminal_size=SMALL, run_before=steps("3"))


def test_a_deployment_to_a_protected_region_looks_as_it_did(snap_compare: Compare, app: BahriyaApp) -> None:
    protect(app, FALKENSTEIN)
    assert snap_compare(app, terminal_size=SMALL, run_before=steps("4", "enter", opens="Run"))


@pytest.mark.parametrize("number", [1, 3])
def test_the_question_looks_as_it_did(snap_compare: Compare, app: BahriyaApp, number: int) -> None:
    protect(app, *world.EVERYWHERE[:number])

    async def ask(pilot: Hands) -> None:
        await steps("2", "d", opens="DeployForm")(pilot)
        await press(pilot, "enter")
        await opened(pilot, "ProtectedRegions")

    assert snap_compare(app, terminal_size=SMALL, run_before=ask)
