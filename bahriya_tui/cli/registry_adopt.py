"""`bahriya registry adopt`: the pull secrets that others made in a region, and taking one as a registry."""

import click

from bahriya_tui.cli import output
from bahriya_tui.cli.options import Common, common, opened
from bahriya_tui.cli.registry_import import told_taken
from bahriya_tui.cli.unlocking import unlocked
from bahriya_tui.model.errors import BadInput
from bahriya_tui.operations.adopt import adopt_login, find_foreign, look_into, the_one

_COLUMNS = ["namespace", "name", "type", "created_at"]


@click.command("adopt")
@click.argument("handle", required=False)
@click.option("--region", required=True, metavar="R", help="Where to look.")
@click.option("--namespace", default="", metavar="N", help="List those of one namespace; default: of all.")
@click.option("--secret", metavar="NAMESPACE/NAME", help="Take this one, as registry HANDLE.")
@click.option("--server", metavar="S", help="Of several logins in it, the one for this server.")
@click.option("--no-check", is_flag=True, help="Store it without asking the registry.")
@common
def adopt(
    asked: Common,
    handle: str | None,
    region: str,
    namespace: str,
    secret: str | None,
    server: str | None,
    no_check: bool,
) -> None:
    """List the pull secrets of others in a region, or seal what is in one as a new registry.

    The secret itself stays in the region as it is.
    """
    if (handle is None) != (secret is None):
        raise BadInput("a handle and --secret belong together", "give both to adopt, neither to list")
    with opened(asked) as (session, project):
        if handle is None or secret is None:
            found = find_foreign(session, project, region, namespace)
            empty = f"region {region} has no pull secret of others there"
            output.listing(found, _COLUMNS, as_json=asked.json, empty=empty)
            return
        if not no_check:
            unlocked(asked, session)
        login = the_one(look_into(session, project, region, secret), secret, server)
        if not asked.json:
            for sentence in login.notes:
                output.note(sentence)
        done = adopt_login(session, project, handle, region, secret, login, check=not no_check)
        told_taken(asked, login, done)
