"""`python -I -m bahriya_tui.demo [OPTION]...`: the screens on the sample world, or a walk through it."""

import os
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING

from bahriya_tui.demo.home import demo_places
from bahriya_tui.demo.servers import Servers, running_servers
from bahriya_tui.demo.world import USERS
from bahriya_tui.screen import asked, fitted

if TYPE_CHECKING:
    from bahriya_tui.tui.tour import Tour


def main(options: Sequence[str]) -> int:
    """Start the sample world and show it, with `--headless` walk through it; `--tour` leads through faults.

    Gives the exit code; everything ends with this process.
    """
    tour = "--tour" in options
    look = asked([one for one in options if one != "--tour"])
    with ExitStack() as stack:
        found = stack.enter_context(demo_places())
        servers = stack.enter_context(running_servers(found))
        if look is None:
            from bahriya_tui.demo import playing, walkthrough

            return playing.play(found, servers) if tour else walkthrough.walk(found, servers)
        tokens = ", ".join(str(path) for path in servers.token_files.values())
        print(f"Registry {servers.registry}; tokens of its users: {tokens}", file=sys.stderr)  # noqa: T201
        from bahriya_tui import tui
        from bahriya_tui.demo.world import seed
        from bahriya_tui.launch.supervisor import split

        seed(found, servers)
        if not tour:
            servers.make_one_more_token()
        # Kept until the end in both processes: the screens talk to the servers over a pipe of theirs.
        kept = stack.pop_all()
        split(found, [], at_end=kept.close, screens=True)
        return tui.run(found, fitted(look, os.environ), _tour(servers, led=tour))


def _tour(servers: Servers, *, led: bool) -> "Tour":
    from bahriya_tui.demo.script import END, SCRIPT, without_tour
    from bahriya_tui.tui.tour import Tour

    if led:
        return Tour(SCRIPT, END, servers.set_fault)
    return Tour((), without_tour(servers.token_files[USERS[0]]), servers.set_fault)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
