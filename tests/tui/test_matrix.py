"""The matrix as a screen: over real regions, which others changed, and in pictures of every state."""

# The fixtures of the commands are used here too.
# ruff: noqa: F401, F811

from collections.abc import Iterator
from dataclasses import replace

import pytest

from bahriya_tui.model.deployment import WAITING_FOR_UNLOCK
from bahriya_tui.places import Places
from bahriya_tui.store import secret_writes, secrets
from bahriya_tui.store.database import open_store
from bahriya_tui.tui.app import BahriyaApp
from bahriya_tui.tui.feed import Feed
from bahriya_tui.tui.screens.matrix import Matrix
from tests.cli.conftest import deployed, online, world
from tests.cli.outside import Outside
from tests.operator import Operator
from tests.tui.hands import Hands, notices, opened, press, shown, until
from tests.tui.test_screens import SMALL, Compare
from tests.tui.world import EVERYWHERE, NOW, read_back

NAME = "bahriya-team-v1"
FALKENSTEIN, HELSINKI, VIRGINIA = EVERYWHERE
EDITED = {"data": {".dockerconfigjson": "eyJhdXRocyI6IHt9fQ=="}}


async def look(pilot: Hands) -> Matrix:
    """Go to the matrix and wait until it is there."""
    await press(pilot, "m")
    await opened(pilot, "Matrix")
    screen = pilot.app.screen
    assert isinstance(screen, Matrix)
    await until(pilot, lambda: screen.grid.spots, "the places are shown")
    return screen


def state(screen: Matrix, registry: str, region: str) -> str:
    spots = {(one.place.registry, one.place.region): one.place.state for one in screen.grid.spots}
    return spots.get((registry, region), "")


async def test_every_state_is_told_in_words_and_by_a_letter(app: BahriyaApp) -> None:
    read_back(app.places.database)
    async with app.run_test(size=SMALL) as pilot:
        await look(pilot)
        text = shown(pilot)
        for word in ("● in sync v2", "□ missing v2", "✕ unreachable v2", "≠ edited v4", "E 1 edited"):
            assert word in text
        await press(pilot, "j")
        assert "ghcr in helsinki-1: missing v2" in shown(pilot)
        said = " ".join(shown(pilot).split())
        assert "so api and web cannot pull. R writes it again." in said


async def test_the_cursor_goes_down_and_across_and_enter_says_what_is_there(app: BahriyaApp) -> None:
    read_back(app.places.database)
    async with app.run_test(size=SMALL) as pilot:
        await look(pilot)
        await press(pilot, "l")
        assert "house in falkenstein-1: edited v4" in shown(pilot)
        await press(pilot, "right", "down")
        assert "house is not needed in helsinki-1" in shown(pilot)
        await press(pilot, "k", "enter")
        await opened(pilot, "Details")
        assert "house in falkenstein-1" in shown(pilot)
        assert "there, changed by kubectl-edit" in shown(pilot)
        await press(pilot, "escape")
        await opened(pilot, "Matrix")
        await press(pilot, "escape")
        await opened(pilot, "Registries")


async def test_unlocking_is_offered_while_a_repair_that_is_shown_waits_for_it(app: BahriyaApp) -> None:
    read_back(app.places.database)
    with open_store(app.places.database) as store, store.write() as tx:
        (secret,) = secrets.applied(tx.conn, project="shop", region=HELSINKI)
        write = secret_writes.ask(
            tx, project="shop", region=HELSINKI, name=secret.name, registry_id=secret.registry_id, version=2,
            reason="it was missing", actor="mira", now=NOW,
        )  # fmt: skip
    async with app.run_test() as pilot:
        screen = await look(pilot)
        assert not screen.check_action("unlock", ())
        with open_store(app.places.database) as store, store.write() as tx:
            secret_writes.explain(tx, write, WAITING_FOR_UNLOCK)
        await until(pilot, lambda: screen.check_action("unlock", ()), "it is offered")
        await press(pilot, "j")
        assert f"It is being written again: {WAITING_FOR_UNLOCK}." in " ".join(shown(pilot).split())


async def test_the_filter_keeps_places_not_lines(app: BahriyaApp) -> None:
    read_back(app.places.database)
    async with app.run_test(size=SMALL) as pilot:
        screen = await look(pilot)
        await press(pilot, "slash", *"edited", "enter")
        assert [(one.column, one.place.region) for one in screen.grid.spots] == [("house", FALKENSTEIN)]
        assert "helsinki-1" not in shown(pilot)
        assert "1 of" in shown(pilot)
        await press(pilot, "escape")
        assert state(screen, "ghcr", HELSINKI) == "missing"


async def test_many_registries_are_told_by_letters_a_page_at_a_time(app: BahriyaApp) -> None:
    read_back(app.places.database)
    async with app.run_test(size=SMALL) as pilot:
        screen = await look(pilot)
        (place, facts) = app.view.world.matrix.cells[0]  # type: ignore[union-attr]
        matrix = app.view.world.matrix
        assert matrix is not None
        many = tuple((replace(place, registry=f"r{number:02}"), facts) for number in range(20))
        app.view = replace(app.view, world=replace(app.view.world, matrix=replace(matrix, cells=many)))
        app.redraw()
        await pilot.pause()
        assert "●i v2" in shown(pilot)
        assert "of 20" in shown(pilot)
        await press(pilot, *["l"] * 19)
        assert "r19 in falkenstein-1: in sync v2" in shown(pilot)
        assert screen.drawn.registries[-1] == "r19"


