"""What may be loaded before the operator sees the first line of data, and how long the files are."""

import subprocess
import sys
from pathlib import Path

import bahriya_tui.tui
from bahriya_tui.places import Places

HEAVY = ("kubernetes", "sqlite_utils", "pydantic", "aiohttp", "cryptography", "keyring", "yaml", "urllib3")

FIRST_FRAME = """
import asyncio, sys
from pathlib import Path
import bahriya_tui.tui
assert "textual" not in sys.modules
from bahriya_tui.places import Places
from bahriya_tui.tui.app import BahriyaApp
from bahriya_tui.tui.feed import Feed

root = Path(sys.argv[1])
places = Places(root / "store", root / "keys", root / "logs")

async def main():
    with Feed(places.database, "shop") as feed:
        app = BahriyaApp(places, feed)
        async with app.run_test() as pilot:
            await pilot.pause()
            lines = [strip.text for strip in app.screen._compositor.render_strips()]
            assert any("ghcr.io" in line for line in lines), lines
            for mode in "234":
                await pilot.press(mode)
            print(app.animation_level, *sorted({name.partition(".")[0] for name in sys.modules}))

asyncio.run(main())
"""


def test_nothing_heavy_is_imported_before_the_first_frame_with_data(seeded: Places) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FIRST_FRAME, str(seeded.store.parent)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    level, *loaded = done.stdout.split()
    assert level == "none"
    assert "textual" in loaded
    assert not set(HEAVY) & set(loaded)


def test_the_application_stays_a_table_of_contents() -> None:
    folder = Path(bahriya_tui.tui.__file__).parent
    lengths = {path.name: len(path.read_text().splitlines()) for path in folder.rglob("*.py")}
    assert lengths["app.py"] <= 150
    assert max(lengths.values()) <= 300
