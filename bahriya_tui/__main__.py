"""Where `bahriya` begins: without arguments the terminal, otherwise a command."""

import os
import sys


def main() -> int:
    """Run what was asked for, and give the exit code."""
    arguments = sys.argv[1:]
    if arguments:
        from bahriya_tui.cli import run

        return run(arguments)
    if not sys.stdin.isatty() or not sys.stdout.isatty() or os.environ.get("TERM", "dumb") == "dumb":
        hint = "over SSH use `ssh -t`; for commands see `bahriya --help`"
        print(f"bahriya: the screens need a terminal, with TERM set; {hint}", file=sys.stderr)  # noqa: T201
        return 2
    from bahriya_tui import tui
    from bahriya_tui.places import places

    return tui.run(places())


if __name__ == "__main__":
    sys.exit(main())
