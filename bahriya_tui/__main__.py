"""Where `bahriya` begins: without arguments the terminal, otherwise a command."""

import sys


def main() -> int:
    """Run what was asked for, and give the exit code."""
    arguments = sys.argv[1:]
    if arguments:
        from bahriya_tui.cli import run

        return run(arguments)
    from bahriya_tui.model.errors import BadInput
    from bahriya_tui.screen import require_screen

    try:
        require_screen()
    except BadInput as error:
        print(f"bahriya: {error.message}; {error.hint}", file=sys.stderr)  # noqa: T201
        return error.exit_code
    from bahriya_tui import tui
    from bahriya_tui.places import places

    return tui.run(places())


if __name__ == "__main__":
    sys.exit(main())
