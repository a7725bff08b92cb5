"""Registries, by keyboard, over a real store."""

import pytest
from textual.events import Key
from textual.widgets import Button, Input

from bahriya_tui.operations.delete import plan_registry_deletion
from bahriya_tui.operations.edit import edit_registry
from bahriya_tui.operations.link import unlink
from bahriya_tui.places import Places
from bahriya_tui.store import registries
from bahriya_tui.store.database import open_store
from bahriya_tui.tui.app import BahriyaApp
from bahriya_tui.tui.dialogs.delete_registry import DeleteRegistry
from bahriya_tui.tui.feed import Feed
from tests.tui import world
from tests.tui.conftest import QuietSession, quiet_session
from tests.tui.hands import Hands, app_of, fill, notices, opened, press, rows, shown, until


async def start(pilot: Hands, handle: str) -> None:
    """Put the cursor on a registry."""
    await pilot.pause()
    while rows(pilot)[app_of(pilot).screen.query_one("#list").cursor] != handle:  # type: ignore[attr-defined]
        await press(pilot, "j")


def line_of(pilot: Hands, handle: str) -> str:
    """Give the line of the list that begins with a handle."""
    return next((line for line in shown(pilot).splitlines() if line.lstrip(" ▌").startswith(handle)), "")


def links(pilot: Hands) -> dict[str, tuple[str | None, bool]]:
    """Give of each container the registry it names, and whether that is missing."""
    containers = app_of(pilot).view.world.containers
    return {one.handle: (one.registry, one.registry_missing) for one in containers}


async def test_a_registry_is_added_by_keyboard_and_its_token_is_nowhere(
    app: BahriyaApp, keyed: Places, canary: str
) -> None:
    async with app.run_test() as pilot:
        await press(pilot, "n")
        await opened(pilot, "RegistryForm")
        await fill(
            pilot, handle="quay", server="https://quay.io/v2/", username="shop+robot", expires="2027-02-01"
        )
        await press(pilot, "enter")
        await until(pilot, lambda: "quay" in rows(pilot) and not app.busy, "quay is listed")
        await until(pilot, lambda: "Registry quay was added" in notices(pilot), "it is said")
        await until(pilot, lambda: "v1" in line_of(pilot, "quay"), "its first version counts")
        made = next(one for one in app.view.world.registries if one.handle == "quay")
        assert (made.server, made.username, made.expires) == ("quay.io", "shop+robot", "2027-02-01")
        assert canary not in shown(pilot) + notices(pilot)
    files = [path for path in keyed.store.iterdir() if path.is_file()]
    assert files
    assert all(canary.encode() not in path.read_bytes() for path in files)


async def test_a_refused_token_brings_the_form_back_with_the_reason_and_what_was_typed(
    app: BahriyaApp, keyed: Places, quiet: type[QuietSession]
) -> None:
    quiet.verdict = {"login": "rejected", "reason": "unauthorized", "images": []}
    async with app.run_test() as pilot:
        await press(pilot, "n")
        await opened(pilot, "RegistryForm")
        await fill(pilot, handle="quay", server="quay.io", username="robot")
        first = app.screen
        await press(pilot, "enter")
        await until(pilot, lambda: app.screen is not first and not app.busy, "the answer")
        await opened(pilot, "RegistryForm")
        await until(pilot, lambda: "login rejected: unauthorized" in shown(pilot), "the reason is shown")
        assert app.screen.query_one("#username", Input).value == "robot"
        await press(pilot, "escape")
        await until(pilot, lambda: "quay" not in rows(pilot), "nothing stays")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"handle": "Quay"}, "is not valid"),
        ({"handle": "quay", "server": "not a host"}, "server"),
        ({"handle": "quay", "server": "quay.io"}, "user name"),
        ({"handle": "quay", "server": "quay.io", "username": "u", "expires": "soon"}, "is no date"),
    ],
)
async def test_what_cannot_be_right_is_said_inside_the_form(
    app: BahriyaApp, typed: dict[str, str], said: str
) -> None:
    async with app.run_test() as pilot:
        await press(pilot, "n")
        await opened(pilot, "RegistryForm")
        await fill(pilot, **typed)
        await press(pilot, "enter")
        assert said in shown(pilot)
        assert type(app.screen).__name__ == "RegistryForm"


