"""What a registry wants is told while its server is typed, and again where its token is."""

import pytest

from bahriya_tui.tui.app import BahriyaApp
from bahriya_tui.tui.dialogs.token_entry import TokenEntry
from bahriya_tui.tui.present.advice import advice
from tests.tui.hands import Hands, fill, opened, press, shown, until

SMALL, TALL = (80, 24), (110, 40)


def said(pilot: Hands) -> str:
    """Give the text of the screen without the breaks of its lines."""
    return " ".join(shown(pilot).replace("│", " ").split())


async def form(pilot: Hands, **fields: str) -> str:
    await press(pilot, "n")
    await opened(pilot, "RegistryForm")
    await fill(pilot, **fields)
    return said(pilot)


@pytest.mark.parametrize("size", [SMALL, TALL])
async def test_the_form_says_what_a_server_wants_and_what_looks_wrong(
    app: BahriyaApp, size: tuple[int, int]
) -> None:
    async with app.run_test(size=size) as pilot:
        screen = await form(pilot, server="https://ghcr.io", username="jane@acme.com")
        assert "! https:// was left out" in screen
        assert "no e-mail address" in screen
        assert "Provider GitHub Container Registry" in screen
        assert "classic personal access token (ghp_) with read:packages" in screen
        assert "Settings > Developer settings > Personal access" in screen
        assert "fine-grained tokens (github_pat_) do not work" in screen
        assert "Save, then type the token" in screen
        await fill(pilot, username="octocat")
        assert "no e-mail address" not in said(pilot)
        await fill(pilot, server="quay.io")
        assert "robot account: ORGANISATION+ROBOT" in said(pilot)
        assert "GitHub" not in said(pilot)


async def test_a_server_that_nobody_knows_is_fine_and_one_that_is_none_is_explained(app: BahriyaApp) -> None:
    async with app.run_test(size=SMALL) as pilot:
        assert "once its server is named" in await form(pilot)
        await fill(pilot, server="registry.acme.com", username="bob")
        assert "any OCI registry will do" in said(pilot)
        assert "!" not in said(pilot).partition("Name ")[2].partition("The token")[0]
        await fill(pilot, server="registry")
        assert "Docker Hub user" in said(pilot)
        await fill(pilot, server="[red]x[/]")
        assert "[red]x[/]" in said(pilot)


@pytest.mark.parametrize("size", [SMALL, TALL])
async def test_an_error_and_the_buttons_have_room_beside_the_longest_advice(
    app: BahriyaApp, size: tuple[int, int]
) -> None:
    async with app.run_test(size=size) as pilot:
        server = "https://123456789012.dkr.ecr.eu-central-1.amazonaws.com/v2/"
        await form(pilot, server=server, username="AWS")
        await press(pilot, "enter")
        screen = said(pilot)
        assert "✕ registry handle '' is not valid" in screen
        assert "Cancel" in screen
        assert "Username AWS" in screen
        assert "12 hours" in screen


async def test_a_rotation_says_which_token_is_wanted(app: BahriyaApp) -> None:
    async with app.run_test(size=SMALL) as pilot:
        await press(pilot, "r")
        await opened(pilot, "RotateForm")
        assert "classic personal access token (ghp_) with read:packages" in said(pilot)


async def test_an_edit_without_token_gives_no_advice(app: BahriyaApp) -> None:
    async with app.run_test(size=SMALL) as pilot:
        await press(pilot, "e")
        await opened(pilot, "RegistryForm")
        assert "Provider" not in said(pilot).partition("Edit registry")[2]


async def test_the_place_where_a_token_is_typed_says_which_is_wanted(app: BahriyaApp) -> None:
    async with app.run_test(size=SMALL) as pilot:
        app.push_screen(TokenEntry("Token of octocat at ghcr.io", "GHCR: [b]classic[/b] token"))
        await until(pilot, lambda: "GHCR: [b]classic[/b] token" in said(pilot), "the line is shown")


async def test_the_sheet_names_the_provider(app: BahriyaApp) -> None:
    async with app.run_test(size=TALL) as pilot:
        await press(pilot, "enter")
        await opened(pilot, "Details")
        assert "GitHub Container Registry" in said(pilot)


def test_the_advice_follows_the_user_name_where_that_decides() -> None:
    assert ("Provider", "Harbor") in advice("registry.acme.com", "robot$ci").facts
    key = advice("123456789012.dkr.ecr.eu-central-1.amazonaws.com", "AKIAIOSFODNN7EXAMPLE")
    assert ("Token is", "the secret of this access key with ecr:BatchGetImage") in key.facts
    assert key.warnings == ()


@pytest.mark.parametrize("server", ["github.com", "gitlab.com", "registry.gitlab.io", "quay.com"])
def test_a_host_that_is_no_registry_is_questioned_once(server: str) -> None:
    (told,) = advice(server, "").warnings
    assert told.startswith("did you mean ")
