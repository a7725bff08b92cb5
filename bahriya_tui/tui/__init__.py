"""The screens. They show what the feed read and ask `operations` for changes; no token ever enters here.

Nothing heavy is imported before the first frame, and no handler reads or writes: the feed's thread reads,
thread workers write.
"""

import gc
import os
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

# Textual reads this once, when it is imported.
os.environ.setdefault("TEXTUAL_ANIMATIONS", "none")

if TYPE_CHECKING:
    from bahriya_tui.places import Places
    from bahriya_tui.screen import Look
    from bahriya_tui.tui.tour import Tour

SLOW_FPS, SLOW_PERIOD = "4", 1.0
"""On a slow line: at most so many frames a second, and so many seconds between two looks at the store."""

_NEW_OBJECTS = 20_000
"""So many are made between two looks for what nobody refers to any more; a picture of a store has more."""


def run(places: "Places", look: "Look", tour: "Tour | None" = None) -> int:
    """Show the TUI on the store of `places` until the operator leaves; give the exit code.

    With `tour`, a strip leads through it. Where nothing may be changed, no worker is started either.
    """
    if look.slow_link:
        # Read by Textual when it is imported, as above.
        os.environ["TEXTUAL_FPS"] = SLOW_FPS
    gc.disable()
    from bahriya_tui.keyboard.file import load
    from bahriya_tui.operations.attend import attend
    from bahriya_tui.sharing import only_readable
    from bahriya_tui.tui import keys

    keys.use(load(places.key_file))
    from bahriya_tui.tui.app import BahriyaApp
    from bahriya_tui.tui.feed import Feed

    # What was loaded stays: nothing of it is to be looked at again, before the first frame or later.
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS)
    gc.enable()
    if only_readable(places.database):
        look = replace(look, read_only=True)
    else:
        places.prepare()
    left = threading.Event()
    attendant = threading.Thread(target=attend, args=(places, left), name="attendant", daemon=True)
    with Feed(places.database, os.environ.get("BAHRIYA_PROJECT")) as feed:
        if look.slow_link:
            feed.period = SLOW_PERIOD
        if not look.read_only:
            attendant.start()
        app = BahriyaApp(places, feed, look=look)
        if tour is not None:
            from bahriya_tui.tui.touring import TourApp

            app = TourApp(places, feed, look=look, tour=tour)
        try:
            app.run(mouse=not look.no_mouse)
        finally:
            left.set()
            if attendant.is_alive():
                attendant.join()
    return app.return_code or 0
