"""Small plots: as long as what they draw, higher where it is more, and told in words as well."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from bahriya_tui.model import clock
from bahriya_tui.model.deployment import Deployment, Spec, State
from bahriya_tui.model.region import CONTACTS, Region, with_contact
from bahriya_tui.operations.inspect import World
from bahriya_tui.store import regions as regions_of
from bahriya_tui.store.database import open_store
from bahriya_tui.tui.app import BahriyaApp
from bahriya_tui.tui.filters import _plain
from bahriya_tui.tui.present import containers, deployments, regions
from bahriya_tui.tui.present.plot import HEIGHTS, middle, plot
from bahriya_tui.tui.present.text import Heading, Note, Part, Signs
from bahriya_tui.tui.view import View, view_of
from bahriya_tui.tui.widgets.detail import Detail
from tests.tui import world
from tests.tui.hands import press, until
from tests.tui.world import NOW

NUMBERS = st.floats(0, 1e9)
VALUES = st.lists(NUMBERS | st.none(), max_size=80)


@given(VALUES)
def test_a_plot_has_one_sign_for_each_value_and_a_gap_where_there_is_none(values: list[float | None]) -> None:
    drawn = plot(values, "✕")
    assert len(drawn) == len(values)
    assert [sign == "✕" for sign in drawn] == [value is None for value in values]
    assert set(drawn) <= {*HEIGHTS, "✕"}


@given(st.lists(NUMBERS, min_size=2, max_size=80))
def test_more_is_never_drawn_lower(values: list[float]) -> None:
    heights = [HEIGHTS.index(sign) for sign in plot(values)]
    in_order = sorted(zip(values, heights, strict=True))
    assert [height for _, height in in_order] == sorted(heights)


@given(st.lists(NUMBERS, min_size=1, max_size=80))
def test_the_greatest_is_drawn_highest_where_it_stands_out(values: list[float]) -> None:
    greatest = max(values)
    if greatest > 2 * middle(values):
        assert plot(values)[values.index(greatest)] == HEIGHTS[-1]


@given(st.floats(1e-6, 1e9), st.integers(1, 60))
def test_equal_values_are_drawn_alike_at_half_the_height(value: float, times: int) -> None:
    assert plot([value] * times) == HEIGHTS[4] * times


def test_there_is_a_plot_of_nothing_of_zeros_and_of_gaps() -> None:
    assert plot([]) == ""
    assert plot([0, 0]) == HEIGHTS[0] * 2
    assert plot([None, None]) == "  "
    assert plot([None, 7], "✕") == "✕" + HEIGHTS[4]


@given(st.lists(NUMBERS, min_size=1))
def test_half_of_all_are_not_below_the_middle_one(values: list[float]) -> None:
    half = middle(values)
    assert half in values
    assert sum(value <= half for value in values) * 2 >= len(values)
    assert sum(value >= half for value in values) * 2 >= len(values)


def test_in_ascii_other_heights_are_other_signs() -> None:
    drawn = _plain(HEIGHTS)
    assert drawn.isascii()
    assert len(set(drawn)) == len(HEIGHTS)
    marks = [_plain(mark) for mark, _ in deployments.STATES.values()]
    assert all(mark.isascii() and len(mark) == 1 for mark in marks)


@given(st.lists(st.floats(0.1, 99999) | st.none(), max_size=200))
def test_the_latest_contacts_are_kept_and_failures_in_a_row_as_one(told: list[float | None]) -> None:
    kept = ""
    for ms in told:
        kept = with_contact(kept, ms)
    known = replace(world.region("oslo-1", "", ""), latencies=kept).contacts
    assert len(known) <= CONTACTS
    assert all(pair != (None, None) for pair in pairwise(known))
    expected = [ms for ms in told if ms is not None][-CONTACTS:]
    found = [ms for ms in known if ms is not None]
    assert found == pytest.approx(expected[len(expected) - len(found) :], abs=0.06)


def region(*contacts: float | None) -> Region:
    kept = ""
    for ms in contacts:
        kept = with_contact(kept, ms)
    return replace(world.region("oslo-1", "Oslo", "Norway"), latencies=kept)


def told(parts: list[Part]) -> list[str]:
    """Give what the parts say, line by line."""
    lines = []
    for part in parts:
        if isinstance(part, Signs):
            lines.append("".join(sign for sign, _ in part.signs))
        elif isinstance(part, (Heading, Note)):
            lines.append(part.text)
    return lines


def test_a_region_draws_its_latencies_and_tells_them_in_words() -> None:
    assert told(regions.latencies(region(12, 11, 40, None, None, 8.4, 12))) == [
        "Latency of the last 6 contacts",
        "▃▃█✕▂▃",
        "last 12 ms, median 12 ms",
        "from 8.4 ms to 40 ms",
        "✕ no answer, 1 time",
    ]
    assert told(regions.latencies(region(12, 13, None)))[2] == "last no answer, median 13 ms"


def test_a_region_with_nothing_to_compare_draws_nothing() -> None:
    assert regions.latencies(region()) == []
    assert regions.latencies(region(None)) == []
    assert regions.latencies(region(12)) == []


def rollouts(*ends: tuple[State, int | None]) -> View:
    """Describe deployments of one container, the oldest first: how each ended, after so many seconds."""
    spec = Spec("shop", "api", "nginx:1", "worker", 1, None, ())
    runs = []
    for number, (state, seconds) in enumerate(ends, 1):
        what = (number, "shop", "api", API.id, number, "deploy", state, spec, (), 1, False, 1)
        ended = None if seconds is None else clock.later(NOW, seconds)
        runs.append(Deployment(*what, "mira", NOW, NOW, ended, None, None))  # type: ignore[arg-type]
    return view_of(World((), (), (API,), (), tuple(runs[::-1]), (), (), (), {}, (), {}), "shop")


API = world.described("api", "nginx:1", None)


def test_a_container_draws_how_its_rollouts_went_and_how_long_they_took() -> None:
    view = rollouts(("done", 10), ("failed", 30), ("partial", 12), ("cancelled", 9), ("running", None))
    assert told(containers.history(API, view)) == [
        "5 rollouts, the newest last",
        "●✕▲○◐",
        "▃█▄▃ ",
        "1 ● done, 1 ✕ failed, 1 ▲ partial, 1 ○ cancelled, 1 ◐ running",
        "took 9 s, median 12 s, longest 30 s",
    ]


def test_so_many_rollouts_are_drawn_and_none_of_another_container_nor_of_a_termination() -> None:
    ends: list[tuple[State, int | None]] = [("failed", 5), ("failed", 5)]
    ends += [("done", 5)] * containers.HISTORY
    view = rollouts(*ends)
    assert told(containers.history(API, view))[1] == "●" * containers.HISTORY
    other = world.described("web", "nginx:1", None)
    assert containers.history(other, view) == []
    ended = [replace(run, kind="terminate") for run in view.world.deployments]
    assert containers.history(API, view_of(replace(view.world, deployments=tuple(ended)), "shop")) == []
    assert containers.history(API, rollouts(("done", 5))) == []


async def test_where_room_is_short_the_newest_contacts_are_drawn_and_no_bar_covers_a_word(
    app: BahriyaApp,
) -> None:
    with open_store(app.places.database) as store, store.write() as tx:
        for ms in (900.0, 900.0, 900.0, *[10.0] * 57):
            regions_of.seen(tx, "falkenstein-1", NOW, ms=ms)
    async with app.run_test(size=(120, 26)) as pilot:
        await press(pilot, "3")
        side = pilot.app.screen.query_one("#side", Detail)
        await until(pilot, lambda: side.show_vertical_scrollbar, "it is longer than the screen")
        width = side.scrollable_content_region.width
        texts = ["".join(segment.text for segment in line) for line in side._lines]
        assert any("from 10 ms to 900 ms" in text for text in texts)
        assert max(cell_len(text.rstrip()) for text in texts) <= width
        (drawn,) = [text for text in texts if "▁" in text]
        assert drawn == "▁" * width
