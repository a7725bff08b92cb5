"""Marks: lines by key, which the keys then act on together; what one of them is refused stops no other."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bahriya_tui.model.container import Container
from bahriya_tui.model.errors import BahriyaError, Failed, NotFound
from bahriya_tui.places import Places
from bahriya_tui.screen import Look
from bahriya_tui.store import containers, regions, registries
from bahriya_tui.store.database import open_store
from bahriya_tui.tui import together
from bahriya_tui.tui.app import BahriyaApp
from bahriya_tui.tui.feed import Feed
from bahriya_tui.tui.widgets.choice import Choice
from bahriya_tui.tui.widgets.detail import Detail
from bahriya_tui.tui.widgets.marks import gutter, toggled
from bahriya_tui.tui.widgets.table import Table
from tests.tui import world
from tests.tui.conftest import QuietSession, quiet_session
from tests.tui.hands import Hands, fill, notices, opened, press, rows, shown, until
from tests.tui.test_screens import SMALL, steps

Compare = Callable[..., bool]
LINES = {"api": 0, "billing": 1, "cache": 2, "docs": 3, "mailer": 4, "web": 5}
"""The containers, as they are listed."""


def table(pilot: Hands) -> Table:
    return pilot.app.screen_stack[0].query_one("#list", Table)


def marked(pilot: Hands) -> set[str]:
    return set(table(pilot).marks)


def line(pilot: Hands, handle: str) -> str:
    return next(one for one in shown(pilot).splitlines() if f"{handle} " in one)


async def mark(pilot: Hands, *handles: str) -> None:
    """Open the containers and mark some of them."""
    await press(pilot, "2")
    for handle in handles:
        await press(pilot, "g", *"j" * LINES[handle], "space")
    assert marked(pilot) == set(handles)


def one(app: BahriyaApp, handle: str) -> Container | None:
    return next((each for each in app.view.world.containers if each.handle == handle), None)


@given(st.frozensets(st.text()), st.frozensets(st.text(), min_size=1))
def test_marking_the_same_lines_twice_leaves_none_of_them_marked(
    before: frozenset[str], these: frozenset[str]
) -> None:
    once = toggled(before, these)
    assert once == (before - these if these <= before else before | these)
    assert not toggled(toggled(before - these, these), these) & these


def test_cursor_and_mark_are_told_apart_by_shape() -> None:
    signs = [gutter(chosen=chosen, marked=marked) for chosen in (True, False) for marked in (True, False)]
    assert len(set(signs)) == 4
    assert {len(sign) for sign in signs} == {2}


async def test_space_marks_a_line_or_unmarks_it_and_goes_on_to_the_next(app: BahriyaApp) -> None:
    async with app.run_test() as pilot:
        await press(pilot, "2", "space")
        assert marked(pilot) == {"api"}
        assert line(pilot, "api").startswith(" ✓api")
        assert line(pilot, "billing").startswith("▌ billing")
        assert "1 marked" in shown(pilot)
        await press(pilot, "k")
        assert line(pilot, "api").startswith("▌✓api")
        await press(pilot, "space")
        assert marked(pilot) == set()
        assert " marked" not in shown(pilot)


async def test_marks_are_kept_while_lines_are_sorted_filtered_and_drawn_again(app: BahriyaApp) -> None:
    async with app.run_test() as pilot:
        await mark(pilot, "api", "docs")
        await press(pilot, "s", "S")
        assert line(pilot, "docs").startswith(" ✓docs")
        await press(pilot, "slash", *"ghcr", "enter")
        assert rows(pilot) == ["web", "api"]
        assert "2 marked, 1 not shown" in shown(pilot)
        await press(pilot, "1", "2")
        assert marked(pilot) == {"api", "docs"}


async def test_esc_clears_the_marks_before_the_filter(app: BahriyaApp) -> None:
    async with app.run_test() as pilot:
        await press(pilot, "2", "slash", *"ghcr", "enter", "space")
        await press(pilot, "escape")
        assert marked(pilot) == set()
        assert rows(pilot) == ["api", "web"]
        await press(pilot, "escape")
        assert len(rows(pilot)) == 6


async def test_ctrl_a_marks_what_the_filter_shows_and_unmarks_it_again(app: BahriyaApp) -> None:
    async with app.run_test() as pilot:
        await press(pilot, "2", "G", "k", "space", "slash", *"ghcr", "enter", "ctrl+a")
        assert marked(pilot) == {"mailer", "api", "web"}
        await press(pilot, "ctrl+a")
        assert marked(pilot) == {"mailer"}


async def test_the_mark_of_a_line_that_vanishes_is_dropped(app: BahriyaApp, places: Places) -> None:
    async with app.run_test() as pilot:
        await mark(pilot, "cache", "docs")
        with open_store(places.database) as store, store.write() as tx:
            containers.delete(tx, containers.get(tx.conn, "shop", "cache").id)
        await until(pilot, lambda: "cache" not in rows(pilot), "cache is gone")
        assert marked(pilot) == {"docs"}
        assert "1 marked" in shown(pilot)


async def test_no_line_of_another_project_is_marked_for_having_the_same_name(
    app: BahriyaApp, places: Places
) -> None:
    with open_store(places.database) as store, store.write() as tx:
        registries.insert(
            tx, "blog", "ghcr", name="", server="ghcr.io", username="blog", expires=None, plain_http=False,
            ca_file=None, now=world.NOW,
        )  # fmt: skip
    async with app.run_test() as pilot:
        await press(pilot, "space", "p")
        await opened(pilot, "Projects")
        await press(pilot, "g", "enter")
        await until(pilot, lambda: rows(pilot) == ["ghcr"], "blog is open")
        assert marked(pilot) == set()


@pytest.mark.parametrize("mode", ["5", "6"])
async def test_where_marks_mean_nothing_there_are_none(app: BahriyaApp, mode: str) -> None:
    async with app.run_test() as pilot:
        await press(pilot, mode, "space", "ctrl+a")
        assert marked(pilot) == set()
        await press(pilot, "question_mark")
        await opened(pilot, "Help")
        assert "Mark" not in shown(pilot)


async def test_marked_containers_are_deployed_after_one_form(
    app: BahriyaApp, quiet: type[QuietSession]
) -> None:
    async with app.run_test(size=(100, 40)) as pilot:
        await mark(pilot, "cache", "docs")
        await press(pilot, "d")
        await opened(pilot, "DeployForm")
        assert "Deploy 2 containers" in shown(pilot)
        assert "cache, docs, each to its own of 3 regions" in shown(pilot)
        before = quiet.woken
        await press(pilot, "enter")
        await until(pilot, lambda: "2 of 2 being deployed: cache, docs." in notices(pilot), "both are")
        assert quiet.woken == before + 1
        assert {run.container for run in app.view.world.deployments[:2]} == {"cache", "docs"}
        assert type(app.screen).__name__ == "Containers"
        assert marked(pilot) == {"cache", "docs"}


async def test_what_does_not_run_in_the_canary_is_told_to_begin_elsewhere(app: BahriyaApp) -> None:
    async with app.run_test(size=(100, 40)) as pilot:
        await mark(pilot, "cache", "docs")
        await press(pilot, "d")
        await opened(pilot, "DeployForm")
        app.screen.query_one("#canary").focus()
        await press(pilot, *["right"] * 3)
        assert app.screen.query_one("#canary", Choice).value == "falkenstein-1"
        app.screen.query_one("#save").focus()
        await press(pilot, "enter")
        await until(pilot, lambda: "2 of 2 being deployed: cache, docs." in notices(pilot), "both are")
        cache, docs = sorted(app.view.world.deployments[:2], key=lambda run: run.container)
        assert (docs.canary, cache.canary) == ("falkenstein-1", cache.regions[0].region)
        told = f"container cache does not run in falkenstein-1: its canary is {cache.canary}"
        assert told in notices(pilot)


async def test_what_one_container_is_refused_is_told_and_the_others_are_deployed(app: BahriyaApp) -> None:
    async with app.run_test(size=(100, 40)) as pilot:
        await mark(pilot, "cache", "docs")
        await press(pilot, "d")
        await opened(pilot, "DeployForm")
        with open_store(app.places.database) as store, store.write() as tx:
            containers.delete(tx, containers.get(tx.conn, "shop", "cache").id)
        await press(pilot, "enter")
        await until(pilot, lambda: "1 of 2 being deployed: docs." in notices(pilot), "docs is")
        assert 'cache: no container "cache"' in notices(pilot)
        assert app.view.world.deployments[0].container == "docs"


async def test_a_form_that_is_right_for_none_of_them_comes_back_with_every_reason(app: BahriyaApp) -> None:
    async with app.run_test(size=(100, 40)) as pilot:
        await mark(pilot, "cache", "mailer")
        await press(pilot, "d")
        await opened(pilot, "DeployForm")
        form = app.screen
        app.screen.query_one("#canary").focus()
        await press(pilot, "right")
        await fill(pilot, batch="50%")
        with open_store(app.places.database) as store, store.write() as tx:
            for handle in ("cache", "mailer"):
                containers.delete(tx, containers.get(tx.conn, "shop", handle).id)
        await press(pilot, "enter")
        await until(pilot, lambda: app.screen is not form and "none of the 2" in shown(pilot), "it is back")
        assert "cache: " in shown(pilot)
        assert "mailer: " in shown(pilot)


async def test_deployments_under_way_are_replaced_only_after_one_question(app: BahriyaApp) -> None:
    async with app.run_test() as pilot:
        await mark(pilot, "cache", "web")
        await press(pilot, "d")
        await opened(pilot, "Confirm")
        assert "Deployment 7 of web is running." in shown(pilot)
        assert app.focused is not None
        assert app.focused.id == "cancel"
        await press(pilot, "enter")
        await pilot.pause()
        assert app.view.world.deployments[0].container == "web"


async def test_marked_containers_are_linked_with_one_choice(app: BahriyaApp) -> None:
    async with app.run_test(size=(100, 40)) as pilot:
        await mark(pilot, "api", "billing", "docs")
        await press(pilot, "l")
        await opened(pilot, "Pick")
        assert "Link api, billing, docs" in shown(pilot)
        await press(pilot, "right", "enter")
        await until(pilot, lambda: "3 of 3 linked to house" in notices(pilot), "all are linked")
        assert all(getattr(one(app, name), "registry", "") == "house" for name in ("api", "billing", "docs"))


async def test_one_question_names_all_that_goes_and_from_which_regions(app: BahriyaApp) -> None:
    async with app.run_test(size=(100, 40)) as pilot:
        await mark(pilot, "cache", "docs", "mailer")
        await press(pilot, "x")
        await opened(pilot, "Confirm")
        text = shown(pilot)
        assert "Terminate 2 containers, delete 1" in text
        assert "docs (running) is in 3 regions: falkenstein-1, helsinki-1, virginia-1." in text
        assert "mailer (running) is in 1 region: falkenstein-1." in text
        assert "cache runs nowhere. Its description is deleted." in text
        assert app.focused is not None
        assert app.focused.id == "cancel"
        await press(pilot, "right", "enter")
        said = "3 of 3 being terminated or deleted: cache, docs, mailer."
        await until(pilot, lambda: said in notices(pilot), "all go")
        await until(pilot, lambda: marked(pilot) == {"docs", "mailer"}, "cache is gone")
        assert [getattr(one(app, name), "status", "") for name in ("docs", "mailer")] == ["terminating"] * 2


async def test_a_question_about_more_than_there_is_room_for_can_be_read_to_its_end(
    app: BahriyaApp, places: Places
) -> None:
    with open_store(places.database) as store, store.write() as tx:
        for number in range(12):
            world.add_container(tx, f"job-{number:02}", "nginx:1.27", None)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "2", "ctrl+a", "x")
        await opened(pilot, "Confirm")
        assert "Their descriptions stay" not in shown(pilot)
        await press(pilot, *["down"] * 20)
        assert "Their descriptions stay; once they are terminated, x deletes" in shown(pilot)
        assert app.focused is not None
        assert app.focused.id == "cancel"


async def test_marked_registries_are_tested_together(app: BahriyaApp, quiet: type[QuietSession]) -> None:
    async with app.run_test(size=(100, 40)) as pilot:
        await press(pilot, "ctrl+a", "t")
        await until(pilot, lambda: notices(pilot).count("login accepted") == 3, "all are asked")
        assert "hub-mirror: login accepted" in notices(pilot)


async def test_marked_regions_are_tested_and_each_says_why_it_does_not_answer(
    app: BahriyaApp, places: Places
) -> None:
    with open_store(places.database) as store, store.write() as tx:
        regions.seen(tx, "falkenstein-1", world.NOW, "kubeconfig F cannot be read")
        regions.seen(tx, "virginia-1", world.NOW)
    async with app.run_test(size=(100, 40)) as pilot:
        await press(pilot, "3", "space", "G", "space", "t")
        await until(pilot, lambda: "virginia-1 answers at" in notices(pilot), "both are told")
        assert "falkenstein-1 does not answer: kubeconfig F cannot be read" in notices(pilot)


async def test_of_marked_deployments_those_that_go_on_are_cancelled(app: BahriyaApp) -> None:
    async with app.run_test(size=(100, 40)) as pilot:
        await press(pilot, "4", "space", "space", "c")
        await opened(pilot, "Confirm")
        assert "Cancel deployment 7 " in shown(pilot)
        await press(pilot, "right", "enter")
        await until(pilot, lambda: "1 of 2 being cancelled: 7." in notices(pilot), "7 is cancelled")
        assert "6: deployment 6 has ended already: partial" in notices(pilot)


async def test_marked_deployments_are_tried_once_more(app: BahriyaApp) -> None:
    async with app.run_test(size=(100, 40)) as pilot:
        await press(pilot, "4", "space", "space", "R")
        await until(pilot, lambda: "1 of 2 tried once more: 6." in notices(pilot), "6 is retried")
        assert "7: deployment 7 is still running" in notices(pilot)


async def test_what_takes_one_line_at_a_time_is_not_offered_for_several_and_says_so(app: BahriyaApp) -> None:
    async with app.run_test(size=(200, 50)) as pilot:
        await press(pilot, "space")
        assert " Rotate " in shown(pilot).splitlines()[-1]
        await press(pilot, "space")
        footer = shown(pilot).splitlines()[-1]
        assert " Clear marks " in footer
        assert " Test " in footer
        assert not [label for label in ("Edit", "Rotate", "Delete") if f" {label} " in footer]
        for key in "erx":
            app.clear_notifications()
            await press(pilot, key)
            await until(
                pilot, lambda: "2 lines are marked; this takes one" in notices(pilot), f"{key} says so"
            )
        await press(pilot, "escape")
        assert " Rotate " in shown(pilot).splitlines()[-1]


async def test_the_only_marked_line_is_meant_wherever_the_cursor_is(app: BahriyaApp) -> None:
    async with app.run_test() as pilot:
        await mark(pilot, "docs")
        await press(pilot, "e")
        await opened(pilot, "ContainerForm")
        assert "Edit container docs" in shown(pilot)
        await press(pilot, "escape")
        await pilot.pause()
        await press(pilot, "enter")
        await opened(pilot, "Details")
        assert "mailer" in shown(pilot).splitlines()[2], "what is only looked at is the line of the cursor"


async def test_one_that_only_looks_may_mark_and_changes_nothing(seeded: Places) -> None:
    with Feed(seeded.database, "shop") as feed:
        app = BahriyaApp(seeded, feed, now=lambda: world.NOW, look=Look(read_only=True))
        async with app.run_test() as pilot:
            await mark(pilot, "cache", "docs")
            await press(pilot, "d")
            await until(pilot, lambda: "these screens are read-only" in notices(pilot), "the refusal")


async def test_half_a_page_at_a_time(app: BahriyaApp, places: Places) -> None:
    with open_store(places.database) as store, store.write() as tx:
        for number in range(60):
            world.add_container(tx, f"job-{number:02}", "nginx:1.27", None)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "2", "ctrl+d")
        half = table(pilot).cursor
        assert half == (table(pilot).size.height - 1) // 2
        await press(pilot, "ctrl+d", "ctrl+u")
        assert table(pilot).cursor == half
        await press(pilot, "g", "G", "ctrl+u")
        assert table(pilot).cursor == 65 - half


async def test_details_are_read_half_a_page_at_a_time_too(app: BahriyaApp) -> None:
    async with app.run_test(size=(60, 15)) as pilot:
        await press(pilot, "2", "enter")
        await opened(pilot, "Details")
        whole = app.screen.query_one("#whole", Detail)
        await press(pilot, "ctrl+d")
        down = whole.scroll_offset.y
        assert 1 < down <= whole.size.height
        await press(pilot, "ctrl+u")
        assert whole.scroll_offset.y == 0


def refused(names: set[str]) -> Callable[[str], str]:
    def verb(name: str) -> str:
        if name in names:
            raise NotFound(f"there is no {name}", "look")
        return name.upper()

    return verb


def test_one_refusal_ends_only_that_one() -> None:
    came = together.each(["a", "b", "c"], refused({"b"}))
    assert came.done == {"a": "A", "c": "C"}
    assert came.told("done") == ["2 of 3 done: a, c.", "b: there is no b: look"]
    assert came.severity == "warning"
    assert together.each(["a"], refused(set())).severity == "information"


def test_a_refusal_of_the_only_one_stays_what_it_was_and_of_all_tells_every_reason() -> None:
    with pytest.raises(NotFound):
        together.each(["a"], refused({"a"}))
    with pytest.raises(Failed) as raised:
        together.each(["a", "b"], refused({"a", "b"}))
    assert "a: there is no a" in raised.value.hint
    assert "b: there is no b" in raised.value.hint


async def test_what_is_done_at_once_is_told_in_the_order_it_was_asked_for() -> None:
    async def verb(name: str) -> str:
        return refused({"b"})(name)

    came = await together.at_once(["c", "b", "a"], verb)
    assert list(came.done) == ["c", "a"]
    assert list(came.refused) == ["b"]


def test_of_many_reasons_the_first_are_told() -> None:
    reasons: dict[str, BahriyaError] = {f"n{number}": NotFound("gone") for number in range(9)}
    told = together.Outcome({"a": 1}, reasons).reasons
    assert told[-1] == "and 3 more"
    assert len(told) == 7


MARKED = steps("2", "space", "j", "space", "space", "k", "k")


def test_a_list_with_marks_looks_as_it_did(snap_compare: Compare, app: BahriyaApp) -> None:
    assert snap_compare(app, terminal_size=SMALL, run_before=MARKED)


def test_a_list_with_marks_looks_as_it_did_in_ascii(snap_compare: Compare, seeded: Places) -> None:
    with Feed(seeded.database, "shop") as feed:
        look = Look(ascii=True)
        app = BahriyaApp(seeded, feed, open_session=quiet_session, now=lambda: world.NOW, look=look)
        assert snap_compare(app, terminal_size=SMALL, run_before=MARKED)


BULK = {
    "deploy": steps("2", "G", "k", "space", "g", "j", "j", "space", "space", "d", opens="DeployForm"),
    "delete": steps("2", "ctrl+a", "x", opens="Confirm"),
}


@pytest.mark.parametrize("dialog", BULK)
def test_a_dialog_for_many_looks_as_it_did(snap_compare: Compare, app: BahriyaApp, dialog: str) -> None:
    assert snap_compare(app, terminal_size=SMALL, run_before=BULK[dialog])
