"""`bahriya backup FILE`: the store as one file, with its credentials sealed as they are."""

from pathlib import Path

import click

from bahriya_tui.cli import output
from bahriya_tui.cli.options import Common, common
from bahriya_tui.operations import vault
from bahriya_tui.operations.backup import back_up
from bahriya_tui.operations.session import open_session


@click.command("backup")
@click.argument("file", metavar="FILE")
@common
def command(asked: Common, file: str) -> None:
    """Write the store and the public keys to the new FILE, while everything goes on.

    Credentials are in it sealed and no private key is, so on another machine it opens with the recovery key.
    """
    with open_session() as session:
        done = back_up(session, Path(file).expanduser().absolute())
        if asked.json:
            output.show(done, as_json=True)
            return
        output.say(f"{done.file} holds the store as of {done.made_at}, {done.bytes:,} bytes", as_json=False)
        if vault.status(session).recovery_key == "not shown":
            output.note(
                "the recovery key was never shown, so nobody could open what is in it on another machine;"
                " show it first: bahriya vault recovery-key"
            )
