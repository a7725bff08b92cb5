"""`bahriya share`: one installation for the operators of a Unix group."""

import click

from bahriya_tui.cli import output, records
from bahriya_tui.cli.options import Common, common
from bahriya_tui.model.errors import BadInput
from bahriya_tui.sharing import Access


@click.command("share")
@click.option("--group", metavar="G", help="The Unix group that may add, rotate, deploy and delete.")
@click.option("--read-only", is_flag=True, help="Let the group only look.")
@click.option("--nobody", is_flag=True, help="Share with nobody any more.")
@common
def command(asked: Common, group: str | None, read_only: bool, nobody: bool) -> None:
    """Share what is in BAHRIYA_HOME with a Unix group. Nobody but you can open a password, also then.

    Your account keeps the private keys and has to run the worker, as a service: others' work waits for it.
    """
    from bahriya_tui.operations import share
    from bahriya_tui.operations.session import open_session

    if (group is None) != nobody or (nobody and read_only):
        raise BadInput(
            "it is not clear who may do what", "give --group G, with --read-only or not, or --nobody"
        )
    access: Access = "none" if nobody else "read" if read_only else "write"
    with open_session() as session:
        notes = share.share(session, group, access)
        record = records.Shared(group=group, access=access, worker=share.account())
    for one in notes:
        output.note(one)
    if asked.json:
        output.show(record, as_json=True)
        return
    may = {"read": "look", "write": "add, rotate, deploy and delete"}
    output.say(f"group {group} may {may[access]}" if group else "only you may use it", as_json=False)
    if access == "write":
        output.note(f"their work waits for a worker of {record['worker']}: see bahriya worker unit --help")
