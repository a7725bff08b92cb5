"""An image that its registry cannot serve: told while typing, refused at deployment, forced on purpose."""

import pytest

from bahriya_tui.store import registries
from bahriya_tui.store.database import open_store
from bahriya_tui.tui.app import BahriyaApp
from bahriya_tui.tui.widgets.choice import Choice
from tests.tui import world
from tests.tui.hands import Hands, fill, notices, opened, press, rows, shown, until
from tests.tui.test_rotation import end_the_run


def text(pilot: Hands) -> str:
    """Give what the screen says, as one line."""
    return " ".join(shown(pilot).replace("│", " ").split())


async def choose(pilot: Hands, field: str, value: str) -> None:
    """Go to a field and turn it to a value."""
    choice = pilot.app.screen.query_one(f"#{field}", Choice)
    choice.focus()
    while choice.value != value:
        await press(pilot, "right")


@pytest.fixture
def in_vain(app: BahriyaApp) -> BahriyaApp:
    """A world with container `astray`, first in the list: from quay.io, linked to ghcr.io."""
    with open_store(app.places.database) as store, store.write() as tx:
        ghcr = next(one for one in registries.all(tx.conn, "shop") if one.handle == "ghcr")
        world.add_container(tx, "a-stray", "quay.io/acme/stray:1", ghcr, world.EVERYWHERE[:1])
    return app


async def test_while_an_image_is_typed_it_says_which_registry_will_serve_it(app: BahriyaApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "2", "n")
        await opened(pilot, "ContainerForm")
        assert "serve" not in text(pilot)
        await fill(pilot, image="ghcr.io/acme/api")
        assert "ghcr serves ghcr.io: choose it if the image is private" in text(pilot)
        await choose(pilot, "registry", "ghcr")
        assert "ghcr serves ghcr.io" in text(pilot)
        assert "choose it" not in text(pilot)
        await choose(pilot, "registry", "house")
        assert "✕ registry house is at" in text(pilot)
        assert "cannot serve ghcr.io; ghcr can" in text(pilot)
        await choose(pilot, "registry", "")
        await fill(pilot, image="quay.io/acme/api")
        assert "no registry is at quay.io; public images need none" in text(pilot)
        await fill(pilot, image="quay.io/")
        assert "serve" not in text(pilot)


async def test_an_edited_container_begins_with_what_serves_it(in_vain: BahriyaApp) -> None:
    async with in_vain.run_test(size=(80, 24)) as pilot:
        await press(pilot, "2")
        await until(pilot, lambda: "a-stray" in rows(pilot), "it is listed")
        await press(pilot, "g", "e")
        await opened(pilot, "ContainerForm")
        assert "✕ registry ghcr is at ghcr.io and cannot serve quay.io" in text(pilot)
        await press(pilot, "ctrl+s")
        await until(pilot, lambda: "was changed" in notices(pilot), "it is saved all the same")
        assert "Container a-stray pulls quay.io/acme/stray:1, but registry ghcr" in notices(pilot)


async def test_the_deployment_is_refused_in_the_form_and_goes_on_when_forced(in_vain: BahriyaApp) -> None:
    async with in_vain.run_test(size=(80, 24)) as pilot:
        await press(pilot, "2")
        await until(pilot, lambda: "a-stray" in rows(pilot), "it is listed")
        before = len(in_vain.view.world.deployments)
        await press(pilot, "g", "d")
        await opened(pilot, "DeployForm")
        assert "✕ Container a-stray pulls quay.io/acme/stray:1, but registry ghcr" in text(pilot)
        assert in_vain.focused is in_vain.screen.query_one("#force")
        await press(pilot, "ctrl+s")
        assert "link another registry (l), or choose to deploy it all the same" in text(pilot)
        assert len(in_vain.view.world.deployments) == before
        await choose(pilot, "force", "force")
        await press(pilot, "ctrl+s")
        await opened(pilot, "Run")
        run = in_vain.view.world.deployments[0]
        assert (run.container, run.spec.image) == ("a-stray", "quay.io/acme/stray:1")


async def test_of_several_the_refused_one_is_left_out_and_named(in_vain: BahriyaApp) -> None:
    async with in_vain.run_test(size=(80, 24)) as pilot:
        await press(pilot, "2")
        await until(pilot, lambda: "a-stray" in rows(pilot), "it is listed")
        await press(pilot, "g", "space", "G", "k", "k", "k", "space", "d")
        await opened(pilot, "DeployForm")
        assert "✕ Container a-stray pulls" in text(pilot)
        await press(pilot, "ctrl+s")
        await until(pilot, lambda: "a-stray" in notices(pilot), "the outcome is told")
        assert "cannot serve quay.io" in notices(pilot)
        assert in_vain.view.world.deployments[0].container != "a-stray"


async def test_bringing_a_version_to_all_its_containers_is_refused_unless_forced(
    in_vain: BahriyaApp,
) -> None:
    async with in_vain.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: len(in_vain.view.world.containers) == 7, "the stray one is seen")
        await end_the_run(in_vain)
        await press(pilot, "u")
        await opened(pilot, "Pulls")
        await until(pilot, lambda: in_vain.view.usage is not None, "who pulls is known")
        await press(pilot, "d")
        await opened(pilot, "BringForm")
        await press(pilot, "ctrl+s")
        await opened(pilot, "Pulls")
        await press(pilot, "d")
        await opened(pilot, "BringForm")
        await choose(pilot, "now", "deploy")
        await press(pilot, "ctrl+s")
        assert "nothing is deployed that its linked registry cannot serve" in text(pilot)
        await choose(pilot, "force", "force")
        await press(pilot, "ctrl+s")
        await until(pilot, lambda: "3 deployments started" in notices(pilot), "all are deployed")


async def test_a_healthy_deployment_asks_nothing_more(app: BahriyaApp) -> None:
    async with app.run_test() as pilot:
        await press(pilot, "2", "j", "j", "d")
        await opened(pilot, "DeployForm")
        assert not app.screen.query("#force")


async def test_linking_a_registry_that_cannot_serve_is_told(app: BahriyaApp) -> None:
    async with app.run_test() as pilot:
        await press(pilot, "2", "l")
        await opened(pilot, "Pick")
        assert "cannot serve" not in text(pilot)
        await choose(pilot, "value", "hub-mirror")
        assert "hub-mirror docker.io cannot serve it" in text(pilot)
        await press(pilot, "enter")
        await until(pilot, lambda: "pulls with hub-mirror" in notices(pilot), "it is linked")
        assert "registry hub-mirror is at docker.io and cannot serve ghcr.io" in notices(pilot)
