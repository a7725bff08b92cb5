"""The check of a registry, by keyboard: what it shows, what it leads to, and what is not sent twice."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input

from bahriya_tui.model.connection import ConnectionSettings, settings_of
from bahriya_tui.operations import check as checking
from bahriya_tui.places import Places
from bahriya_tui.store import checks, registries
from bahriya_tui.store.database import open_store
from bahriya_tui.tui.app import BahriyaApp
from bahriya_tui.tui.widgets.choice import Choice
from tests.tui.conftest import QuietSession
from tests.tui.hands import Hands, fill, notices, opened, press, shown, until

Compare = Callable[..., bool]
SIZES = {"80x24": (80, 24), "120x36": (120, 36)}


def image(name: str, verdict: str, reason: str = "") -> dict[str, str]:
    return {"image": name, "verdict": verdict, "reason": reason}


def step(name: str, detail: str, ms: int, good: bool = True) -> dict[str, Any]:
    return {"name": name, "good": good, "detail": detail, "ms": ms}


WAY = [
    step("dns", "140.82.121.34", 11),
    step("tcp", "140.82.121.34:443", 9),
    step("tls", "Sectigo RSA DV, 67 days left", 24),
    step("challenge", "Bearer, token server ghcr.io", 31),
    step("login", "a token for acme", 88),
]
GOOD: dict[str, Any] = {
    "login": "accepted",
    "reason": "",
    "images": [image("ghcr.io/acme/api:2.5.0", "ok"), image("ghcr.io/acme/web:1.9.0", "ok")],
    "steps": [*WAY, step("image", "acme/api: 200", 40), step("image", "acme/web: 200", 38)],
    "limit": {"limit": 100, "remaining": 76, "window_seconds": 21600},
    "origin": "bastion",
}
DENIED = GOOD | {
    "images": [
        image("ghcr.io/acme/api:2.5.0", "denied", "the token lacks read:packages for acme/api"),
        image("ghcr.io/acme/web:1.9.0", "public", "it can be pulled without a login"),
    ],
    "steps": [*WAY, step("image", "acme/api: 403", 40, good=False), step("image", "acme/web: 200", 38)],
}
REJECTED: dict[str, Any] = {
    "login": "rejected",
    "reason": "user name or password is wrong, or has expired",
    "images": [image("ghcr.io/acme/api:2.5.0", "denied", "the login was rejected")],
    "steps": [*WAY[:4], step("login", "401 from the token server", 88, good=False)],
    "origin": "bastion",
}
UNREACHABLE: dict[str, Any] = {
    "login": "not proven",
    "reason": "its certificate is signed by an unknown authority",
    "images": [],
    "steps": [*WAY[:2], step("tls", "self-signed certificate of registry.local", 14, good=False)],
    "origin": "bastion",
}


def ghcr(places: Places) -> tuple[str, int]:
    with open_store(places.database) as store:
        found = registries.get(store.connection, "shop", "ghcr")
        return found.id, found.version


def asked(places: Places) -> list[checks.Check]:
    """Give the finished checks of ghcr's current version, oldest first."""
    with open_store(places.database) as store:
        return checks.of_version(store.connection, *ghcr(places))


async def check(pilot: Hands) -> None:
    await press(pilot, "t")
    await opened(pilot, "Checking")
    await until(pilot, lambda: "asking the registry" not in shown(pilot), "the verdict is there")


async def store_unchecked(pilot: Hands) -> None:
    """Choose in a form that nothing is asked."""
    choice = pilot.app.screen.query_one("#check", Choice)
    choice.focus()
    await press(pilot, "space")
    assert choice.value == "no"


def text(pilot: Hands) -> str:
    return " ".join(shown(pilot).split())


def looks(verdict: dict[str, Any]) -> Callable[[Hands], Awaitable[None]]:
    async def steps(pilot: Hands) -> None:
        await pilot.pause()
        await check(pilot)

    QuietSession.verdict = verdict
    return steps


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
@pytest.mark.parametrize(
    "verdict", [GOOD, DENIED, REJECTED, UNREACHABLE], ids=["good", "denied", "rejected", "unreachable"]
)
def test_a_check_looks_as_it_did(
    snap_compare: Compare, app: BahriyaApp, verdict: dict[str, Any], size: tuple[int, int]
) -> None:
    assert snap_compare(app, terminal_size=size, run_before=looks(verdict))


