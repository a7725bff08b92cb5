"""The screens. They show what the feed read and ask `operations` for changes; no token ever enters here.

Nothing heavy is imported before the first frame, and no handler reads or writes: the feed's thread reads,
thread workers write.
"""

import os
import threading
from typing import TYPE_CHECKING

# Textual reads this once, when it is imported.
os.environ.setdefault("TEXTUAL_ANIMATIONS", "none")

if TYPE_CHECKING:
    from bahriya_tui.places import Places


def run(places: "Places") -> int:
    """Show the TUI on the store of `places` until the operator leaves; give the exit code."""
    from bahriya_tui.operations.attend import attend
    from bahriya_tui.tui.app import BahriyaApp
    from bahriya_tui.tui.feed import Feed

    places.prepare()
    left = threading.Event()
    with Feed(places.database, os.environ.get("BAHRIYA_PROJECT")) as feed:
        attendant = threading.Thread(target=attend, args=(places, left), name="attendant", daemon=True)
        attendant.start()
        app = BahriyaApp(places, feed)
        try:
            app.run()
        finally:
            left.set()
            attendant.join()
    return app.return_code or 0
