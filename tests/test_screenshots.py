"""The pictures in the README show the screens as they are."""

import pytest

from tests.screenshots import FOLDER, PICTURES, draw


@pytest.mark.parametrize("name", PICTURES)
async def test_a_picture_shows_the_screen_as_it_is(name: str) -> None:
    assert await draw(name) == (FOLDER / f"{name}.svg").read_text(), "run: python -m tests.screenshots"


def test_the_readme_shows_only_pictures_that_are_drawn() -> None:
    shown = {
        line.split("screenshots/")[1].split(".svg")[0]
        for line in (FOLDER.parent / "README.md").read_text().splitlines()
        if "screenshots/" in line and ".svg" in line
    }
    assert shown
    assert shown <= set(PICTURES)
