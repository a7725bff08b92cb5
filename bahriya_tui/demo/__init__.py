"""The demo: a sample world on embedded regions and an embedded registry, through the code of production.

Everything lives in a folder of its own and ends with the demo, also when the demo is killed: each process it
starts holds the reading end of a pipe whose writing end only the demo has.
"""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bahriya_tui.places import Places, places


def run(headless: bool) -> int:
    """Open the TUI on the sample world, or walk through it without a screen; give the exit code."""
    with demo_places() as found:
        from bahriya_tui.demo.servers import running_servers

        if headless:
            with running_servers(found) as servers:
                from bahriya_tui.demo.walkthrough import walk

                return walk(found, servers)
        with running_servers(found) as servers:
            tokens = ", ".join(str(path) for path in servers.token_files.values())
            print(f"Registry {servers.registry}; tokens of its users: {tokens}", file=sys.stderr)  # noqa: T201
            from bahriya_tui import tui
            from bahriya_tui.demo.world import seed

            seed(found, servers)
            return tui.run(found)


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
