"""Containers, by keyboard, over a real store."""

import pytest

from bahriya_tui.model.container import Container
from bahriya_tui.operations.edit import edit_container
from bahriya_tui.operations.session import Session
from bahriya_tui.places import Places
from bahriya_tui.tui.app import BahriyaApp
from bahriya_tui.tui.widgets.table import Table
from tests.tui.conftest import QuietSession, quiet_session
from tests.tui.hands import Hands, fill, notices, opened, press, rows, shown, until


def chosen(pilot: Hands) -> str:
    """Name the chosen line."""
    current = pilot.app.screen.query_one(Table).current
    return "" if current is None else str(current.handle)


def one(app: BahriyaApp, handle: str) -> Container:
    """Find a container in the latest picture."""
    return next(container for container in app.view.world.containers if container.handle == handle)


async def test_a_container_is_added_by_keyboard(app: BahriyaApp) -> None:
    async with app.run_test(size=(100, 40)) as pilot:
        await press(pilot, "2", "n")
        await opened(pilot, "ContainerForm")
        await fill(pilot, handle="search", image="ghcr.io/acme/search:1.0", env="MODE=fast NAME='two words'")
        app.screen.query_one("#registry").focus()
        await press(pilot, "right")
        app.screen.query_one("#regions").focus()
        await press(pilot, "down", "space", "ctrl+s")
        await until(pilot, lambda: "search" in rows(pilot), "search is listed")
        await until(pilot, lambda: chosen(pilot) == "search", "the new line is chosen: d deploys it")
        made = one(app, "search")
        assert (made.registry, made.type, made.port) == ("ghcr", "http", 80)
        assert made.env == (("MODE", "fast"), ("NAME", "two words"))
        assert made.regions == ("falkenstein-1", "virginia-1")


async def test_an_image_without_a_tag_is_refused_inside_the_form(app: BahriyaApp) -> None:
    async with app.run_test() as pilot:
        await press(pilot, "2", "n")
        await opened(pilot, "ContainerForm")
        await fill(pilot, handle="search", image="ghcr.io/acme/search")
        await press(pilot, "enter")
        assert "has no tag" in shown(pilot)


async def test_a_container_is_edited_and_keeps_a_registry_that_is_gone(app: BahriyaApp) -> None:
    async with app.run_test() as pilot:
        await press(pilot, "2", "j", "e")
        await opened(pilot, "ContainerForm")
        await fill(pilot, replicas="4", image="registry.gitlab.com/acme/billing:3.2.0")
        await press(pilot, "enter")
        await until(pilot, lambda: one(app, "billing").replicas == 4, "the change is seen")
        assert one(app, "billing").registry_missing
        assert "(missing)" in shown(pilot)


async def test_what_a_form_only_showed_is_left_as_somebody_else_changed_it(
    app: BahriyaApp, seeded: Places
) -> None:
    async with app.run_test() as pilot:
        await press(pilot, "2", "e")
        await opened(pilot, "ContainerForm")
        before = one(app, "api")
        with quiet_session(seeded) as other:
            edit_container(other, "shop", "api", image="ghcr.io/acme/api:9.9", replicas=before.replicas + 1)
        await fill(pilot, name="Front door")
        await press(pilot, "enter")

        await until(pilot, lambda: one(app, "api").name == "Front door", "the change is seen")
        assert (one(app, "api").image, one(app, "api").replicas) == (
            "ghcr.io/acme/api:9.9",
            before.replicas + 1,
        )


async def test_what_both_changed_is_asked_for_again(app: BahriyaApp, seeded: Places) -> None:
    async with app.run_test() as pilot:
        await press(pilot, "2", "e")
        await opened(pilot, "ContainerForm")
        with quiet_session(seeded) as other:
            edit_container(other, "shop", "api", image="ghcr.io/acme/api:9.9")
        await fill(pilot, image="ghcr.io/acme/api:1.2.3")
        await press(pilot, "enter")

        await until(pilot, lambda: "somebody else changed image meanwhile" in shown(pilot), "the reason")
        assert one(app, "api").image != "ghcr.io/acme/api:1.2.3"


async def test_a_region_that_a_container_leaves_is_named(app: BahriyaApp) -> None:
    async with app.run_test(size=(100, 40)) as pilot:
        await press(pilot, "2", "e")
        await opened(pilot, "ContainerForm")
        left, *_ = one(app, "api").regions
        app.screen.query_one("#regions").focus()
        await press(pilot, "space", "ctrl+s")

        await until(pilot, lambda: left not in one(app, "api").regions, "it left")
        await until(pilot, lambda: f"being removed from {left}" in notices(pilot), "it is said")


async def test_linking_another_registry_ends_the_missing_one(app: BahriyaApp) -> None:
    async with app.run_test() as pilot:
        await press(pilot, "2", "j", "l")
        await opened(pilot, "Pick")
        await press(pilot, "right", "right", "enter")
        await until(pilot, lambda: one(app, "billing").registry == "house", "billing is linked")
        assert not one(app, "billing").registry_missing


