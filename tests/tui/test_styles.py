"""Styles are parsed when they are needed, and not again; another theme still changes all of them."""

from collections import Counter

import pytest
from textual.css.parse import parse as original

from bahriya_tui.tui.app import BahriyaApp
from bahriya_tui.tui.theme import DAY, NIGHT
from tests.tui.hands import press


async def test_each_style_is_parsed_once_whatever_is_opened(
    app: BahriyaApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed: Counter[tuple[object, ...]] = Counter()

    def parse(scope: str, css: str, *arguments: object, **options: object) -> object:
        parsed[scope, css] += 1
        return original(scope, css, *arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr("textual.css.stylesheet.parse", parse)
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "3", "2", "?", "escape")
        assert len(parsed) > 10
        assert set(parsed.values()) == {1}


async def test_another_theme_changes_what_is_there_and_what_comes(app: BahriyaApp) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "3")
        assert app.screen.styles.background.hex.lower() == NIGHT.background
        app.theme = DAY.name
        await press(pilot, "2")
        assert app.screen.styles.background.hex.lower() == DAY.background
        await press(pilot, "3")
        assert app.screen.styles.background.hex.lower() == DAY.background
