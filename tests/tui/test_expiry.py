"""The line about credentials that end soon: on every list, in hours where it is hours, gone when put away."""

from collections.abc import Callable
from typing import Any

import pytest

from bahriya_tui.model import clock
from bahriya_tui.model.expiry import Due
from bahriya_tui.model.token import TokenFacts
from bahriya_tui.places import Places
from bahriya_tui.store import checks, registries
from bahriya_tui.store.database import open_store
from bahriya_tui.tui.app import BahriyaApp
from bahriya_tui.tui.present.expiry import Ending, headline
from bahriya_tui.tui.screens import warned
from bahriya_tui.tui.screens.listing import Listing
from bahriya_tui.tui.widgets.banner import Banner
from bahriya_tui.tui.widgets.table import Table
from tests.sealing import well_formed
from tests.tui import world
from tests.tui.conftest import Doctor
from tests.tui.hands import Hands, opened, press, rows, shown, until
from tests.tui.test_screens import SMALL, WIDE

ECR = "123456789012.dkr.ecr.eu-central-1.amazonaws.com"


def add(
    places: Places, handle: str, server: str, username: str, *, entered: float = 0, kind: str = ""
) -> None:
    """Add a registry whose token was entered so many hours ago."""
    at = world.before(entered * 3600)
    with open_store(places.database) as store, store.write() as tx:
        registry = registries.insert(
            tx,
            "shop",
            handle,
            name="",
            server=server,
            username=username,
            expires=None,
            plain_http=False,
            ca_file=None,
            now=at,
        )
        version = registries.reserve_version(
            tx, registry, server=server, username=username, actor="mira", now=at
        )
        registries.keep_sealed(tx, registry.id, version, well_formed(), facts=TokenFacts(kind))
        registries.accept_version(tx, registry.id, version, at)


@pytest.fixture
def pasted(seeded: Places) -> Places:
    """The evening of `world`, with an ECR token that was pasted two and a half hours ago."""
    add(seeded, "ecr-prod", ECR, "AWS", entered=2.5)
    return seeded


def line(pilot: Hands) -> str:
    """Give the line about ends, as it is drawn; empty where there is none."""
    return next((one for one in shown(pilot).splitlines() if "▲" in one and "credential" in one), "").rstrip()


@pytest.mark.parametrize(
    ("key", "screen"),
    [
        ("1", "Registries"),
        ("2", "Containers"),
        ("3", "Regions"),
        ("4", "Deployments"),
        ("5", "Audit"),
        ("6", "Security"),
        ("m", "Matrix"),
    ],
)
async def test_every_list_tells_what_ends_soon(
    pasted: Places, app: BahriyaApp, measured: Doctor, key: str, screen: str
) -> None:
    async with app.run_test(size=SMALL) as pilot:
        await press(pilot, key)
        await opened(pilot, screen)
        told = line(pilot)
    assert "▲ 2 credentials end soon: ecr-prod in 9 h, ghcr in 6 d" in told
    assert told.endswith("E list  z hide")


async def test_hours_count_down_without_anything_being_read(
    pasted: Places, app: BahriyaApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warned, "TICK_SECONDS", 0.02)
    async with app.run_test(size=SMALL) as pilot:
        await press(pilot)
        reads = _count_reads(app)
        app.clock = lambda: clock.later(world.NOW, 4 * 3600)
        await until(pilot, lambda: "ecr-prod in 5 h, ghcr in 5 d" in line(pilot), "it is told in the line")
        assert "in 5 h" in next(one for one in shown(pilot).splitlines() if one.startswith("▌ ecr-prod"))
        app.clock = lambda: clock.later(world.NOW, 11 * 3600)
        told = "▲ 1 credential expired, 1 ends soon: ecr-prod 1 h ago, 1 more"
        await until(pilot, lambda: told in line(pilot), "it has ended")
        assert reads == []


