"""The check of a registry, by keyboard: what it shows, what it leads to, and what is not sent twice."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bahriya_tui.places import Places
from bahriya_tui.store import checks, registries
from bahriya_tui.store.database import open_store
from bahriya_tui.tui.app import BahriyaApp
from bahriya_tui.tui.screens.checking import Checking
from tests.tui import world
from tests.tui.conftest import QuietSession
from tests.tui.hands import Hands, app_of, fill, notices, opened, press, shown, until

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