async def test_one_can_leave_while_it_is_asked_and_is_told_the_verdict(
    app: BahriyaApp, quiet: type[QuietSession], monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = quiet.wake_worker
    monkeypatch.setattr(quiet, "wake_worker", lambda _: True)
    async with app.run_test() as pilot:
        await press(pilot, "t")
        await opened(pilot, "Checking")
        await until(pilot, lambda: "asking the registry …" in shown(pilot), "it is being asked")
        assert "Before" in shown(pilot)
        await press(pilot, "t", "i", "a")
        assert type(app.screen).__name__ == "Checking", "one question at a time"
        await press(pilot, "escape")
        await opened(pilot, "Registries")
        assert app.busy == "checking ghcr"
        quiet.verdict = DENIED
        monkeypatch.setattr(quiet, "wake_worker", answer)
        await until(
            pilot, lambda: "ghcr: login works, but the token lacks read:packages" in notices(pilot), "it"
        )
    assert len(asked(app.places)) == 2, "the one of the evening, and this one"


async def test_a_rejected_token_is_sent_again_only_after_a_question(
    app: BahriyaApp, quiet: type[QuietSession]
) -> None:
    quiet.verdict = REJECTED
    async with app.run_test(size=(120, 36)) as pilot:
        await check(pilot)
        assert "✕ login rejected: user name or password is wrong" in shown(pilot)
        assert "Ask again" not in shown(pilot)
        sent = len(asked(app.places))
        await press(pilot, "t")
        await until(
            pilot, lambda: "since 2026-11-23 22:14:12; not sent again" in text(pilot), "it is not sent"
        )
        assert "registries lock out" in text(pilot)
        assert "Ask again" in shown(pilot)
        assert len(asked(app.places)) == sent
        await press(pilot, "a")
        await opened(pilot, "Confirm")
        assert app.focused is not None
        assert app.focused.id == "cancel"
        await press(pilot, "enter")
        await opened(pilot, "Checking")
        assert len(asked(app.places)) == sent
        quiet.verdict = GOOD
        await press(pilot, "a")
        await opened(pilot, "Confirm")
        await press(pilot, "right", "enter")
        await until(pilot, lambda: "● login accepted" in shown(pilot), "it counts again")
        assert len(asked(app.places)) == sent + 1


async def test_an_image_is_typed_and_tried(app: BahriyaApp) -> None:
    async with app.run_test() as pilot:
        await check(pilot)
        await press(pilot, "i")
        await opened(pilot, "ImageForm")
        assert app.screen.query_one("#image", Input).value == "ghcr.io/"
        await press(pilot, "enter")
        await until(pilot, lambda: "✕" in shown(pilot), "what is wrong with it is said")
        await fill(pilot, image="ghcr.io/acme/new:1")
        await press(pilot, "enter")
        await opened(pilot, "Checking")
        await until(pilot, lambda: asked(app.places)[-1].images == ("ghcr.io/acme/new:1",), "it is tried")


async def test_the_sheet_leads_on_to_a_rotation_that_shows_the_verdict(
    app: BahriyaApp, keyed: Places, quiet: type[QuietSession]
) -> None:
    quiet.verdict = REJECTED
    async with app.run_test(size=(120, 36)) as pilot:
        await check(pilot)
        await press(pilot, "r")
        await opened(pilot, "RotateForm")
        assert "Last check: v2, now: login rejected: user name or password is wrong" in text(pilot)
        quiet.verdict = GOOD
        await press(pilot, "enter")
        await opened(pilot, "BringForm")
        await until(
            pilot, lambda: "login accepted; ghcr.io/acme/api:2.5.0 can be" in notices(pilot), "it is told"
        )
        await press(pilot, "escape")
        await opened(pilot, "Pulls")
        await press(pilot, "escape")
        await opened(pilot, "Checking")
        await until(
            pilot, lambda: "v3, the current one" in shown(pilot), "the check of the new version is shown"
        )


async def test_what_a_registry_says_is_shown_and_not_obeyed(
    app: BahriyaApp, quiet: type[QuietSession]
) -> None:
    evil = "[red]x[/] \x1b]0;owned\x07"
    quiet.verdict = GOOD | {
        "reason": evil,
        "origin": evil,
        "steps": [step("tls", evil, 1)],
        "images": [image("ghcr.io/acme/api:1", "denied", evil)],
    }
    async with app.run_test(size=(120, 36)) as pilot:
        await check(pilot)
        assert text(pilot).count("[red]x[/] ␛]0;owned␇") == 4
        assert "\x1b" not in shown(pilot)


async def test_a_check_that_could_not_be_made_says_why(
    app: BahriyaApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "TIMEOUT", 0.1)
    monkeypatch.setattr(QuietSession, "wake_worker", lambda _: True)
    async with app.run_test(size=(120, 36)) as pilot:
        await check(pilot)
        assert "not checked: the check of registry ghcr did not end" in text(pilot)


async def test_the_details_say_of_which_version_the_last_check_was(app: BahriyaApp, keyed: Places) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "enter")
        await opened(pilot, "Details")
        assert "● login accepted" in shown(pilot)
        assert "v2, the current one; 2026-11-23 20:14:13, 1 h ago, from this machine" in text(pilot)
        await press(pilot, "escape")
        await press(pilot, "r")
        await opened(pilot, "RotateForm")
        await store_unchecked(pilot)
        await press(pilot, "ctrl+s")
        await opened(pilot, "BringForm")
        await press(pilot, "escape")
        await opened(pilot, "Pulls")
        await press(pilot, "escape")
        await opened(pilot, "Registries")
        await until(pilot, lambda: app.view.world.registries[0].version == 3, "it counts")
        await press(pilot, "enter")
        await opened(pilot, "Details")
        assert "v2, not the current one; v3 counts now" in text(pilot)