def _count_reads(app: BahriyaApp) -> list[str]:
    reads: list[str] = []

    def counted(reading: Callable[..., Any]) -> Callable[..., Any]:
        def read(*given: Any) -> Any:
            reads.append(str(given))
            return reading(*given)

        return read

    app.feed.picture = counted(app.feed.picture)  # type: ignore[method-assign]
    app.open_session = counted(app.open_session)
    return reads


async def test_it_is_drawn_again_only_when_its_words_change(pasted: Places, app: BahriyaApp) -> None:
    async with app.run_test(size=SMALL) as pilot:
        await press(pilot)
        assert isinstance(app.screen, Listing)
        drawn = _count_drawn(app.screen.query_one(Banner))
        await press(pilot, *"jkjks")
        app.clock = lambda: clock.later(world.NOW, 60)
        app.screen.tick()
        app.redraw()
        await pilot.pause()
        assert drawn == []
        app.clock = lambda: clock.later(world.NOW, 3600)
        app.screen.tick()
        await pilot.pause()
        assert len(drawn) == 1


def _count_drawn(banner: Banner) -> list[str]:
    drawn: list[str] = []
    render = banner.render

    def counted() -> Any:
        drawn.append("")
        return render()

    banner.render = counted  # type: ignore[method-assign]
    return drawn


async def test_put_away_it_stays_away_on_every_list_until_something_new_ends(
    pasted: Places, app: BahriyaApp
) -> None:
    async with app.run_test(size=SMALL) as pilot:
        await press(pilot, "z")
        assert line(pilot) == ""
        await press(pilot, "2")
        assert line(pilot) == ""
        add(app.places, "ecr-dev", ECR, "AWS", entered=1)
        await until(pilot, lambda: line(pilot), "the new one is told")
        assert "▲ 1 credential ends soon: ecr-dev in 11 h" in line(pilot)
        await press(pilot, "z")
        # What was put away before its end is told again after it.
        app.clock = lambda: clock.later(world.NOW, 10 * 3600)
        assert isinstance(app.screen, Listing)
        app.screen.tick()
        await pilot.pause()
        assert "▲ 1 credential expired: ecr-prod 30 min ago" in line(pilot)


async def test_a_rotation_takes_it_away(app: BahriyaApp) -> None:
    async with app.run_test(size=SMALL) as pilot:
        await press(pilot)
        assert "ghcr in 6 d" in line(pilot)
        with open_store(app.places.database) as store, store.write() as tx:
            ghcr = registries.get(tx.conn, "shop", "ghcr")
            registries.edit(tx, ghcr.id, expires=None, now=world.NOW)
        await until(pilot, lambda: line(pilot) == "", "nothing ends any more")


async def test_a_key_shows_from_anywhere_what_ends_soon_and_escape_all_again(
    pasted: Places, app: BahriyaApp
) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await press(pilot, "3", "E")
        assert rows(pilot) == ["ecr-prod", "ghcr"]
        assert "2 of 4 lines match “expiring”" in shown(pilot)
        await press(pilot, "escape")
        assert len(rows(pilot)) == 4


async def test_the_filter_finds_what_has_expired(pasted: Places, app: BahriyaApp) -> None:
    app.clock = lambda: clock.later(world.NOW, 10 * 3600)
    async with app.run_test(size=SMALL) as pilot:
        await press(pilot, "slash", *"expired", "enter")
        assert rows(pilot) == ["ecr-prod"]


async def test_the_list_is_sorted_by_what_ends_first_whatever_tells_it(
    pasted: Places, app: BahriyaApp
) -> None:
    async with app.run_test(size=(119, 30)) as pilot:
        await press(pilot, *"sssss")
        assert "Expires ▲" in shown(pilot)
        assert rows(pilot) == ["ecr-prod", "ghcr", "house", "hub-mirror"]


async def test_the_sheet_says_how_the_end_is_known(pasted: Places, app: BahriyaApp) -> None:
    async with app.run_test(size=SMALL) as pilot:
        await press(pilot, "enter")
        await opened(pilot, "Details")
        assert "in 9 h (2026-11-24 07:44 UTC, Amazon ECR tokens live 12 h)" in shown(pilot)
        await press(pilot, "escape", "j", "enter")
        await opened(pilot, "Details")
        assert "in 6 d (2026-11-29, declared)" in shown(pilot)