async def test_name_and_expiry_are_edited(app: BahriyaApp) -> None:
    async with app.run_test() as pilot:
        await press(pilot, "e")
        await opened(pilot, "RegistryForm")
        await fill(pilot, expires="2028-01-01", name="Pictures")
        await press(pilot, "ctrl+s")
        await until(pilot, lambda: app.view.world.registries[0].name == "Pictures", "the change is seen")
        assert app.view.world.registries[0].expires == "2028-01-01"
        assert "2028-01-01" in shown(pilot)


async def test_an_expiry_that_a_form_only_showed_is_left_as_somebody_else_declared_it(
    app: BahriyaApp, seeded: Places
) -> None:
    async with app.run_test() as pilot:
        await press(pilot, "e")
        await opened(pilot, "RegistryForm")
        with quiet_session(seeded) as other:
            edit_registry(other, "shop", app.view.world.registries[0].handle, expires="2026-12-02")
        await fill(pilot, name="Pictures")
        await press(pilot, "ctrl+s")

        await until(pilot, lambda: app.view.world.registries[0].name == "Pictures", "the change is seen")
        assert app.view.world.registries[0].expires == "2026-12-02"


async def test_rotation_makes_the_next_version_and_names_who_has_to_be_deployed(
    app: BahriyaApp, keyed: Places
) -> None:
    async with app.run_test() as pilot:
        await press(pilot, "r")
        await opened(pilot, "RotateForm")
        await fill(pilot, expires="2027-11-23")
        await press(pilot, "enter")
        await until(pilot, lambda: app.view.world.registries[0].version == 3, "version 3")
        await until(pilot, lambda: "takes it to api, web" in shown(pilot), "the containers are named")
        assert app.view.world.registries[0].expires == "2027-11-23"


async def test_the_warning_names_every_container_and_starts_on_cancel(app: BahriyaApp) -> None:
    async with app.run_test(size=(110, 40)) as pilot:
        await press(pilot, "x")
        await opened(pilot, "DeleteRegistry")
        text = " ".join(shown(pilot).replace("│", " ").split())
        assert "2 containers still use it" in text
        for linked in ("api ghcr.io/acme/api:2.5.0", "web ghcr.io/acme/web:1.9.0"):
            assert linked in text
        assert text.count("will fail to pull") == 2
        assert app.focused is not None
        assert app.focused.id == "cancel"
        await press(pilot, "enter")
        await pilot.pause()
        assert "ghcr" in rows(pilot)


async def test_the_warning_names_what_still_runs_with_it_although_it_was_unlinked(
    app: BahriyaApp, places: Places
) -> None:
    with quiet_session(places) as session:
        unlink(session, "shop", "web")
        where = plan_registry_deletion(session, "shop", "ghcr").still_running[0].regions
    async with app.run_test(size=(120, 40)) as pilot:
        await press(pilot, "x")
        await opened(pilot, "DeleteRegistry")
        text = " ".join(shown(pilot).split())
        assert "1 container still uses it: 6 replicas in 3 regions." in text
        assert f"web still runs with it in {where[0]}" in text


