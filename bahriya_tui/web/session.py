"""`python -I -m bahriya_tui.web.session [OPTION]...`: the screens of one page, locked in as on a terminal.

What they show goes through standard output, keys come through standard input, both as Textual's driver for
pages has it.
"""

import os
import sys

from bahriya_tui.launch.supervisor import split
from bahriya_tui.places import places
from bahriya_tui.screen import Look, asked


def main(options: list[str]) -> int:
    """Show the screens until the operator or the page leaves; give the exit code."""
    look = asked(options)
    if look is None:
        return 2
    found = places()
    split(found, [])
    from bahriya_tui import tui

    return tui.run(found, _in_page(look))


def _in_page(look: Look) -> Look:
    """Fit `look` to a page: it has all signs and colours, whatever terminal the server was started on."""
    from dataclasses import replace

    return replace(look, no_color=bool(os.environ.get("NO_COLOR")))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
