"""The command line: one module per noun, found by name and imported only when it is needed.

Owns the list of commands and the one place where errors become a line and an exit code.
"""

import io
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from bahriya_tui import __version__

if TYPE_CHECKING:
    from bahriya_tui.model.errors import BahriyaError

COMMANDS = {
    "project": "add, list, show and delete projects",
    "registry": "credentials of private registries: add, rotate, check, delete",
    "container": "what runs, with which image and registry, in which regions",
    "region": "the clusters that containers run in",
    "deploy": "deploy containers to all their regions, and watch",
    "deployment": "list, show, cancel, retry, resume and roll back deployments",
    "matrix": "registry by region: in sync, stale, missing, edited, unreachable",
    "check": "which credentials end soon or fail; for cron: exit code 1 when one does",
    "audit": "who did what, and whether the log of it is as it was written",
    "worker": "the background process that does the work",
    "vault": "the keys of the credentials: unlock, lock, replace, recover",
    "image": "explain image references, and which credential serves them",
    "notify": "your commands for what needs a person: a failure, a credential that ends",
    "apply": "bring projects, regions, registries and containers to what a file declares",
    "export": "print what there is as such a file",
    "backup": "keep the store as one file, sealed as it is",
    "restore": "put a backup in the place of an empty store",
    "share": "one installation for the operators of a Unix group",
    "keys": "the keys of the screens, and what the file of keys makes of them",
    "schema": "what every command prints with --json, as JSON Schema",
    "man": "the manual page, made of all commands",
    "completion": "a script for bash, zsh or fish that completes handles too",
    "doctor": "what protects this installation, measured now",
    "sim": "embedded regions for trying out and for benchmarks",
    "serve": "the screens in a browser on this machine",
    "demo": "the screens on sample data, with regions and a registry of their own",
}
"""Every command with its line of help; the module of the same name holds it as `command`."""


class _Commands(click.Group):
    """Finds a command's module when it is called, so that help costs no imports."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        from importlib import import_module

        from bahriya_tui.cli.completing import prepared
        from bahriya_tui.cli.examples import with_examples

        command: click.Command = import_module(f"bahriya_tui.cli.{cmd_name}").command
        with_examples(command, cmd_name)
        return prepared(command, cmd_name)

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            # Click would put an empty line before the one that says so, which is all there may be.
            raise click.Abort from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        from bahriya_tui.cli.examples import shown

        self.epilog = shown("")
        super().format_epilog(ctx, formatter)


@click.group(
    cls=_Commands,
    no_args_is_help=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, message="bahriya %(version)s")
def bahriya() -> None:
    """Run containers in many regions from one terminal.

    Alone, `bahriya` opens the screens, and takes --read-only, --ascii, --light, --no-mouse and --slow-link.
    Every command takes --project P, --json, --yes and --no-input.
    """


def run(argv: Sequence[str]) -> int:
    """Run one command and give its exit code; whatever goes wrong is one line on standard error."""
    as_json = "--json" in argv
    _print_anything()
    try:
        code = bahriya.main(args=list(argv), prog_name="bahriya", standalone_mode=False)
        sys.stdout.flush()
    except (click.Abort, KeyboardInterrupt):
        from bahriya_tui.cli import output

        if sys.stderr.isatty():
            print(file=sys.stderr)
        output.failure("interrupted", "", 130, as_json=as_json)
        return 130
    except BrokenPipeError:
        _close_output()
        return 1
    except Exception as error:
        from bahriya_tui.cli import output

        told = _told(error)
        output.failure(told.message, told.hint, told.exit_code, as_json=as_json)
        return told.exit_code
    return code if isinstance(code, int) else 0


def _told(error: Exception) -> "BahriyaError":
    """Give what an operator should hear about `error`."""
    from bahriya_tui.failure import as_ours
    from bahriya_tui.model.errors import BadInput, BahriyaError, Failed

    if isinstance(error, BahriyaError | OSError):
        return as_ours(error)
    if isinstance(error, click.ClickException):
        context = getattr(error, "ctx", None)
        path = context.command_path if context is not None else "bahriya"
        return BadInput(error.format_message().rstrip("."), f"see `{path} --help`")
    from bahriya_tui.cli.crash import recorded

    return Failed(f"the command broke: {type(error).__name__}", recorded())


def _print_anything() -> None:
    """Let characters that the terminal's encoding lacks be written as escapes, instead of failing."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def _close_output() -> None:
    """Keep the interpreter from complaining about the reader that went away."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
