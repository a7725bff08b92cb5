"""Regions and projects, by keyboard, over a real store."""

from pathlib import Path

from bahriya_tui.tui.app import BahriyaApp
from tests.tui.hands import fill, notices, opened, press, rows, shown, until

KUBECONFIG = """
apiVersion: v1
kind: Config
clusters:
- {name: c, cluster: {server: "https://10.0.0.1:6443"}}
- {name: d, cluster: {server: "https://10.0.0.2:6443"}}
users:
- {name: u, user: {}}
contexts:
- {name: paris-1, context: {cluster: c, user: u}}
- {name: oslo-1, context: {cluster: d, user: u}}
"""


def kubeconfig(folder: Path) -> str:
    """Write a kubeconfig with two contexts."""
    path = folder / "kubeconfig"
    path.write_text(KUBECONFIG)
    return str(path)


async def test_a_first_project_and_its_regions_are_made_by_keyboard(
    empty_app: BahriyaApp, tmp_path: Path
) -> None:
    app = empty_app
    async with app.run_test() as pilot:
        await press(pilot, "p")
        await opened(pilot, "Projects")
        await press(pilot, "n")
        await opened(pilot, "ProjectForm")
        await fill(pilot, handle="shop", name="Shop")
        await press(pilot, "enter")
        await until(pilot, lambda: app.view.project == "shop", "shop is open")
        assert "No registry yet" in shown(pilot)
        await press(pilot, "3", "n")
        await opened(pilot, "RegionForm")
        await fill(pilot, id="paris-1", kubeconfig=kubeconfig(tmp_path), city="Paris")
        await press(pilot, "enter")
        await until(pilot, lambda: rows(pilot) == ["paris-1"], "paris-1 is listed")
        await press(pilot, "i")
        await opened(pilot, "ImportForm")
        await fill(pilot, kubeconfig=kubeconfig(tmp_path))
        await press(pilot, "enter")
        await until(pilot, lambda: rows(pilot) == ["oslo-1", "paris-1"], "the other context is a region")
        assert "paris-1: a region of this name exists already" in notices(pilot)


async def test_a_context_that_does_not_exist_is_said_inside_the_form(
    empty_app: BahriyaApp, tmp_path: Path
) -> None:
    async with empty_app.run_test() as pilot:
        await press(pilot, "3", "n")
        await opened(pilot, "RegionForm")
        await fill(pilot, id="rome-1", kubeconfig=kubeconfig(tmp_path))
        await press(pilot, "enter")
        await until(pilot, lambda: 'no usable context "rome-1"' in shown(pilot), "the reason")
        assert type(empty_app.screen).__name__ == "RegionForm"


async def test_a_region_is_edited(app: BahriyaApp) -> None:
    async with app.run_test() as pilot:
        await press(pilot, "3", "e")
        await opened(pilot, "RegionForm")
        await fill(pilot, city="Falkenstein im Vogtland")
        await press(pilot, "enter")
        await until(pilot, lambda: app.view.world.regions[0].city.endswith("Vogtland"), "the city")


async def test_a_region_in_use_is_not_deleted_and_the_reason_is_shown(app: BahriyaApp) -> None:
    async with app.run_test() as pilot:
        await press(pilot, "3", "x")
        await opened(pilot, "Confirm")
        await press(pilot, "right", "enter")
        await until(pilot, lambda: "api" in notices(pilot), "its containers are named")
        assert "falkenstein-1" in rows(pilot)


async def test_an_unused_region_is_deleted(empty_app: BahriyaApp, tmp_path: Path) -> None:
    async with empty_app.run_test() as pilot:
        await press(pilot, "3", "i")
        await opened(pilot, "ImportForm")
        await fill(pilot, kubeconfig=kubeconfig(tmp_path))
        await press(pilot, "enter")
        await until(pilot, lambda: rows(pilot) == ["oslo-1", "paris-1"], "two regions")
        await press(pilot, "x")
        await opened(pilot, "Confirm")
        await press(pilot, "right", "enter")
        await until(pilot, lambda: rows(pilot) == ["paris-1"], "oslo-1 is gone")


async def test_a_pending_removal_is_seen_on_regions_and_registries(app: BahriyaApp) -> None:
    async with app.run_test() as pilot:
        await pilot.pause()
        assert "1 pending removal in helsinki-1" in shown(pilot)
        await press(pilot, "3", "j")
        assert "! 1 removal" in shown(pilot)
        await press(pilot, "enter")
        await opened(pilot, "Details")
        assert "Secret bahriya-old-gitlab-v1" in shown(pilot)
        assert "connection refused" in shown(pilot)


async def test_another_project_is_opened_and_an_empty_one_deleted(app: BahriyaApp) -> None:
    async with app.run_test() as pilot:
        await press(pilot, "p")
        await opened(pilot, "Projects")
        await press(pilot, "g", "enter")
        await until(pilot, lambda: app.view.project == "blog", "blog is open")
        assert rows(pilot) == []
        await press(pilot, "p")
        await opened(pilot, "Projects")
        await press(pilot, "x")
        await opened(pilot, "Confirm")
        await press(pilot, "right", "enter")
        await until(pilot, lambda: app.view.project == "shop", "shop is what is left")


async def test_a_project_in_use_is_not_deleted(app: BahriyaApp) -> None:
    async with app.run_test() as pilot:
        await press(pilot, "p")
        await opened(pilot, "Projects")
        await press(pilot, "x")
        await opened(pilot, "Confirm")
        await press(pilot, "right", "enter")
        await until(pilot, lambda: "ghcr" in notices(pilot), "what uses it is named")
        assert [project.handle for project in app.view.world.projects] == ["blog", "shop"]
