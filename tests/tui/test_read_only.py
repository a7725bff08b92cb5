"""Screens that were started to look only: no key changes anything, and none that would is offered."""

from collections.abc import Iterator

import pytest

from bahriya_tui.model.errors import BahriyaError
from bahriya_tui.operations import projects
from bahriya_tui.places import Places
from bahriya_tui.screen import Look
from bahriya_tui.tui import keys
from bahriya_tui.tui.app import BahriyaApp
from bahriya_tui.tui.feed import Feed
from tests.tui import world
from tests.tui.hands import notices, opened, press, shown, until


@pytest.fixture
def looking(seeded: Places) -> Iterator[BahriyaApp]:
    with Feed(seeded.database, "shop") as feed:
        yield BahriyaApp(seeded, feed, now=lambda: world.NOW, look=Look(read_only=True))


LISTS = {"1": "registries", "2": "containers", "3": "regions", "6": "security"}


@pytest.mark.parametrize(
    ("number", "key"),
    [
        (number, key)
        for number, place in LISTS.items()
        for key in keys.here(place)
        if keys.changes(key.action)
    ],
    ids=lambda one: one if isinstance(one, str) else one.action,
)
async def test_a_key_that_would_change_something_is_refused(
    looking: BahriyaApp, number: str, key: keys.Key
) -> None:
    async with looking.run_test(size=(200, 50)) as pilot:
        await press(pilot, number, key.keys.split(",")[0])
        await until(pilot, lambda: "these screens are read-only" in notices(pilot), "the refusal")
        assert len(looking.screen_stack) == 1
        footer = shown(pilot).splitlines()[-1]
        assert f" {key.label} " not in footer
        assert " Filter " in footer
        assert "read-only" in shown(pilot).splitlines()[0]


async def test_a_project_is_neither_made_nor_deleted_but_opened(looking: BahriyaApp) -> None:
    async with looking.run_test() as pilot:
        for key in "nx":
            await press(pilot, "p")
            await opened(pilot, "Projects")
            await press(pilot, key)
            await until(pilot, lambda: "these screens are read-only" in notices(pilot), "the refusal")
            looking.clear_notifications()
        assert len(looking.screen_stack) == 1


async def test_also_a_change_that_no_key_announces_is_refused_by_the_store(looking: BahriyaApp) -> None:
    async with looking.run_test():
        with pytest.raises(BahriyaError, match="may only be read here"):
            await looking.change("adding", lambda s: projects.add_project(s, "other"))
