"""The line at the top always says where one is, however little room there is."""

import pytest

from bahriya_tui.tui.app import BahriyaApp
from tests.tui.hands import press, shown


@pytest.mark.parametrize(
    ("width", "has", "lacks"),
    [
        (120, ["Bahriya", "1 Registries", "4 Deployments", "6 Security"], []),
        (80, ["shop", "1 Registries", "4 Deployments", "6 Security"], ["Bahriya"]),
        (40, ["shop", "4 Deployments", " 1 ", " 6 "], ["Registries", "Security"]),
    ],
)
async def test_the_bar_gives_up_its_title_and_then_the_names_of_other_screens(
    app: BahriyaApp, width: int, has: list[str], lacks: list[str]
) -> None:
    async with app.run_test(size=(width, 24)) as pilot:
        await press(pilot, "4")
        bar = shown(pilot).splitlines()[0]
    assert all(part in bar for part in has), bar
    assert not any(part in bar for part in lacks), bar
