"""Importing logins by keyboard: what is found is shown with marks, and what is marked becomes registries."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import SelectionList

from bahriya_tui.model.importing import ForeignSecret, FoundLogin
from bahriya_tui.operations import adopt
from bahriya_tui.places import Places
from bahriya_tui.tui.app import BahriyaApp
from tests.sealing import read_token
from tests.tui.hands import app_of, notices, opened, press, rows, shown, until

FROM_FILES = ("i",)


def auth(user: str, password: str) -> dict[str, str]:
    return {"auth": base64.b64encode(f"{user}:{password}".encode()).decode()}


@pytest.fixture
def docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, canary: str) -> Path:
    """The operator's home, where Docker keeps two logins and an identity token."""
    for name in ("REGISTRY_AUTH_FILE", "XDG_RUNTIME_DIR", "DOCKER_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    content: dict[str, Any] = {
        "auths": {
            "quay.io/org": auth("org+robot", canary),
            "https://index.docker.io/v1/": auth("me", canary),
            "shop.azurecr.io": {"identitytoken": canary},
        }
    }
    (tmp_path / ".docker").mkdir()
    (tmp_path / ".docker/config.json").write_text(json.dumps(content))
    return tmp_path


async def look_into_files(pilot: Any) -> None:
    await press(pilot, "i")
    await opened(pilot, "WhereForm")
    await press(pilot, "ctrl+s")
    await opened(pilot, "LoginsForm")


async def test_marked_logins_become_registries_and_no_token_is_shown(
    app: BahriyaApp, keyed: Places, docker: Path, canary: str
) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        await look_into_files(pilot)
        text = shown(pilot)
        for words in (
            "org+robot at quay.io as quay",
            "as docker-hub",
            "shop.azurecr.io",
            "identity token",
        ):
            assert words in text
        ticks = pilot.app.screen.query_one("#logins", SelectionList)
        assert len(ticks.selected) == 2
        await press(pilot, "space", "ctrl+s")
        await until(pilot, lambda: "docker-hub" in rows(pilot) and not app.busy, "it is listed")
        await until(pilot, lambda: "1 of 1 imported: docker-hub" in notices(pilot), "it is said")
        assert "quay" not in rows(pilot)
        assert canary not in shown(pilot) + notices(pilot) + text
        await until(pilot, lambda: not app.busy, "the reader has ended")
    assert all(canary.encode() not in path.read_bytes() for path in keyed.store.iterdir())


async def test_leaving_takes_nothing(app: BahriyaApp, keyed: Places, docker: Path) -> None:
    async with app.run_test() as pilot:
        before = rows(pilot)
        await look_into_files(pilot)
        await press(pilot, "escape")
        await until(pilot, lambda: len(app.screen_stack) == 1 and not app.busy, "the list again")
        assert rows(pilot) == before
        assert notices(pilot) == ""


async def test_with_nothing_marked_the_form_stays(app: BahriyaApp, keyed: Places, docker: Path) -> None:
    async with app.run_test() as pilot:
        await look_into_files(pilot)
        pilot.app.screen.query_one("#logins", SelectionList).deselect_all()
        await press(pilot, "ctrl+s")
        assert "nothing is marked" in shown(pilot)


async def test_without_files_it_is_said_where_was_looked(
    app: BahriyaApp, keyed: Places, docker: Path
) -> None:
    (docker / ".docker/config.json").unlink()
    async with app.run_test() as pilot:
        await press(pilot, "i")
        await opened(pilot, "WhereForm")
        await press(pilot, "ctrl+s")
        await until(pilot, lambda: "no file of logins" in notices(pilot), "the reason")


async def test_pull_secrets_of_others_are_adopted_from_a_region(
    app: BahriyaApp, keyed: Places, monkeypatch: pytest.MonkeyPatch, canary: str
) -> None:
    region = "falkenstein-1"
    found = [ForeignSecret(region, "legacy", name, "kubernetes.io/dockerconfigjson", "") for name in "ab"]
    logins = {
        f"legacy/{name}": [
            FoundLogin(0, f"legacy/{name}", f"{name}.example", "login", f"{name}.example", "u")
        ]
        for name in "ab"
    }
    monkeypatch.setattr(adopt, "find_foreign", lambda _s, _p, where: found if where == region else [])
    monkeypatch.setattr(adopt, "look_into", lambda _s, _p, _r, secret: logins[secret])
    asked: list[tuple[str, str]] = []

    def reader(_s: Any, _p: str, _h: str, where: str, secret: str, _number: int) -> Any:
        asked.append((where, secret))
        return lambda context: read_token(canary, context, keyed.public_keys)

    monkeypatch.setattr(adopt, "_reader", reader)
    async with app.run_test() as pilot:
        await press(pilot, "i")
        await opened(pilot, "WhereForm")
        await press(pilot, "right", "ctrl+s")
        await opened(pilot, "SecretsForm")
        assert "legacy/a" in shown(pilot)
        await press(pilot, "space", "down", "space", "ctrl+s")
        await opened(pilot, "LoginsForm")
        await press(pilot, "ctrl+s")
        await until(pilot, lambda: {"a-example", "b-example"} <= set(rows(pilot)), "both are listed")
        assert asked == [(region, "legacy/a"), (region, "legacy/b")]
        assert app_of(pilot).view.world.registries
