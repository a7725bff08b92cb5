"""Where `bahriya` begins: a small supervisor forks, and its locked-in child is the terminal or a command."""

import os
import sys


def main() -> int:
    """Run what was asked for, and give the exit code; the process that was started only watches over it."""
    from bahriya_tui.launch.supervisor import split
    from bahriya_tui.places import places
    from bahriya_tui.screen import asked, fitted, require_screen

    arguments, found = sys.argv[1:], places()
    look = asked(arguments)
    split(found, arguments, screens=look is not None)
    if look is None or "_BAHRIYA_COMPLETE" in os.environ:
        from bahriya_tui.cli import run
        from bahriya_tui.cli.ending import end_as_with_ctrl_c

        end_as_with_ctrl_c()
        return run(arguments)
    from bahriya_tui import tui
    from bahriya_tui.failure import tell
    from bahriya_tui.model.errors import BahriyaError, Cancelled

    try:
        require_screen()
        return tui.run(found, fitted(look, os.environ))
    except (BahriyaError, OSError) as error:
        return tell(error)
    except KeyboardInterrupt:
        return Cancelled.exit_code


if __name__ == "__main__":
    sys.exit(main())
