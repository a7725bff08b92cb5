"""Draws the pictures of the README again: `python -m tests.screenshots`.

They show the real screens on the store that the tests of the screens use, with its frozen clock.
"""

import asyncio
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from bahriya_tui.tui.app import BahriyaApp

os.environ.update(TEXTUAL_ANIMATIONS="none", COLORTERM="truecolor")
FOLDER = Path(__file__).parents[1] / "screenshots"
SIZE = (120, 30)

PICTURES: dict[str, tuple[str, ...]] = {
    "registries": (),
    "containers": ("2",),
    "regions": ("3",),
    "deployments": ("4",),
    "audit": ("5",),
    "deployment": ("4", "enter"),
    "delete-registry": ("j", "x"),
}
"""Per picture, the keys that lead to it from the start."""


async def draw(name: str) -> str:
    """Press the keys of one picture and give it as SVG."""
    from bahriya_tui.places import Places
    from bahriya_tui.tui.app import BahriyaApp
    from bahriya_tui.tui.feed import Feed
    from tests.tui import world

    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        places = Places(root / "store", root / "keys", root / "logs")
        places.prepare()
        world.seed(places.database)
        with Feed(places.database, "shop") as feed:
            app = BahriyaApp(places, feed, now=lambda: world.NOW)
            async with app.run_test(size=SIZE) as pilot:
                for key in PICTURES[name]:
                    await pilot.press(key)
                    await pilot.pause()
                return await _settled(app, pilot)


async def _settled(app: "BahriyaApp", pilot: "Pilot[None]") -> str:
    """Give the picture once nothing has changed in it for a while: some screens are read in threads."""
    picture, same = "", 0
    while same < 5:
        await pilot.pause(0.02)
        now = app.export_screenshot(title="bahriya")
        picture, same = now, same + 1 if now == picture else 0
    return picture


def main() -> None:
    """Write every picture."""
    FOLDER.mkdir(exist_ok=True)
    for name in PICTURES:
        (FOLDER / f"{name}.svg").write_text(asyncio.run(draw(name)))


if __name__ == "__main__":
    main()
