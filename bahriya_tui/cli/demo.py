"""`bahriya demo`: the screens on sample data, with regions and a registry of their own."""

import click

from bahriya_tui.cli.options import Common, common
from bahriya_tui.places import places
from bahriya_tui.screen import require_screen


@click.command("demo")
@click.option("--headless", is_flag=True, help="Walk through it without a screen, and print each step.")
@common
def command(asked: Common, headless: bool) -> None:  # noqa: ARG001
    """Show the product on sample data. Nothing outside this machine is touched."""
    from bahriya_tui.launch.become import become

    if not headless:
        require_screen()
    become(places(), "demo", ["--headless"] if headless else [])
