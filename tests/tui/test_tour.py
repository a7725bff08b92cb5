"""The strip of a tour: it leads on when the store shows that a step was done, and is in nobody's way."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from bahriya_tui.demo.script import END, SCRIPT, without_tour
from bahriya_tui.operations import edit
from bahriya_tui.operations.inspect import World
from bahriya_tui.places import Places
from bahriya_tui.tui.feed import Feed
from bahriya_tui.tui.tour import Step, Tour
from bahriya_tui.tui.touring import TourApp
from bahriya_tui.tui.widgets.bars import KeyBar
from bahriya_tui.tui.widgets.strip import Strip
from tests.tui import world
from tests.tui.conftest import quiet_session
from tests.tui.hands import Hands, opened, press, shown, until
from tests.tui.test_screens import SMALL, WIDE, steps

Compare = Callable[..., bool]


def renamed(before: World, now: World) -> str:
    """Done when the registry has another name than when the step began."""
    names = [[one.name for one in which.registries if one.handle == "ghcr"] for which in (before, now)]
    return f"it is called {names[1][0]}" if names[0] != names[1] else ""


def _never(_before: World, _now: World) -> str:
    return ""


LONG = "Press 1, choose shop-registry, press r, then Enter; type demo-token-2, then Enter. " * 2
STEPS = (
    Step("First", "Rename ghcr.", renamed, "a storm"),
    Step("Second", "Rename it again.", renamed, "a flood"),
    Step("Third", LONG[:150], _never),
)


@dataclass
class Outside:
    """The outside world: remembers what went wrong in it."""

    faults: list[str] = field(default_factory=list)


@pytest.fixture
def outside() -> Outside:
    return Outside()


@pytest.fixture
def touring(seeded: Places, outside: Outside) -> Iterator[TourApp]:
    """The TUI over the evening of `world`, with a tour of three steps."""
    with Feed(seeded.database, "shop") as feed:
        yield TourApp(
            seeded,
            feed,
            open_session=quiet_session,
            now=lambda: world.NOW,
            tour=Tour(STEPS, END, outside.faults.append),
        )


def rename(places: Places, name: str) -> None:
    """Rename the registry as another operator's command would."""
    with quiet_session(places) as session:
        edit.edit_registry(session, "shop", "ghcr", name=name)


async def test_a_step_ends_when_the_store_shows_that_it_was_done(
    touring: TourApp, seeded: Places, outside: Outside
) -> None:
    async with touring.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: "Step 1 of 3  First" in shown(pilot), "the first step")
        await until(pilot, lambda: outside.faults == ["a storm"], "its fault")

        rename(seeded, "Containers of the team")

        await until(pilot, lambda: "Step 2 of 3  Second" in shown(pilot), "the second step")
        assert "● it is called Containers of the team" in shown(pilot)
        await until(pilot, lambda: outside.faults[1:] == ["a flood"], "the second fault")
        # What was done before a step began does not end it.
        rename(seeded, "Again")
        await until(pilot, lambda: "Step 3 of 3" in shown(pilot), "the third step")
        await until(pilot, lambda: outside.faults[2:] == [""], "all is well")


async def test_a_step_can_be_skipped_and_taken_again_from_within_a_dialog(touring: TourApp) -> None:
    async with touring.run_test(size=SMALL) as pilot:
        await press(pilot, "n")
        await opened(pilot, "RegistryForm")
        await until(pilot, lambda: "Step 1 of 3" in shown(pilot), "the strip above the form")
        await press(pilot, "f2", "f2")
        await until(pilot, lambda: "Step 3 of 3" in shown(pilot), "the third step")
        await press(pilot, "f3")
        await until(pilot, lambda: "Step 2 of 3" in shown(pilot), "the second step")
        assert "New registry" in shown(pilot), "the form is as it was"
        await press(pilot, "escape")
        await until(pilot, lambda: "New registry" not in shown(pilot), "the list")
        assert "Step 2 of 3" in shown(pilot)


