"""The demo's own folders, so that it never touches the operator's."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bahriya_tui.places import Places, places


@contextmanager
def demo_places() -> Iterator[Places]:
    """Give folders that only this demo uses, and put the environment back afterwards.

    The servers' process removes them when it ends, since it outlives a demo that was killed.
    """
    home = Path(tempfile.mkdtemp(prefix="bahriya-demo-"))
    before = os.environ.get("BAHRIYA_HOME")
    os.environ["BAHRIYA_HOME"] = str(home)
    try:
        found = places()
        found.prepare()
        yield found
    finally:
        if before is None:
            del os.environ["BAHRIYA_HOME"]
        else:
            os.environ["BAHRIYA_HOME"] = before