async def test_linking_none_unlinks(app: BahriyaApp) -> None:
    async with app.run_test() as pilot:
        await press(pilot, "2", "l")
        await opened(pilot, "Pick")
        await press(pilot, "left", "enter")
        await until(pilot, lambda: one(app, "api").registry is None, "api is unlinked")


async def test_the_detail_of_a_missing_registry_says_why_and_what_to_do(app: BahriyaApp) -> None:
    async with app.run_test() as pilot:
        await press(pilot, "2", "j", "enter")
        await opened(pilot, "Details")
        text = " ".join(shown(pilot).split())
        assert "The registry old-gitlab was deleted" in text
        assert "Link another registry with l" in text
        await press(pilot, "escape")
        await pilot.pause()
        assert type(app.screen).__name__ == "Containers"


async def test_a_container_that_runs_is_terminated_before_it_is_deleted(app: BahriyaApp) -> None:
    async with app.run_test() as pilot:
        await press(pilot, "2", "x")
        await opened(pilot, "Confirm")
        assert "falkenstein-1, helsinki-1" in shown(pilot)
        assert app.focused is not None
        assert app.focused.id == "cancel"
        await press(pilot, "right", "enter")
        await opened(pilot, "Run")
        await until(pilot, lambda: one(app, "api").status == "terminating", "api is terminating")


async def test_a_container_that_runs_nowhere_is_deleted_after_a_question(app: BahriyaApp) -> None:
    async with app.run_test() as pilot:
        await press(pilot, "2", "j", "j", "x")
        await opened(pilot, "Confirm")
        await press(pilot, "tab", "enter")
        await until(pilot, lambda: "cache" not in rows(pilot), "cache is gone")


async def test_deploy_creates_a_deployment_and_shows_it(app: BahriyaApp, quiet: type[QuietSession]) -> None:
    async with app.run_test() as pilot:
        before = quiet.woken
        await press(pilot, "2", "j", "j", "d")
        await opened(pilot, "DeployForm")
        await press(pilot, "enter")
        await opened(pilot, "Run")
        await until(pilot, lambda: "queued 0/2" in shown(pilot), "the deployment is shown")
        run = app.view.world.deployments[0]
        assert (run.container, run.state, len(run.regions)) == ("cache", "queued", 2)
        assert quiet.woken > before


async def test_a_deployment_that_nobody_here_can_carry_out_is_queued_and_says_who_can(
    app: BahriyaApp, quiet: type[QuietSession], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quiet, "wake_worker", Session.wake_worker)
    monkeypatch.setattr(Places, "are_kept_here", False)
    async with app.run_test() as pilot:
        await press(pilot, "2", "j", "j", "d")
        await opened(pilot, "DeployForm")
        await press(pilot, "enter")
        await opened(pilot, "Run")
        await until(pilot, lambda: "queued 0/2" in shown(pilot), "the deployment is shown")
        assert "no worker runs, and only" in notices(pilot)


async def test_a_canary_goes_first(app: BahriyaApp) -> None:
    async with app.run_test() as pilot:
        await press(pilot, "2", "j", "j", "d")
        await opened(pilot, "DeployForm")
        app.screen.query_one("#canary").focus()
        await press(pilot, "right", "right", "enter")
        await opened(pilot, "Run")
        await until(pilot, lambda: app.view.world.deployments[0].container == "cache", "it is queued")
        waves = {region.region: region.wave for region in app.view.world.deployments[0].regions}
        assert waves == {"virginia-1": 0, "helsinki-1": 1}


async def test_a_deployment_under_way_is_replaced_only_after_a_question(app: BahriyaApp) -> None:
    async with app.run_test() as pilot:
        await press(pilot, "2", "G", "d")
        await opened(pilot, "Confirm")
        assert "is running" in shown(pilot)
        assert app.focused is not None
        assert app.focused.id == "cancel"
        await press(pilot, "escape")
        await pilot.pause()
        assert app.view.world.deployments[0].state == "running"


async def test_the_filter_keeps_lines_that_contain_every_word(app: BahriyaApp) -> None:
    async with app.run_test() as pilot:
        await press(pilot, "2", "slash", *"ghcr", "space", *"web")
        assert rows(pilot) == ["web"]
        await press(pilot, "enter", "escape")
        assert len(rows(pilot)) == 6
        assert "Clear filter" not in shown(pilot)


async def test_without_a_container_only_what_works_is_offered(empty_app: BahriyaApp) -> None:
    async with empty_app.run_test() as pilot:
        await press(pilot, "2")
        keys = shown(pilot).splitlines()[-1]
        assert "Deploy" not in keys
        assert "Edit" not in keys
        await press(pilot, "d", "x", "e", "enter")
        assert type(empty_app.screen).__name__ == "Containers"
        assert not notices(pilot)