async def test_after_the_last_step_the_strip_says_so(touring: TourApp) -> None:
    async with touring.run_test(size=SMALL) as pilot:
        await press(pilot, "f2", "f2", "f2", "f2")
        await until(pilot, lambda: "The end of the tour" in shown(pilot), "the end")
        await press(pilot, "f3")
        await until(pilot, lambda: "Step 3 of 3" in shown(pilot), "the last step once more")


async def test_a_demo_without_a_tour_says_where_to_find_a_token(seeded: Places, outside: Outside) -> None:
    tour = Tour((), without_tour(Path("/tmp/demo/registry/shop-deploy")), outside.faults.append)
    with Feed(seeded.database, "shop") as feed:
        async with TourApp(seeded, feed, open_session=quiet_session, tour=tour).run_test(size=SMALL) as pilot:
            assert "/tmp/demo/registry/shop-deploy" in shown(pilot)
            assert "F2" not in shown(pilot)
            await press(pilot, "f2", "f3")
            assert "/tmp/demo/registry/shop-deploy" in shown(pilot)
            await press(pilot, "f4")
            await until(pilot, lambda: "shop-deploy." not in shown(pilot), "it goes")


async def test_a_tour_that_is_left_leaves_all_well_and_the_screens_as_they_are(
    touring: TourApp, outside: Outside
) -> None:
    async with touring.run_test(size=SMALL) as pilot:
        await press(pilot, "2")
        await until(pilot, lambda: "Step 1 of 3" in shown(pilot), "the strip")
        await press(pilot, "f4")
        await until(pilot, lambda: "Step 1 of 3" not in shown(pilot), "it goes")
        assert outside.faults[-1] == ""
        for key in ("1", "2", "f2"):
            await press(pilot, key)
            assert not pilot.app.screen.query(Strip)
        assert outside.faults[-1] == ""


@pytest.mark.parametrize("keys", ["", "2", "4 enter", "m", "u", "question_mark", "r", "x"])
async def test_the_strip_covers_nothing(touring: TourApp, keys: str) -> None:
    async with touring.run_test(size=SMALL) as pilot:
        await press(pilot, *keys.split())
        await until(pilot, lambda: pilot.app.screen.query(Strip), "the strip")
        strip = pilot.app.screen.query_one(Strip)
        assert strip.region.y == 0
        assert 2 <= strip.region.height <= 3
        others = [part for part in pilot.app.screen.children if part is not strip]
        assert not [part for part in others if part.region.overlaps(strip.region)]
        for bar in pilot.app.screen.query(KeyBar):
            assert bar.region.bottom == SMALL[1]


@pytest.mark.parametrize("size", [SMALL, WIDE], ids=["80x24", "120x36"])
@pytest.mark.parametrize("place", ["list", "dialog", "long"])
def test_the_strip_looks_as_it_did(
    snap_compare: Compare, touring: TourApp, place: str, size: tuple[int, int]
) -> None:
    ways: dict[str, Callable[[Hands], Awaitable[None]]] = {
        "list": steps("f2"),
        "dialog": steps("r", opens="RotateForm"),
        "long": steps("f2", "f2", "4", "enter", opens="Run"),
    }
    assert snap_compare(touring, terminal_size=size, run_before=ways[place])


@pytest.mark.parametrize("step", SCRIPT, ids=[step.title for step in SCRIPT])
async def test_every_step_of_the_demo_is_read_whole_in_80_columns(seeded: Places, step: Step) -> None:
    with Feed(seeded.database, "shop") as feed:
        app = TourApp(
            seeded,
            feed,
            open_session=quiet_session,
            tour=Tour([replace(step, came=_never)] * 8, END, lambda _: None),
        )
        async with app.run_test(size=SMALL) as pilot:
            await until(pilot, lambda: step.title in shown(pilot), "the strip")
            await press(pilot, "f2")
            lines = shown(pilot).splitlines()[:3]
            assert "Step 2 of 8" in lines[0]
            assert lines[0].rstrip().endswith("F2 skip  F3 back  F4 leave")
            assert step.says in " ".join(" ".join(lines[1:]).split())
