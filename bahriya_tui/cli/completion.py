"""`bahriya completion SHELL`: a script after which the shell completes commands, options and handles."""

import click
from click.shell_completion import ShellComplete, get_completion_class

from bahriya_tui.cli.options import Common, common


@click.command("completion")
@click.argument("shell", type=click.Choice(("bash", "zsh", "fish")))
@common
def command(asked: Common, shell: str) -> None:  # noqa: ARG001
    """Print a script that completes commands, options, handles and regions."""
    kind = get_completion_class(shell)
    assert kind is not None  # noqa: S101
    # Not the shell's own `source`: that of bash starts a bash to ask for its version, which we may not.
    script = ShellComplete.source(kind(command, {}, "bahriya", "_BAHRIYA_COMPLETE"))
    click.echo(script)
