"""Deployments that so many others followed that no list of the newest has them: still seen and steered."""

import pytest

from bahriya_tui.operations.inspect import DEPLOYMENT_LIMIT
from bahriya_tui.places import Places
from bahriya_tui.store import containers, deployments
from bahriya_tui.store.database import open_store
from bahriya_tui.tui.app import BahriyaApp
from bahriya_tui.tui.widgets.table import Table
from tests.tui import world
from tests.tui.hands import Hands, opened, press, rows, shown, until

RUNNING, PARTIAL, DOCS = 7, 6, 1
"""Deployments of `world`: of web, under way; of api, which failed in a region; of docs, which went well."""


@pytest.fixture(autouse=True)
def others(seeded: Places) -> None:
    """Let so many deployments of one container end, before the screens begin, that all others are old."""
    with open_store(seeded.database) as store, store.write() as tx:
        busy = containers.get(tx.conn, "shop", "cache")
        for _ in range(DEPLOYMENT_LIMIT):
            run = world.deploy(tx, busy, None, 5)
            deployments.move(tx, run.id, run.fence, "done", world.NOW)


def text(pilot: Hands) -> str:
    """Give what the screen says, as one line."""
    return " ".join(shown(pilot).split())


async def test_the_deployment_behind_a_pull_is_watched_and_tried_again(app: BahriyaApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await press(pilot, "u")
        await opened(pilot, "Pulls")
        await until(pilot, lambda: "● v2" in shown(pilot), "the lines are there")
        while app.screen.query_one("#pulls", Table).current.deployment != PARTIAL:  # type: ignore[union-attr]
            await press(pilot, "down")
        await press(pilot, "enter")
        await opened(pilot, "Run")
        await until(pilot, lambda: "api revision 2" in text(pilot), "the headline")
        assert "manifest unknown" in text(pilot)
        await press(pilot, "R")
        await until(pilot, lambda: app.view.world.deployments[0].container == "api", "a new deployment")


async def test_one_that_is_under_way_is_listed_and_can_be_cancelled(app: BahriyaApp) -> None:
    async with app.run_test() as pilot:
        await press(pilot, "4")
        assert rows(pilot)[-1] == str(RUNNING)
        await press(pilot, "end", "c")
        await opened(pilot, "Confirm")
        assert f"Cancel deployment {RUNNING}" in text(pilot)


async def test_it_is_told_of_its_container_also_where_that_is_well(app: BahriyaApp) -> None:
    async with app.run_test(size=(80, 50)) as pilot:
        await press(pilot, "2")
        app.screen.query_one("#list", Table).go("docs")
        await press(pilot, "enter")
        await opened(pilot, "Details")
        told = text(pilot).partition("Latest deployment")[2]
        assert f"Number {DOCS} State ● done" in told
        assert "by mira" in told
