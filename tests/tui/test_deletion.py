"""The deletion of a registry to its end: the warning, the way of its regions, and what is left pending."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from textual.widgets import Button

from bahriya_tui.model import clock
from bahriya_tui.model.container import UNREACHABLE, InitJob, Removal
from bahriya_tui.model.registry import Registry
from bahriya_tui.operations.delete import LinkedContainer, RegistryDeletion, delete_registry
from bahriya_tui.operations.link import unlink
from bahriya_tui.places import Places
from bahriya_tui.screen import Look
from bahriya_tui.store import containers, deletions, deployments, registries, removals, secrets
from bahriya_tui.store.database import open_store
from bahriya_tui.tui.app import BahriyaApp
from bahriya_tui.tui.feed import Feed
from bahriya_tui.tui.present import deletion as present
from bahriya_tui.tui.present.text import Note
from bahriya_tui.tui.screens.leaving import Deleting
from tests.tui import world
from tests.tui.conftest import QuietSession, quiet_session
from tests.tui.hands import Hands, app_of, notices, opened, press, rows, shown, until
from tests.tui.world import EVERYWHERE, NOW

Compare = Callable[..., bool]
SMALL, WIDE, LEAST = (80, 24), (120, 36), (40, 10)
FALKENSTEIN, HELSINKI, VIRGINIA = EVERYWHERE
REFUSED = "secrets is forbidden: it has a finalizer"
GHCR = Registry("1" * 32, "shop", "ghcr", "", "ghcr.io", "u", 1, None, False, None, NOW, NOW)


@pytest.fixture
def quiet_evening(app: BahriyaApp) -> BahriyaApp:
    """The evening of `world` after the deployment that needs registry ghcr has ended."""
    with open_store(app.places.database) as store, store.write() as tx:
        (run,) = [one for one in deployments.all(tx.conn, "shop") if one.state == "running"]
        for region in run.regions:
            if region.state != "running":
                deployments.move_region(tx, run.id, run.fence, region.region, "failed", NOW)
        deployments.move(tx, run.id, run.fence, "partial", NOW)
    return app


def text(pilot: Hands) -> str:
    """Give what is seen with single blanks."""
    return " ".join(shown(pilot).split())


def said(pilot: Hands) -> str:
    """Give what a dialog says, without what is behind it."""
    boxed = [one.split("│")[1] for one in shown(pilot).splitlines() if one.count("│") == 2]
    return " ".join(" ".join(boxed).split())


def add_init_job(places: Places) -> None:
    """Let a container that has no registry of its own run an init job with the credentials of ghcr."""
    with open_store(places.database) as store, store.write() as tx:
        ghcr = registries.get(tx.conn, "shop", "ghcr")
        job = InitJob("migrate", "ghcr.io/acme/migrate:7", (), "ghcr", ghcr.id)
        docs = containers.get(tx.conn, "shop", "docs")
        containers.update(tx, replace(docs, init_jobs=(job,)))


def add_crowd(places: Places, number: int) -> None:
    """Link so many containers more to ghcr, which run nowhere yet."""
    with open_store(places.database) as store, store.write() as tx:
        ghcr = registries.get(tx.conn, "shop", "ghcr")
        for index in range(number):
            world.add_container(tx, f"crowd-{index:03}", f"ghcr.io/acme/crowd:{index}", ghcr)


def unlink_web(places: Places) -> None:
    with quiet_session(places) as session:
        unlink(session, "shop", "web")


def begin(places: Places) -> None:
    """Begin the deletion of ghcr, its containers unlinked, in another terminal."""
    with quiet_session(places) as session:
        delete_registry(session, "shop", "ghcr", unlink=True)
    with open_store(places.database) as store, store.write() as tx:
        tx.execute("UPDATE removal SET created_at = ?, next_try_at = ? WHERE attempts = 0", [NOW, NOW])


def left(places: Places, region: str) -> list[Removal]:
    with open_store(places.database) as store:
        found = removals.pending(store.connection, project="shop", region=region)
    return [one for one in found if "ghcr" in one.name]


def confirm(places: Places, *regions: str) -> None:
    """Do what the worker does when regions have confirmed."""
    for one in [removal for region in regions for removal in left(places, region)]:
        with open_store(places.database) as store, store.write() as tx:
            removals.done(tx, one.id)
            secrets.forget(tx, "shop", one.region, one.name)
            deletions.finish(tx, one.registry_id or "", NOW)


def fail(places: Places, region: str, error: str) -> None:
    """Do what the worker does when a region cannot be reached, or refuses."""
    for one in left(places, region):
        with open_store(places.database) as store, store.write() as tx:
            removals.failed(tx, one.id, error, clock.later(NOW, 48))
            deletions.finish(tx, one.registry_id or "", NOW)


async def ask(pilot: Hands) -> None:
    await press(pilot, "x")
    await opened(pilot, "DeleteRegistry")


# The warning


async def test_the_warning_tells_sums_first_then_what_refuses_it_then_each_container(app: BahriyaApp) -> None:
    add_init_job(app.places)
    async with app.run_test(size=(110, 60)) as pilot:
        await ask(pilot)
        told = said(pilot)
        order = [
            "2 containers and 1 init job still use it: 21 replicas in 3 regions.",
            "Status: ",
            "Needed by deployment 7 of web (running): the deletion is refused until that has ended.",
            "are destroyed at once; its pull secrets are removed from falkenstein-1, helsinki-1, virginia-1.",
            "Linked to it",
            "api ghcr.io/acme/api:2.5.0",
            "error, 2 replicas in",
            "init job migrate of container docs ghcr.io/acme/migrate:7",
            "web ghcr.io/acme/web:1.9.0",
        ]
        places = [told.find(sentence) for sentence in order]
        assert -1 not in places, (order[places.index(-1)], told)
        assert places == sorted(places)
        assert app.focused is not None
        assert app.focused.id == "cancel"


async def test_what_still_runs_with_it_unlinked_can_be_redeployed_first(
    quiet_evening: BahriyaApp, quiet: type[QuietSession]
) -> None:
    app = quiet_evening
    unlink_web(app.places)
    async with app.run_test(size=(110, 50)) as pilot:
        await ask(pilot)
        told = said(pilot)
        assert (
            "web still runs with it in falkenstein-1, helsinki-1, virginia-1, although it is linked" in told
        )
        assert "“Redeploy first” deploys web without it" in told
        assert told.find("Not linked, but still running with it: web.") < told.find("Linked to it")
        woken = quiet.woken
        await press(pilot, "tab")
        assert app.focused is not None
        assert app.focused.id == "redeploy"
        await press(pilot, "enter")
        await until(pilot, lambda: "1 deployment started: web." in notices(pilot), "it is said")
        assert "Registry ghcr is still there: delete it when that has ended." in notices(pilot)
        await until(pilot, lambda: app.view.world.deployments[0].state == "queued", "the deployment is seen")
        run = app.view.world.deployments[0]
        assert (run.container, run.spec.registry) == ("web", None)
        assert quiet.woken > woken
        assert not app.view.world.registries[0].deleting


async def test_a_redeployment_that_would_replace_one_asks_first(app: BahriyaApp) -> None:
    unlink_web(app.places)
    async with app.run_test(size=(110, 50)) as pilot:
        await ask(pilot)
        await press(pilot, "tab", "enter")
        await opened(pilot, "Confirm")
        assert "Being deployed already: web (deployment 7)." in shown(pilot)
        await press(pilot, "escape")
        await pilot.pause()
        assert len(app.view.world.deployments) == 7


async def test_without_a_linked_container_it_warns_of_what_runs_with_it_and_wants_no_handle(
    quiet_evening: BahriyaApp,
) -> None:
    app = quiet_evening
    with quiet_session(app.places) as session:
        for container in ("api", "web"):
            unlink(session, "shop", container)
    async with app.run_test(size=(110, 50)) as pilot:
        await ask(pilot)
        assert "No container is linked to it." in shown(pilot)
        assert "“Redeploy first” deploys api, web without it" in said(pilot)
        assert [one.id for one in app.screen.query(Button)] == ["cancel", "redeploy", "unlink"]
        assert not app.screen.query("#typed")
        await press(pilot, "tab", "tab", "enter")
        await opened(pilot, "Deleting")


@pytest.mark.parametrize("size", [SMALL, LEAST], ids=["80x24", "40x10"])
async def test_two_hundred_containers_are_summed_up_and_scroll_while_a_button_has_the_focus(
    app: BahriyaApp, size: tuple[int, int]
) -> None:
    add_crowd(app.places, 198)
    async with app.run_test(size=size) as pilot:
        await ask(pilot)
        assert "200 containers still use it: 15 replicas in 3 regions." in said(pilot)
        for label in ("Cancel", "Unlink and delete", "Delete anyway"):
            assert label in shown(pilot)
        says = app.screen.query_one("#says")
        if size == SMALL:
            assert "destroyed at once; its pull secrets are removed from" in said(pilot)
        await press(pilot, "j", "down", "pagedown")
        assert says.scroll_offset.y == 10
        assert app.focused is not None
        assert app.focused.id == "cancel"
        await press(pilot, *["pagedown"] * 200)
        assert "its next deployment will fail to pull unless the image is public." in said(pilot)
        assert says.scroll_offset.y == says.max_scroll_y


def test_of_many_thousands_the_first_are_named_and_all_are_counted() -> None:
    one = LinkedContainer("c", "ghcr.io/a:1", (HELSINKI,), 2, "running", "it fails")
    many = tuple(replace(one, handle=f"c{number}") for number in range(20_000))
    plan = RegistryDeletion(GHCR, many, (), ())
    sheet = present.warning(plan, ())
    assert sheet.title == "20000 containers still use it: 40000 replicas in 1 region."
    notes = [part.text for part in sheet.parts if isinstance(part, Note)]
    assert "Status: 20000 running." in notes
    assert notes[-1] == "and 19500 more; / on the Containers screen finds them"
    assert len(notes) < 2000


# The deletion, region by region


async def test_the_result_says_how_many_were_unlinked_and_shows_the_regions(
    quiet_evening: BahriyaApp,
) -> None:
    app = quiet_evening
    async with app.run_test(size=SMALL) as pilot:
        await ask(pilot)
        await press(pilot, "tab", "enter")
        await opened(pilot, "Deleting")
        assert "2 containers were unlinked." in notices(pilot)
        assert "3 pull secrets on the way out." in notices(pilot)
        await until(pilot, lambda: "being deleted: 0 of 3 regions confirmed" in shown(pilot), "the headline")
        assert "2 containers were unlinked. Its credentials are destroyed." in text(pilot)
        assert shown(pilot).count("○ removing") == 3


async def test_each_region_tells_how_far_it_is_and_the_row_goes_last(quiet_evening: BahriyaApp) -> None:
    app, places = quiet_evening, quiet_evening.places
    begin(places)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: "being deleted" in shown(pilot), "the row says so")
        await press(pilot, "enter")
        await opened(pilot, "Deleting")
        confirm(places, FALKENSTEIN)
        await until(pilot, lambda: "1 of 3 regions confirmed" in shown(pilot), "one has confirmed")
        assert "● gone" in line(pilot, FALKENSTEIN)
        fail(places, HELSINKI, f"{UNREACHABLE}connection refused")
        await until(pilot, lambda: "▲ cannot be reached" in line(pilot, HELSINKI), "one is out of reach")
        assert "in 48 s" in line(pilot, HELSINKI)
        assert "will be removed later: connection refused" in line(pilot, HELSINKI)
        assert "being deleted" in shown(pilot)
        assert "ghcr" in rows(pilot)
        fail(places, VIRGINIA, REFUSED)
        await until(pilot, lambda: "▲ deleted" in shown(pilot), "it has gone")
        assert "1 of 3 regions confirmed; still pending in helsinki-1, virginia-1" in text(pilot)
        assert f"✕ failed in 48 s {REFUSED}" in " ".join(line(pilot, VIRGINIA).split())
        await until(pilot, lambda: "ghcr" not in rows(pilot), "the row has gone from the list")
        await press(pilot, "G")
        assert f"virginia-1 does not let 1 pull secret go: {REFUSED}." in text(pilot)
        confirm(places, HELSINKI, VIRGINIA)
        await until(pilot, lambda: "● deleted: 3 of 3 regions confirmed" in shown(pilot), "nothing is left")
        assert "Nothing is left of it." in shown(pilot)


@pytest.mark.parametrize(
    ("errors", "state", "why"),
    [
        ((), "gone", ""),
        (("",), "removing", ""),
        ((f"{UNREACHABLE}refused", ""), "removing", "refused"),
        ((f"{UNREACHABLE}refused",), "unreachable", "refused"),
        ((f"{UNREACHABLE}refused", "forbidden\x1b"), "failed", "forbidden␛"),
    ],
)
def test_a_region_is_as_far_as_the_slowest_of_its_pull_secrets(
    errors: tuple[str, ...], state: str, why: str
) -> None:
    left = [
        Removal(
            number,
            "shop",
            HELSINKI,
            "Secret",
            f"s{number}",
            None,
            "",
            "pending",
            int(bool(error)),
            NOW,
            error,
            NOW,
        )
        for number, error in enumerate(errors)
    ]
    (place,) = present.places([HELSINKI], left)
    assert (place.state, place.why) == (state, why)
    assert "\x1b" not in present.sentence(place, NOW)[0]


async def test_a_sheet_that_was_left_is_opened_again_from_the_list(quiet_evening: BahriyaApp) -> None:
    app, places = quiet_evening, quiet_evening.places
    begin(places)
    async with app.run_test(size=WIDE) as pilot:
        for key in ("x", "enter"):
            await until(pilot, lambda: "being deleted" in shown(pilot), "the row says so")
            await press(pilot, key)
            await opened(pilot, "Deleting")
            assert shown(pilot).count("○ removing") == 3
            await press(pilot, "escape")
            await opened(pilot, "Registries")
        confirm(places, FALKENSTEIN)
        await until(pilot, lambda: "1 of 3 regions" in shown(pilot), "it went on meanwhile")


async def test_a_picture_from_before_the_deletion_does_not_say_that_it_is_done(
    quiet_evening: BahriyaApp,
) -> None:
    app = quiet_evening
    async with app.run_test(size=SMALL) as pilot:
        app.push_screen(Deleting("registries", app.view.world.registries[0], [HELSINKI]))
        await opened(pilot, "Deleting")
        assert "○ removing" in line(pilot, HELSINKI)
        assert "being deleted: 0 of 1 region confirmed" in shown(pilot)


async def test_a_deletion_faster_than_the_screen_is_told_as_done(quiet_evening: BahriyaApp) -> None:
    app, places = quiet_evening, quiet_evening.places
    known = app.view.world.registries[0]
    begin(places)
    confirm(places, *EVERYWHERE)
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: "ghcr" not in rows(pilot), "it has gone")
        app.push_screen(Deleting("registries", known, EVERYWHERE))
        await opened(pilot, "Deleting")
        assert "● deleted: 3 of 3 regions confirmed" in shown(pilot)


async def test_t_has_a_region_tried_now(quiet_evening: BahriyaApp, quiet: type[QuietSession]) -> None:
    app, places = quiet_evening, quiet_evening.places
    begin(places)
    fail(places, FALKENSTEIN, f"{UNREACHABLE}connection refused")
    with open_store(places.database) as store, store.write() as tx:
        tx.execute("UPDATE removal SET next_try_at = ?", [clock.later(clock.now(), 3600)])
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: "being deleted" in shown(pilot), "the row says so")
        await press(pilot, "enter")
        await opened(pilot, "Deleting")
        assert "Try now" in shown(pilot).splitlines()[-1]
        woken = quiet.woken
        await press(pilot, "t")
        await until(pilot, lambda: "1 removal in falkenstein-1 is tried now." in notices(pilot), "it is said")
        assert quiet.woken > woken
        (one,) = left(places, FALKENSTEIN)
        assert one.next_try_at < clock.now()
        confirm(places, FALKENSTEIN)
        await until(pilot, lambda: "Try now" not in shown(pilot).splitlines()[-1], "nothing is left to try")


def line(pilot: Hands, region: str) -> str:
    """Give the line of a sheet that begins with a region."""
    lines = shown(pilot).splitlines()
    return next((one for one in lines if one.lstrip(" ▌").startswith(region)), "")


# What is pending


@pytest.mark.parametrize("number", ["1", "3"])
async def test_w_lists_all_that_is_pending_with_age_reason_and_next_try(
    app: BahriyaApp, number: str, quiet: type[QuietSession]
) -> None:
    with open_store(app.places.database) as store, store.write() as tx:
        removals.add(
            tx, project="shop", region=VIRGINIA, kind="Deployment", name="cache", uid=None,
            reason="container cache left this region", now=world.before(7300),
        )  # fmt: skip
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, number)
        await until(pilot, lambda: "2 pending removals in" in shown(pilot), "the notice")
        assert "w lists them" in shown(pilot)
        await press(pilot, "w")
        await opened(pilot, "Pending")
        assert "▲ 2 pending removals in helsinki-1, virginia-1" in shown(pilot)
        words = " ".join(line(pilot, HELSINKI).split())
        assert "helsinki-1 bahriya-old-gitlab-v1 0 s in 48 s connection refused" in words
        words = " ".join(line(pilot, VIRGINIA).split())
        assert "Deployment cache 2 h soon not tried yet" in words
        assert "has to go from helsinki-1: registry old-gitlab was deleted. 1 try so far" in text(pilot)
        await press(pilot, "j")
        assert "container cache left this region. Not tried yet." in text(pilot)
        woken = quiet.woken
        await press(pilot, "k", "t")
        await until(pilot, lambda: "1 removal in helsinki-1 is tried now." in notices(pilot), "it is said")
        assert quiet.woken > woken
        with open_store(app.places.database) as store:
            (one,) = removals.pending(store.connection, region=HELSINKI)
        assert one.next_try_at <= clock.now()
        await press(pilot, "escape")
        await until(pilot, lambda: len(app.screen_stack) == 1, "the list again")


async def test_a_removal_that_is_done_leaves_the_sheet(app: BahriyaApp) -> None:
    async with app.run_test(size=SMALL) as pilot:
        await press(pilot, "w")
        await opened(pilot, "Pending")
        with open_store(app.places.database) as store, store.write() as tx:
            (one,) = removals.pending(tx.conn)
            removals.done(tx, one.id)
        await until(pilot, lambda: "Nothing has to go from any region." in shown(pilot), "it is empty")
        assert "Try now" not in shown(pilot)
        await press(pilot, "escape")
        await opened(pilot, "Registries")
        await press(pilot, "w")
        await pilot.pause()
        assert len(app.screen_stack) == 1


@pytest.fixture
def looking(seeded: Places) -> Iterator[BahriyaApp]:
    with Feed(seeded.database, "shop") as feed:
        yield BahriyaApp(seeded, feed, now=lambda: NOW, look=Look(read_only=True))


async def test_who_only_looks_sees_what_is_pending_and_tries_nothing(looking: BahriyaApp) -> None:
    async with looking.run_test(size=SMALL) as pilot:
        await press(pilot, "w")
        await opened(pilot, "Pending")
        assert "Try now" not in shown(pilot)
        await press(pilot, "t")
        await until(pilot, lambda: "these screens are read-only" in notices(pilot), "the refusal")


# How it looks


def _put_off(pilot: Hands) -> bool:
    return any(one.put_off for one in app_of(pilot).view.world.deletions.values())


async def _halfway(pilot: Hands) -> None:
    places = app_of(pilot).places
    begin(places)
    confirm(places, FALKENSTEIN)
    fail(places, HELSINKI, f"{UNREACHABLE}connection refused")
    await until(pilot, lambda: _put_off(pilot), "it is seen")
    await press(pilot, "enter")
    await opened(pilot, "Deleting")
    await press(pilot, "j")


async def _deleted(pilot: Hands) -> None:
    await _halfway(pilot)
    fail(app_of(pilot).places, VIRGINIA, REFUSED)
    await until(pilot, lambda: "▲ deleted" in shown(pilot), "it has gone")


async def _pending(pilot: Hands) -> None:
    await _halfway(pilot)
    await press(pilot, "escape", "w")
    await opened(pilot, "Pending")


async def _warning(pilot: Hands) -> None:
    places = app_of(pilot).places
    add_init_job(places)
    unlink_web(places)
    await ask(pilot)


SHEETS = {"halfway": _halfway, "deleted": _deleted, "pending": _pending, "warning": _warning}


@pytest.mark.parametrize("size", [LEAST, SMALL, WIDE], ids=["40x10", "80x24", "120x36"])
@pytest.mark.parametrize("sheet", SHEETS)
def test_a_sheet_of_the_deletion_looks_as_it_did(
    snap_compare: Compare, quiet_evening: BahriyaApp, sheet: str, size: tuple[int, int]
) -> None:
    assert snap_compare(quiet_evening, terminal_size=size, run_before=SHEETS[sheet])


def test_the_warning_while_a_deployment_needs_the_registry_looks_as_it_did(
    snap_compare: Compare, app: BahriyaApp
) -> None:
    assert snap_compare(app, terminal_size=SMALL, run_before=_warning)