def test_names_that_do_not_fit_are_counted() -> None:
    endings = [
        Ending(f"registry-{n}", Due(clock.later(world.NOW, n * 3600), "declared"), False) for n in (1, 2, 3)
    ]

    def told(room: int) -> str:
        return "".join(text for text, _ in headline(endings, world.NOW, room))

    whole = "▲ 3 credentials end soon: registry-1 in 1 h, registry-2 in 2 h, registry-3 in 3 h"
    assert told(len(whole)) == whole
    assert told(len(whole) - 1) == "▲ 3 credentials end soon: registry-1 in 1 h, registry-2 in 2 h, 1 more"
    assert told(60) == "▲ 3 credentials end soon: registry-1 in 1 h, 2 more"
    assert told(30) == "▲ 3 credentials end soon"


async def test_on_the_smallest_terminal_it_is_one_line(pasted: Places, app: BahriyaApp) -> None:
    async with app.run_test(size=(40, 10)) as pilot:
        await press(pilot)
        told = shown(pilot).splitlines()
        assert told[1].rstrip() == "  ▲ 2 credentials end soon"
        assert told[3].strip().startswith("Handle")


async def test_the_advice_on_a_registry_stands_in_its_sheet(app: BahriyaApp) -> None:
    add(app.places, "ghcr-old", "ghcr.io", "mira", kind="github-classic")
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: "ghcr-old" in rows(pilot), "it is there")
        await press(pilot, "j", "enter")
        await opened(pilot, "Details")
        text = " ".join(shown(pilot).split())
    assert "Advice Registry ghcr-old pulls with what belongs to one user, mira:" in text
    assert "Where mira is a person, rotate to the token of an account that no person uses" in text
    assert "Registry ghcr-old is for the same server as ghcr: ghcr.io." in text


async def test_a_registry_without_anything_to_advise_has_no_such_heading(app: BahriyaApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await press(pilot, "enter")
        await opened(pilot, "Details")
        assert "Used by" in shown(pilot)
        assert "Advice" not in shown(pilot)


async def test_the_security_screen_counts_and_lists_the_advice(app: BahriyaApp, measured: Doctor) -> None:
    with open_store(app.places.database) as store, store.write() as tx:
        house = registries.get(tx.conn, "shop", "house")
        check = checks.request(tx, house.id, house.version, [], world.NOW)
        checks.finish(tx, check, {"login": "accepted", "reason": "", "can_push": True}, world.NOW)
    add(app.places, "twin", "ghcr.io", "bot")
    async with app.run_test(size=SMALL) as pilot:
        await press(pilot, "6")
        await until(pilot, lambda: "swap" in rows(pilot), "it was measured")
        advised = ["same server ghcr", "push rights house", "same server twin"]
        assert rows(pilot)[-3:] == advised
        assert app.screen.query_one(Table).cursor == 0
        text = " ".join(shown(pilot).split())
        assert "1 bad, 1 attention, 1 unknown, 1 good; measured at 2026-11-23 22:14:12 UTC;" in text
        assert "3 pieces of advice on registries" in text
        await press(pilot, "G", "k", "enter")
        await opened(pilot, "Details")
        told = shown(pilot)
    assert "may push" in told
    assert "What to do" in told
    assert "Measured at" not in told


async def test_the_palette_leads_to_the_advice(app: BahriyaApp, measured: Doctor) -> None:
    add(app.places, "twin", "ghcr.io", "bot")
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: "twin" in rows(pilot), "it is there")
        await press(pilot, "colon")
        await opened(pilot, "Palette")
        await press(pilot, *"advice", "enter")
        await until(
            pilot, lambda: rows(pilot) == ["same server ghcr", "same server twin"], "only advice is shown"
        )
