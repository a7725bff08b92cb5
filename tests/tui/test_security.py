"""The Security screen: measured when one looks, again when one asks, never before."""

import pytest

from bahriya_tui.model.finding import Finding
from bahriya_tui.operations import doctor
from bahriya_tui.places import Places
from bahriya_tui.tui.app import BahriyaApp
from tests.tui.conftest import FINDINGS, Doctor
from tests.tui.hands import Hands, notices, opened, press, rows, shown, until
from tests.tui.test_screens import BROAD, SMALL


async def look(pilot: Hands) -> None:
    """Go to the screen and wait for what was measured."""
    await press(pilot, "6")
    await until(pilot, lambda: rows(pilot), "findings are shown")


async def test_nothing_is_measured_before_one_looks(app: BahriyaApp, measured: Doctor) -> None:
    async with app.run_test() as pilot:
        for mode in "1234":
            await press(pilot, mode)
        assert measured.asked == []
        await look(pilot)
        assert measured.asked == [app.places]
        text = shown(pilot)
        assert "✕ bad" in text
        assert "1 bad, 1 attention, 1 unknown, 1 good; measured at 2026-11-23 22:14:12 UTC" in text
        await press(pilot, "1", "6")
        assert len(measured.asked) == 1


@pytest.mark.parametrize("key", ["r", "f5"])
async def test_a_key_measures_again_and_keeps_what_is_known_meanwhile(
    app: BahriyaApp, measured: Doctor, key: str
) -> None:
    async with app.run_test() as pilot:
        await look(pilot)
        measured.findings = FINDINGS[:1]
        measured.may_end.clear()
        await press(pilot, key, key, key)
        await until(pilot, lambda: len(measured.asked) == 2, "it is measured again")
        assert len(rows(pilot)) == len(FINDINGS)
        assert "measuring" in shown(pilot)
        measured.may_end.set()
        await until(pilot, lambda: len(rows(pilot)) == 1, "the new findings are shown")
        assert len(measured.asked) == 2


async def test_the_details_of_a_finding_say_what_to_do(app: BahriyaApp, measured: Doctor) -> None:
    async with app.run_test(size=SMALL) as pilot:
        await look(pilot)
        await press(pilot, "j", "enter")
        await opened(pilot, "Details")
        assert "What to do" in shown(pilot)
        assert "chmod 600 it, then rotate the tokens" in shown(pilot)


async def test_the_filter_finds_states_and_words(app: BahriyaApp, measured: Doctor) -> None:
    async with app.run_test() as pilot:
        await look(pilot)
        await press(pilot, "slash", *"bad", "enter")
        assert rows(pilot) == ["private key"]


async def test_a_measurement_that_breaks_is_told_and_may_be_repeated(
    app: BahriyaApp, measured: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(places: Places) -> list[Finding]:
        raise RuntimeError

    async with app.run_test() as pilot:
        monkeypatch.setattr(doctor, "examine", broken)
        await press(pilot, "6")
        await until(pilot, lambda: "RuntimeError" in notices(pilot), "the fault is told")
        assert "Press r to measure" in shown(pilot)
        monkeypatch.setattr(doctor, "examine", measured.examine)
        await press(pilot, "r")
        await until(pilot, lambda: rows(pilot), "findings are shown")


async def test_it_works_before_any_project_was_made(empty_app: BahriyaApp, measured: Doctor) -> None:
    async with empty_app.run_test() as pilot:
        await look(pilot)
        assert len(rows(pilot)) == len(FINDINGS)


async def test_what_is_shown_was_really_measured(app: BahriyaApp) -> None:
    async with app.run_test(size=BROAD) as pilot:
        await look(pilot)
        assert {"opener lock", "store integrity", "after a reboot"} <= set(rows(pilot))
        # The tests are not locked in, which the screen has to notice.
        assert "Screens and commands could" in shown(pilot)
