"""The palette reaches every action, screen, project and thing by a few letters of its name."""

import random
from collections.abc import Callable, Iterator

import pytest
from textual.keys import _character_to_key

from bahriya_tui.operations import projects
from bahriya_tui.places import Places
from bahriya_tui.screen import Look
from bahriya_tui.tui import keys
from bahriya_tui.tui.app import BahriyaApp
from bahriya_tui.tui.feed import Feed
from bahriya_tui.tui.present.finding import WORDS, Named, best, terms
from bahriya_tui.tui.screens.listing import Listing
from tests.operator import Operator
from tests.tui import world
from tests.tui.conftest import quiet_session
from tests.tui.hands import Hands, opened, press, shown, until
from tests.tui.terminal import on_terminal


async def choose(pilot: Hands, words: str) -> None:
    """Open the palette, type and press Enter, without a look in between."""
    await press(pilot, "colon")
    await opened(pilot, "Palette")
    await pilot.press(*(_character_to_key(char) for char in words), "enter")
    await until(pilot, lambda: type(pilot.app.screen).__name__ != "Palette", "the palette closes")


def chosen(app: BahriyaApp) -> str:
    """Give the name of the line the cursor is on."""
    assert isinstance(app.screen, Listing)
    return app.screen.key(app.screen.current)


@pytest.mark.parametrize(
    ("words", "screen", "line"),
    [
        ("container docs", "Containers", "docs"),
        ("virgi", "Regions", "virginia-1"),
        ("registry hub", "Registries", "hub-mirror"),
        ("deployment 2", "Deployments", "2"),
        ("mailr", "Containers", "mailer"),
    ],
)
@pytest.mark.parametrize(
    "before", [(), ("3",), ("2", "slash", "w", "e", "b", "enter"), ("4", "enter")], ids=str
)
async def test_a_thing_is_shown_in_its_list(
    app: BahriyaApp, before: tuple[str, ...], words: str, screen: str, line: str
) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, *before)
        await choose(pilot, words)
        await opened(pilot, screen)
        await until(pilot, lambda: chosen(app) == line, f"the cursor is on {line}")
        assert len(app.screen_stack) == 1


@pytest.mark.parametrize(
    ("words", "screen"),
    [("containers", "Containers"), ("reg", "Registries"), (":reg", "Registries"), ("dep", "Deployments")],
)
async def test_a_word_means_a_screen(app: BahriyaApp, words: str, screen: str) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "3")
        await choose(pilot, words)
        await opened(pilot, screen)


@pytest.mark.parametrize("word", ["q", "quit", ":q"])
async def test_a_word_leaves(app: BahriyaApp, word: str) -> None:
    async with app.run_test() as pilot:
        await press(pilot, "colon")
        await opened(pilot, "Palette")
        await pilot.press(*(_character_to_key(char) for char in word), "enter")
        await until(pilot, lambda: not app.is_running, "it leaves")


async def test_another_project_is_opened(app: BahriyaApp) -> None:
    with quiet_session(app.places) as session:
        projects.add_project(session, "lab", "")
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: len(app.view.world.projects) > 1, "the project is seen")
        await press(pilot, "4", "enter")
        await choose(pilot, "project lab")
        await until(pilot, lambda: app.view.project == "lab", "it is open")
        await opened(pilot, "Deployments")


async def test_every_action_of_the_place_is_offered_with_its_key(app: BahriyaApp) -> None:
    async with app.run_test(size=(120, 80)) as pilot:
        await press(pilot, "2", "ctrl+p")
        await opened(pilot, "Palette")
        await until(pilot, lambda: "Deploy" in shown(pilot), "it is filled")
        for word in ("Deploy  d", "Sort  s", "Filter  /", "Quit  q", "Audit  5"):
            assert word in shown(pilot), word
        assert "container docs" not in shown(pilot)


@pytest.fixture
def looking(seeded: Places) -> Iterator[BahriyaApp]:
    with Feed(seeded.database, "shop") as feed:
        yield BahriyaApp(seeded, feed, now=lambda: world.NOW, look=Look(read_only=True))


async def test_nothing_that_changes_something_is_offered_to_who_only_looks(looking: BahriyaApp) -> None:
    async with looking.run_test(size=(120, 60)) as pilot:
        await press(pilot, "2", "ctrl+p")
        await opened(pilot, "Palette")
        await until(pilot, lambda: "Details" in shown(pilot), "it is filled")
        assert "Deploy  d" not in shown(pilot)
        assert "Delete" not in shown(pilot)


def test_what_was_found_looks_as_it_did(snap_compare: Callable[..., bool], app: BahriyaApp) -> None:
    async def find(pilot: Hands) -> None:
        await press(pilot, "2", "colon")
        await opened(pilot, "Palette")
        await press(pilot, *"eb")
        await until(pilot, lambda: "container web" in shown(pilot), "it is found")

    assert snap_compare(app, terminal_size=(80, 24), run_before=find)


def test_what_is_typed_ahead_means_what_it_says(operator: Operator) -> None:
    operator.run("project", "add", "shop")
    with on_terminal(operator.environment) as terminal:
        terminal.until("No registry yet")
        terminal.press(":containers\r")
        terminal.until("No container yet")
        terminal.press(":q\r")
        assert terminal.ended() == 0


def found(typed: str, *texts: str) -> list[str]:
    names = [Named(text) for text in texts]
    return [texts[index] for index in best(terms(typed), names, 10)]


def test_the_best_comes_first() -> None:
    texts = ("container web-api", "container api", "container apiary", "registry api", "region europe-api")
    assert found("api", *texts) == [
        "registry api",
        "container api",
        "container apiary",
        "container web-api",
        "region europe-api",
    ]
    assert found("container api", *texts)[0] == "container api"
    assert found("API", *texts) == found(":api", *texts) == found("api", *texts)
    assert found("cwa", *texts) == ["container web-api"]
    assert found("zzz", *texts) == []


def test_a_word_goes_before_every_name() -> None:
    names = [Named("container quit"), Named("quit", WORDS["quit"]), Named("container q")]
    assert best(["q"], names, 3) == [1, 2, 0]


def test_thousands_of_names_give_a_few_also_when_the_letters_fit_badly() -> None:
    draw = random.Random(7)
    names = [Named("container " + "".join(draw.choices("ab-", k=40))) for _ in range(10_000)]
    assert len(best(["a"], names, 30)) == 30
    # A pattern that goes back would take years to find that there is no c.
    assert best(["ab" * 12 + "z"], names, 30) == []


def test_every_word_belongs_to_an_action() -> None:
    assert set(WORDS) <= {key.name for key in keys.in_use().table}
    words = [word for some in WORDS.values() for word in some]
    assert len(set(words)) == len(words)
