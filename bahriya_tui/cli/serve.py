"""`bahriya serve`: the same screens in a browser on this machine."""

import json
from importlib.util import find_spec

import click

from bahriya_tui.cli.options import Common, common, opened
from bahriya_tui.model.errors import BadInput
from bahriya_tui.places import places


@click.command("serve")
@click.option("--port", type=click.IntRange(1, 65535), metavar="N", help="Where; default: a free one.")
@click.option(
    "--allow-changes",
    is_flag=True,
    help="Not only look: whoever has the page, or the account its browser runs in, can deploy and delete. "
    "Tokens and passphrases are typed in a terminal all the same.",
)
@common
def command(asked: Common, port: int | None, allow_changes: bool) -> None:
    """Show the screens in a browser on this machine, until Ctrl-C.

    The link that is printed works once, for the browser that opens it first. The page only looks, unless
    --allow-changes is given.
    """
    from bahriya_tui.launch.become import become

    if find_spec("textual_serve") is None:
        raise BadInput("bahriya serve needs textual-serve", "install it: pip install textual-serve")
    if asked.project is not None:
        with opened(asked):
            pass
    how = {
        "port": port or 0,
        "allow_changes": allow_changes,
        "project": asked.project,
        "as_json": asked.json,
    }
    become(places(), "web", [json.dumps(how)])
