"""`python -I -m bahriya_tui.demo [OPTION]...`: the screens on the sample world, or a walk through it."""

import os
import sys
from contextlib import ExitStack

from bahriya_tui.demo.home import demo_places
from bahriya_tui.demo.servers import running_servers
from bahriya_tui.screen import Look, asked, fitted


def main(look: Look | None) -> int:
    """Start the sample world and show it, or without a look walk through it; give the exit code.

    Everything ends with this process.
    """
    with ExitStack() as stack:
        found = stack.enter_context(demo_places())
        servers = stack.enter_context(running_servers(found))
        if look is None:
            from bahriya_tui.demo.walkthrough import walk

            return walk(found, servers)
        tokens = ", ".join(str(path) for path in servers.token_files.values())
        print(f"Registry {servers.registry}; tokens of its users: {tokens}", file=sys.stderr)  # noqa: T201
        from bahriya_tui import tui
        from bahriya_tui.demo.world import seed
        from bahriya_tui.launch.supervisor import split

        seed(found, servers)
        split(found, [], at_end=stack.pop_all().close)
        return tui.run(found, fitted(look, os.environ))


if __name__ == "__main__":
    sys.exit(main(asked(sys.argv[1:])))
