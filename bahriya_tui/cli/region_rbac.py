"""`bahriya region rbac`: the account that a region's administrator makes for the worker."""

import click

from bahriya_tui.cli import output, records
from bahriya_tui.cli.options import Common, common
from bahriya_tui.model.rbac import ACCOUNT, HOME, manifests
from bahriya_tui.operations.session import open_session
from bahriya_tui.store import projects, regions


@click.command("rbac")
@click.argument("id_", metavar="[ID]", required=False)
@click.option("--any-project", is_flag=True, help="For projects to come too: rights in every namespace.")
@common
def rbac(asked: Common, id_: str | None, any_project: bool) -> None:
    """Print an account with exactly the rights that the worker needs in a region.

    For the projects there are (or --project P), each in its own namespace, and nothing beside them.
    """
    with open_session() as session:
        if id_ is not None:
            regions.get(session.connection, id_)
        if asked.project is not None:
            projects.get(session.connection, asked.project)
        known = [one.handle for one in projects.all(session.connection)]
    chosen = [] if any_project else [asked.project] if asked.project is not None else known
    made = manifests(chosen)
    if asked.json:
        output.show(records.Manifests(apiVersion="v1", kind="List", items=made), as_json=True)
        return
    import yaml

    click.echo(yaml.safe_dump_all(made, sort_keys=False), nl=False)
    context = f"--context {id_} " if id_ is not None else ""
    output.note(f"its token: kubectl {context}-n {HOME} create token {ACCOUNT} --duration 8760h")
    if not chosen:
        output.note("this account may read and change secrets in every namespace of the region")