async def test_unlink_all_and_delete_leaves_containers_without_a_registry(
    app: BahriyaApp, quiet: type[QuietSession]
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await _end_the_run(app)
        await press(pilot, "x")
        await opened(pilot, "DeleteRegistry")
        await press(pilot, "tab", "enter")
        await until(pilot, lambda: "being deleted" in shown(pilot), "it says so")
        assert links(pilot)["api"] == links(pilot)["web"] == (None, False)
        await press(pilot, "escape")
        await until(pilot, lambda: "pending removals" in shown(pilot), "its secrets are on the way out")
        assert quiet.woken > 0


async def test_a_registry_that_is_being_deleted_opens_no_form(app: BahriyaApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await _end_the_run(app)
        await press(pilot, "x")
        await opened(pilot, "DeleteRegistry")
        await press(pilot, "tab", "enter")
        await until(pilot, lambda: app.view.world.registries[0].deleting, "it is being deleted")
        await opened(pilot, "Deleting")
        await press(pilot, "escape")
        for key in "ertc":
            app.clear_notifications()
            await press(pilot, key)
            await until(pilot, lambda: "Enter shows how far" in notices(pilot), f"{key} is refused")
            assert type(app.screen).__name__ == "Registries"


async def test_delete_anyway_wants_the_handle_typed_and_leaves_containers_naming_it(app: BahriyaApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await _end_the_run(app)
        await press(pilot, "x")
        await opened(pilot, "DeleteRegistry")
        assert app.screen.query_one("#force", Button).disabled
        await fill(pilot, typed="ghc")
        assert app.screen.query_one("#force", Button).disabled
        await press(pilot, "enter")
        assert isinstance(app.screen, DeleteRegistry)
        await press(pilot, "r", "enter")
        assert app.focused is not None
        assert app.focused.id == "force"
        await press(pilot, "enter")
        await until(pilot, lambda: "being deleted" in shown(pilot), "it says so")
        assert links(pilot)["api"] == links(pilot)["web"] == ("ghcr", True)
        await press(pilot, "2")
        await until(pilot, lambda: shown(pilot).count("ghcr (missing)") >= 2, "the containers say so")


async def test_escape_leaves_a_linked_registry_alone(app: BahriyaApp) -> None:
    async with app.run_test() as pilot:
        await press(pilot, "x")
        await opened(pilot, "DeleteRegistry")
        await press(pilot, "escape")
        await pilot.pause()
        assert rows(pilot) == ["ghcr", "house", "hub-mirror"]


async def test_an_unused_registry_is_deleted_after_a_question(app: BahriyaApp) -> None:
    async with app.run_test() as pilot:
        await press(pilot, "G", "x")
        await opened(pilot, "Confirm")
        assert app.focused is not None
        assert app.focused.id == "cancel"
        await press(pilot, "right", "enter")
        await until(pilot, lambda: rows(pilot) == ["ghcr", "house"], "hub-mirror is gone")


async def test_a_registry_that_is_being_deployed_stays_and_the_reason_is_shown(app: BahriyaApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await press(pilot, "x")
        await opened(pilot, "DeleteRegistry")
        await press(pilot, "tab", "enter")
        await until(pilot, lambda: "is needed by deployment" in notices(pilot), "the reason")
        assert "ghcr" in rows(pilot)


async def test_an_expiring_registry_is_flagged_by_word(app: BahriyaApp) -> None:
    async with app.run_test() as pilot:
        await pilot.pause()
        line = next(line for line in shown(pilot).splitlines() if "ghcr.io" in line)
        assert "in 6 d" in line


async def test_a_write_of_another_process_is_seen(app: BahriyaApp, places: Places) -> None:
    async with app.run_test() as pilot:
        await pilot.pause()
        with open_store(places.database) as store, store.write() as tx:
            world.add_registry(tx, "acr", "shop.azurecr.io", "u")
        await until(pilot, lambda: "acr" in rows(pilot), "acr is listed")


async def test_the_cursor_stays_on_its_line_when_lines_come_and_go(app: BahriyaApp, places: Places) -> None:
    async with app.run_test() as pilot:
        await start(pilot, "house")
        with open_store(places.database) as store, store.write() as tx:
            world.add_registry(tx, "acr", "shop.azurecr.io", "u")
        await until(pilot, lambda: "acr" in rows(pilot), "acr is listed")
        assert app.screen.query_one("#list").current.handle == "house"  # type: ignore[attr-defined]


async def test_names_from_outside_are_shown_and_not_obeyed(seeded: Places) -> None:
    places = seeded
    evil = "[red]x[/] \x1b]0;owned\x07 \u202egnp"
    with open_store(places.database) as store, store.write() as tx:
        registry = registries.get(tx.conn, "shop", "ghcr")
        registries.edit(tx, registry.id, name=evil, now=world.NOW)
        world.add_container(tx, "evil", "[b]image[/b]\x1b[31m:1", None)
    with Feed(places.database, "shop") as feed:
        app = BahriyaApp(places, feed, now=lambda: world.NOW)
        async with app.run_test(size=(160, 40)) as pilot:
            await pilot.pause()
            text = shown(pilot)
            assert "[red]x[/]" in text
            assert "␛]0;owned␇" in text
            assert "<U+202E>" in text
            await press(pilot, "2")
            assert "[b]image[/b]␛[31m:1" in shown(pilot)
            assert "\x1b" not in shown(pilot)
            await press(pilot, "slash", "left_square_bracket", "b")
            assert rows(pilot) == ["evil"]


async def _end_the_run(app: BahriyaApp) -> None:
    """Let the deployment that is under way end, so that its registry may go."""
    from bahriya_tui.store import deployments

    with open_store(app.places.database) as store, store.write() as tx:
        run = app.view.world.deployments[0]
        for region in run.regions:
            if region.state != "running":
                deployments.move_region(tx, run.id, run.fence, region.region, "failed", world.NOW)
        deployments.move(tx, run.id, run.fence, "partial", world.NOW)


async def test_what_is_typed_ahead_goes_to_the_field_it_was_meant_for(app: BahriyaApp) -> None:
    async with app.run_test() as pilot:
        await press(pilot, "n")
        await opened(pilot, "RegistryForm")
        for key in (*"quay", "tab", *"quay", "full_stop", *"io", "tab", *"bob"):
            app.post_message(Key(key, "." if key == "full_stop" else key if len(key) == 1 else None))
        lines = app.screen.query(Input)
        await until(pilot, lambda: lines[2].value == "bob", "the third field is filled")
        assert [line.value for line in lines][:3] == ["quay", "quay.io", "bob"]


async def test_a_terminal_that_cannot_be_lent_is_said_with_the_command_to_use(
    seeded: Places, keyed: Places
) -> None:
    with Feed(seeded.database, "shop") as feed:
        app = BahriyaApp(seeded, feed, open_session=quiet_session, now=lambda: world.NOW)
        async with app.run_test() as pilot:
            await press(pilot, "r")
            await opened(pilot, "RotateForm")
            first = app.screen
            await press(pilot, "enter")
            await until(
                pilot, lambda: app.screen is not first and "--password-stdin" in shown(pilot), "the hint"
            )
            assert app.view.world.registries[0].version == 2


async def test_a_credential_that_nobody_can_open_asks_for_reentry_in_its_row_and_sheet(
    seeded: Places, quiet: type[QuietSession]
) -> None:
    with open_store(seeded.database) as store, store.write() as tx:
        bad = registries.get(tx.conn, "shop", "ghcr")
        tx.execute("UPDATE credential SET sealed = x'00' WHERE registry_id = ?", [bad.id])
    with Feed(seeded.database, "shop") as feed:
        app = BahriyaApp(seeded, feed, open_session=quiet_session, now=lambda: world.NOW)
        async with app.run_test(size=(120, 40)) as pilot:
            await start(pilot, "ghcr")
            assert "needs re-entry" in line_of(pilot, "ghcr")
            assert len(rows(pilot)) > 1
            await press(pilot, "enter")
            await until(pilot, lambda: "it is incomplete" in shown(pilot), "the sheet gives the reason")
