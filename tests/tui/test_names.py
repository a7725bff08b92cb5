"""Names, messages and answers from outside are text on every screen: shown by signs, never obeyed."""

import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from bahriya_tui.model.audit import Actor
from bahriya_tui.places import Places
from bahriya_tui.store import audit, containers, deployments, regions, registries, removals
from bahriya_tui.store.database import open_store
from bahriya_tui.tui.app import BahriyaApp
from bahriya_tui.tui.feed import Feed
from tests.tui import world
from tests.tui.conftest import Doctor, QuietSession, quiet_session
from tests.tui.hands import Hands, fill, notices, opened, press, shown, until
from tests.tui.test_screens import BROAD, SCREENS

EVIL = "[red]x[/]\x1b[31m\x1b]0;owned\x07\u202e\u2066gnp\x9b2J\r\n🚀世\u200d\u0627"
SAFE = "[red]x[/]␛[31m␛]0;owned␇<U+202E><U+2066>gnp<U+009B>2J␍␊🚀世<U+200D>\u0627"
FORBIDDEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


def fill_with(database: Path, evil: str) -> None:
    """Put `evil` wherever something from outside is kept."""
    with open_store(database) as store, store.write() as tx:
        helsinki = regions.get(tx.conn, "helsinki-1")
        regions.update(tx, replace(helsinki, name=evil, city=evil, country=evil, context=evil))
        tx.execute("UPDATE region SET kubeconfig = ?, server = ?, last_error = ?", [evil, evil, evil])
        ghcr = registries.get(tx.conn, "shop", "ghcr")
        registries.edit(tx, ghcr.id, name=evil, now=world.NOW)
        tx.execute("UPDATE registry SET username = ? WHERE id = ?", [evil, ghcr.id])
        api = next(one for one in containers.all(tx.conn, "shop") if one.handle == "api")
        containers.update(tx, replace(api, name=evil, image=evil, env=((evil, evil),)))
        removals.add(
            tx, project="shop", region="helsinki-1", kind="Secret", name=evil, uid=None, reason=evil,
            now=world.NOW,
        )  # fmt: skip
        tx.execute("UPDATE removal SET last_error = ?, attempts = 1", [evil])
        tx.execute("UPDATE deployment SET created_by = ?", [evil])
        tx.execute("UPDATE deployment_region SET message = ?", [evil])
        run = next(one for one in deployments.all(tx.conn, "shop") if one.state == "running")
        world.tell(tx, run, "warning", evil, 0, "helsinki-1")
        audit.append(tx, Actor(evil, evil, evil), "region.added", now=world.NOW, regions=("helsinki-1",))


def careful(pilot: Hands) -> str:
    """Give the screen, after a look at every character of it and at the width of every line."""
    lines = pilot.app.screen._compositor.render_strips()
    assert {strip.cell_length for strip in lines} == {pilot.app.size.width}
    text = shown(pilot)
    obeyed = [repr(line) for line in text.split("\n") if {unicodedata.category(c) for c in line} & FORBIDDEN]
    assert obeyed == []
    return text


@pytest.fixture
def evil_app(seeded: Places, quiet: type[QuietSession]) -> Iterator[BahriyaApp]:
    """The screens over an evening on which somebody outside chose every name."""
    fill_with(seeded.database, EVIL)
    with Feed(seeded.database, "shop") as feed:
        yield BahriyaApp(seeded, feed, open_session=quiet_session, now=lambda: world.NOW)


@pytest.mark.parametrize("size", [BROAD, (80, 24)])
@pytest.mark.parametrize("screen", SCREENS)
async def test_no_screen_obeys_what_others_wrote(
    evil_app: BahriyaApp, measured: Doctor, screen: str, size: tuple[int, int]
) -> None:
    async with evil_app.run_test(size=size) as pilot:
        await SCREENS[screen](pilot)
        text = careful(pilot)
        if size == BROAD and screen not in ("security", "pulls", "matrix", "matrix_of_a_pending_removal"):
            assert "[red]x[/]" in text


@pytest.mark.parametrize(
    ("keys", "opens"),
    [(("2", "e"), "ContainerForm"), (("3", "j", "e"), "RegionForm"), (("e",), "RegistryForm")],
)
async def test_no_form_obeys_them(evil_app: BahriyaApp, keys: tuple[str, ...], opens: str) -> None:
    async with evil_app.run_test(size=BROAD) as pilot:
        await press(pilot, *keys)
        await opened(pilot, opens)
        assert "[red]x[/]" in careful(pilot)


async def test_the_whole_of_it_is_shown_by_signs(evil_app: BahriyaApp) -> None:
    async with evil_app.run_test(size=BROAD) as pilot:
        await SCREENS["region"](pilot)
        assert SAFE in careful(pilot)


async def test_what_a_registry_answered_is_told_as_text(app: BahriyaApp, quiet: type[QuietSession]) -> None:
    quiet.verdict = {"login": "rejected", "reason": EVIL, "images": []}
    async with app.run_test(size=BROAD, notifications=True) as pilot:
        await press(pilot, "ctrl+a", "t")
        await until(pilot, lambda: notices(pilot), "the verdicts")
        assert SAFE in notices(pilot)
        app.clear_notifications()
        await press(pilot, "escape", "t")
        await opened(pilot, "Checking")
        await until(pilot, lambda: SAFE in careful(pilot), "it is drawn")


async def test_whoever_edited_a_secret_is_told_as_text(evil_app: BahriyaApp) -> None:
    async with evil_app.run_test(size=BROAD) as pilot:
        await SCREENS["matrix"](pilot)
        with open_store(evil_app.places.database) as store, store.write() as tx:
            tx.execute("UPDATE observed_secret SET edited_by = ?", [EVIL])
        await press(pilot, "k", "l")
        await until(pilot, lambda: "[red]x[/]" in careful(pilot), "it is drawn")


async def test_contexts_of_a_kubeconfig_are_told_as_text(empty_app: BahriyaApp, tmp_path: Path) -> None:
    path = tmp_path / "kubeconfig"
    path.write_text(
        yaml.safe_dump(
            {
                "apiVersion": "v1",
                "kind": "Config",
                "clusters": [{"name": "c", "cluster": {"server": "https://10.0.0.1:6443"}}],
                "users": [{"name": "u", "user": {}}],
                "contexts": [{"name": EVIL, "context": {"cluster": "c", "user": "u"}}],
            }
        )
    )
    async with empty_app.run_test(size=BROAD, notifications=True) as pilot:
        await press(pilot, "3", "i")
        await opened(pilot, "ImportForm")
        await fill(pilot, kubeconfig=str(path))
        await press(pilot, "enter")
        await until(pilot, lambda: notices(pilot), "what was left out")
        assert SAFE in notices(pilot)
        await until(pilot, lambda: "[red]x[/]" in careful(pilot), "it is drawn")
