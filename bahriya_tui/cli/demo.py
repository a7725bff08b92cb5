"""`bahriya demo`: the screens on sample data, with regions and a registry of their own."""

from collections.abc import Callable
from typing import Any

import click

from bahriya_tui.cli.options import Common, common
from bahriya_tui.model.errors import BadInput
from bahriya_tui.places import places
from bahriya_tui.screen import OPTIONS, require_screen


def _of_the_screens(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of the screens."""
    for option, told in reversed(OPTIONS.items()):
        command = click.option(option, "look", flag_value=option, multiple=True, help=told)(command)
    return command


@click.command("demo")
@click.option("--tour", is_flag=True, help="Be led through it in eight steps, with things that go wrong.")
@click.option("--headless", is_flag=True, help="Walk through it without a screen, and print each step.")
@_of_the_screens
@common
def command(asked: Common, tour: bool, headless: bool, look: tuple[str, ...]) -> None:  # noqa: ARG001
    """Show the product on sample data. Nothing outside this machine is touched."""
    from bahriya_tui.launch.become import become

    if tour and "--read-only" in look:
        raise BadInput("the tour changes things, and --read-only forbids that", "leave one of them out")
    if not headless:
        require_screen()
    options = ["--headless"] if headless else list(look)
    become(places(), "demo", [*options, *(["--tour"] if tour else [])])