@pytest.fixture
def live(deployed: Operator) -> Iterator[BahriyaApp]:
    """The screens of an operator whose container runs in real regions, with the real worker."""
    home = deployed.home
    places = Places(home / "store", home / "keys", home / "logs")
    with Feed(places.database, "shop") as feed:
        yield BahriyaApp(places, feed)


async def test_reading_again_asks_the_regions_and_says_when(
    live: BahriyaApp,
    world: Outside,
) -> None:
    edited, down, good = world.regions
    world.change(edited, EDITED, manager="kubectl-edit")
    world.stop_region(down)
    async with live.run_test(size=SMALL) as pilot:
        screen = await look(pilot)
        assert "never read back: r reads" in shown(pilot)
        await press(pilot, "r")
        await until(pilot, lambda: state(screen, "team", down) == "unreachable", "one is unreachable")
        await until(pilot, lambda: state(screen, "team", edited) == "edited", "one was edited")
        await until(pilot, lambda: state(screen, "team", good) == "in sync", "one is in sync")
        # Two lines where the answers came at different seconds.
        assert "some never" in " ".join(shown(pilot).split())


async def test_one_place_is_repaired_and_the_others_are_left(
    live: BahriyaApp,
    world: Outside,
    deployed: Operator,
    canary: str,
) -> None:
    first, other, _ = world.regions
    good = world.objects(first, "secrets")[NAME]["data"]
    for region in (first, other):
        world.change(region, EDITED, manager="kubectl-edit")
    async with live.run_test(size=SMALL) as pilot:
        screen = await look(pilot)
        await press(pilot, "r")
        await until(pilot, lambda: state(screen, "team", first) == "edited", "it was edited")
        await press(pilot, "R")
        await opened(pilot, "Confirm")
        assert NAME in shown(pilot)
        await press(pilot, "escape")
        assert world.objects(first, "secrets")[NAME]["data"] != good
        await until(pilot, lambda: not screen.repairing, "nothing is under way")
        await press(pilot, "R")
        await opened(pilot, "Confirm")
        await press(pilot, "right", "enter")
        await until(pilot, lambda: f"Repaired: team in {first}" in notices(pilot), "it is told")
        await until(pilot, lambda: state(screen, "team", first) == "in sync", "it is in sync")
        assert state(screen, "team", other) == "edited"
        assert canary not in shown(pilot)
    assert world.objects(first, "secrets")[NAME]["data"] == good
    assert world.objects(other, "secrets")[NAME]["data"] != good


async def test_all_that_is_shown_is_repaired_after_a_question_that_says_how_many(
    live: BahriyaApp,
    world: Outside,
) -> None:
    edited, deleted, _ = world.regions
    good = world.objects(edited, "secrets")[NAME]["data"]
    world.change(edited, EDITED, manager="kubectl-edit")
    world.delete(deleted, NAME)
    async with live.run_test(size=SMALL) as pilot:
        screen = await look(pilot)
        await press(pilot, "r")
        await until(pilot, lambda: state(screen, "team", deleted) == "missing", "it is missing")
        await until(pilot, lambda: state(screen, "team", edited) == "edited", "it was edited")
        await press(pilot, "A")
        await opened(pilot, "Confirm")
        assert "2 pull secrets in 2 regions" in shown(pilot)
        assert f"{NAME} in {deleted} (missing)" in shown(pilot)
        await press(pilot, "right", "enter")
        await until(pilot, lambda: "Repaired: 2 places" in notices(pilot), "it is told")
        await until(
            pilot,
            lambda: {one.place.state for one in screen.grid.spots} == {"in sync"},
            "everything is in sync",
        )
    assert all(world.objects(region, "secrets")[NAME]["data"] == good for region in world.regions)


async def test_what_cannot_be_repaired_any_more_is_said_before_anything_is_asked(
    live: BahriyaApp,
    world: Outside,
) -> None:
    region = world.regions[0]
    world.change(region, EDITED, manager="kubectl-edit")
    async with live.run_test(size=SMALL) as pilot:
        screen = await look(pilot)
        await press(pilot, "r")
        await until(pilot, lambda: state(screen, "team", region) == "edited", "it was edited")
        world.stop_region(region)
        await press(pilot, "R")
        await until(pilot, lambda: "nothing can be repaired now" in notices(pilot), "it is told")
        assert f"team in {region} is unreachable" in notices(pilot)
        assert isinstance(pilot.app.screen, Matrix)


def test_a_repair_of_all_asks_as_it_did(snap_compare: Compare, app: BahriyaApp) -> None:
    from bahriya_tui.tui.dialogs.confirm import Confirm
    from bahriya_tui.tui.present.matrix import repair_says

    read_back(app.places.database)

    async def steps(pilot: Hands) -> None:
        screen = await look(pilot)
        places = [one.place for one in screen.grid.spots if one.mendable]
        app.push_screen(Confirm("Repair 2 places", repair_says(places, narrowed=True), "Write again"))
        await opened(pilot, "Confirm")

    assert snap_compare(app, terminal_size=SMALL, run_before=steps)
