"""Columns stay in line whatever the script: a terminal counts cells, not characters."""

import pytest

from bahriya_tui.cli import output
from bahriya_tui.cli.width import cells, cut, padded

CITIES = {
    "Helsinki": 8,
    "東京": 4,
    "東京都新宿区": 12,
    "ｱﾃﾈ": 3,
    "Ｂｅｒｎ": 8,
    "Zu\u0308rich": 6,
    "กรุงเทพฯ": 7,
    "🐟": 2,
    "": 0,
}


@pytest.mark.parametrize(("city", "wide"), CITIES.items())
def test_text_is_as_wide_as_a_terminal_shows_it(city: str, wide: int) -> None:
    assert cells(city) == wide
    assert cells(padded(city, 20)) == 20


@pytest.mark.parametrize(
    ("text", "room", "left"),
    [
        ("東京", 4, "東京"),
        ("東京", 3, "東"),
        ("Zu\u0308rich", 2, "Zu\u0308"),
        ("Bern", 9, "Bern"),
        ("Bern", 0, ""),
    ],
)
def test_what_has_room_is_kept(text: str, room: int, left: str) -> None:
    assert cut(text, room) == left


def test_a_table_stays_in_line(capsys: pytest.CaptureFixture[str]) -> None:
    output.table([{"city": city, "status": "active"} for city in CITIES], ["city", "status"])
    _, *lines = capsys.readouterr().out.splitlines()
    assert {cells(line.removesuffix("active")) for line in lines} == {14}
