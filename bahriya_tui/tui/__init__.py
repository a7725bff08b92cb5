"""The screens. They show what the feed read and ask `operations` for changes; no token ever enters here.

Nothing heavy is imported before the first frame, and no handler reads or writes: the feed's thread reads,
thread workers write.
"""

import gc
import os
import threading
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

# Textual reads this once, when it is imported.
os.environ.setdefault("TEXTUAL_ANIMATIONS", "none")

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bahriya_tui.places import Places
    from bahriya_tui.screen import Look
    from bahriya_tui.tui.app import BahriyaApp
    from bahriya_tui.tui.feed import Feed
    from bahriya_tui.tui.first_frame import FirstFrame
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
    from bahriya_tui.sharing import only_readable
    from bahriya_tui.tui.feed import Feed

    if only_readable(places.database):
        look = replace(look, read_only=True)
    else:
        places.prepare()
    with Feed(places.database, os.environ.get("BAHRIYA_PROJECT")) as feed:
        if look.slow_link:
            feed.period = SLOW_PERIOD
        with _first_frame(feed, look, tour) as drawn:
            app = _loaded(places, feed, look, tour)
            if drawn is not None:
                app.go_on_from(drawn)
            with _attendant(places, look):
                app.run(mouse=not look.no_mouse)
    return app.return_code or 0


@contextmanager
def _first_frame(feed: "Feed", look: "Look", tour: "Tour | None") -> "Iterator[FirstFrame | None]":
    """Draw what there is before the screens are loaded; where these never come, give the terminal back."""
    from bahriya_tui.model import clock
    from bahriya_tui.tui import first_frame

    drawn = None if tour is not None else first_frame.draw(feed.latest, look, clock.now())
    try:
        yield drawn
    except BaseException:
        if drawn is not None:
            first_frame.leave(drawn)
        raise


def _loaded(places: "Places", feed: "Feed", look: "Look", tour: "Tour | None") -> "BahriyaApp":
    """Load the screens and what they are drawn with, with the operator's keys."""
    from bahriya_tui.keyboard.file import load
    from bahriya_tui.tui import keys

    keys.use(load(places.keymap_file))
    from bahriya_tui.tui.app import BahriyaApp
    from bahriya_tui.tui.touring import TourApp

    # What was loaded stays: nothing of it is to be looked at again, before the first frame or later.
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS)
    gc.enable()
    if tour is None:
        return BahriyaApp(places, feed, look=look)
    return TourApp(places, feed, look=look, tour=tour)


@contextmanager
def _attendant(places: "Places", look: "Look") -> "Iterator[None]":
    """See to it that a worker is there while somebody looks, who may change something."""
    from bahriya_tui.operations.attend import attend

    left = threading.Event()
    attendant = threading.Thread(target=attend, args=(places, left), name="attendant", daemon=True)
    if not look.read_only:
        attendant.start()
    try:
        yield
    finally:
        left.set()
        if attendant.is_alive():
            attendant.join()