async def test_a_token_is_stored_unchecked_where_that_is_chosen(
    app: BahriyaApp, keyed: Places, quiet: type[QuietSession]
) -> None:
    quiet.verdict = REJECTED
    async with app.run_test() as pilot:
        await press(pilot, "n")
        await opened(pilot, "RegistryForm")
        await fill(pilot, handle="quay", server="quay.io", username="robot")
        await store_unchecked(pilot)
        await press(pilot, "ctrl+s")
        await until(pilot, lambda: "Registry quay was added" in notices(pilot), "it is stored")


async def test_a_new_registry_is_tried_with_an_image(
    app: BahriyaApp, keyed: Places, quiet: type[QuietSession]
) -> None:
    async with app.run_test() as pilot:
        await press(pilot, "n")
        await opened(pilot, "RegistryForm")
        await fill(pilot, handle="quay", server="quay.io", username="robot", image="quay.io/shop/api:1")
        await press(pilot, "ctrl+s")
        await until(pilot, lambda: "Registry quay was added" in notices(pilot), "it is stored")
    with open_store(app.places.database) as store:
        quay = registries.get(store.connection, "shop", "quay")
        assert [one.images for one in checks.of_version(store.connection, quay.id, 1)] == [
            ("quay.io/shop/api:1",)
        ]


# The connection


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_the_form_of_a_connection_looks_as_it_did(
    snap_compare: Compare, app: BahriyaApp, size: tuple[int, int]
) -> None:
    async def steps(pilot: Hands) -> None:
        await pilot.pause()
        await press(pilot, "c")
        await opened(pilot, "ConnectionForm")

    assert snap_compare(app, terminal_size=size, run_before=steps)


async def test_a_connection_is_changed_once_it_works(
    app: BahriyaApp, quiet: type[QuietSession], tmp_path: Path
) -> None:
    def settings() -> ConnectionSettings:
        return settings_of(app.view.world.registries[0])

    ca = tmp_path / "ca.pem"
    ca.write_text("PEM")
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "c")
        await opened(pilot, "ConnectionForm")
        await fill(pilot, proxy="http://u:p@proxy:3128")
        await press(pilot, "ctrl+s")
        assert "the proxy's URL carries a login" in text(pilot)
        await fill(pilot, proxy="http://proxy:3128", ca_file=str(ca))
        quiet.verdict = UNREACHABLE
        form = app.screen
        await press(pilot, "ctrl+s")
        await until(pilot, lambda: app.screen is not form and not app.busy, "the answer")
        await opened(pilot, "ConnectionForm")
        assert "nothing was changed" in text(pilot)
        assert app.screen.query_one("#proxy", Input).value == "http://proxy:3128"
        assert settings() == ConnectionSettings()
        quiet.verdict = GOOD
        await press(pilot, "ctrl+s")
        await until(
            pilot, lambda: settings() == ConnectionSettings(False, str(ca), "http://proxy:3128"), "kept"
        )
        await until(pilot, lambda: "every node's container runtime" in notices(pilot), "nodes are named")
        await press(pilot, "enter")
        await opened(pilot, "Details")
        assert "proxy http://proxy:3128" in text(pilot)


async def test_a_failed_pull_of_two_causes_names_the_check(app: BahriyaApp) -> None:
    async with app.run_test(size=(120, 50)) as pilot:
        await press(pilot, "2", "enter")
        await opened(pilot, "Details")
        assert "api" in shown(pilot)
        assert "bahriya registry check ghcr --image ghcr.io/acme/api:2.5.0" in text(pilot)


async def test_going_back_to_a_rejected_version_is_asked_as_that_and_then_sends_it(
    app: BahriyaApp, keyed: Places, quiet: type[QuietSession]
) -> None:
    quiet.verdict = REJECTED
    async with app.run_test(size=(120, 36)) as pilot:
        await check(pilot)
        quiet.verdict = GOOD
        await press(pilot, "r")
        await opened(pilot, "RotateForm")
        await press(pilot, "enter")
        await opened(pilot, "BringForm")
        await press(pilot, "escape")
        await opened(pilot, "Pulls")
        await press(pilot, "b")
        await opened(pilot, "Confirm")
        assert "v2 was rejected before. It is sent once more" in text(pilot)
        await press(pilot, "right", "enter")
        await until(pilot, lambda: "Registry ghcr is back at v2" in notices(pilot), "it counts again")
