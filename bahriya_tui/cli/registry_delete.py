"""`bahriya registry delete`: says who is hurt first, and waits until the regions have confirmed."""

import click

from bahriya_tui.cli import output, shapes
from bahriya_tui.cli.options import Common, common, opened
from bahriya_tui.cli.watching import settle
from bahriya_tui.model.errors import BadInput
from bahriya_tui.operations.delete import (
    RegistryDeletion,
    delete_registry,
    plan_registry_deletion,
    refuse_use,
)


@click.command("delete")
@click.argument("handle")
@click.option("--unlink", is_flag=True, help="Unlink it from all containers first.")
@click.option("--force", is_flag=True, help="Delete it although containers use it: they fail to deploy.")
@click.option("--no-wait", is_flag=True, help="Do not wait for the regions.")
@common
def delete(asked: Common, handle: str, unlink: bool, force: bool, no_wait: bool) -> None:
    """Delete a registry, and its pull secrets from all regions."""
    if unlink and force:
        raise BadInput("--unlink and --force exclude each other", "choose one")
    with opened(asked) as (session, project):
        plan = plan_registry_deletion(session, project, handle)
        refuse_use(plan, allowed=unlink or force)
        _ask(asked, plan, force)
        left = settle(
            session,
            delete_registry(session, project, handle, unlink=unlink, force=force),
            wait=not no_wait,
        )
        linked = list(dict.fromkeys(one.handle for one in plan.containers))
        if asked.json:
            output.show(
                {
                    "handle": handle,
                    "deleted": True,
                    "unlinked": linked if unlink else [],
                    "left_without": linked if force else [],
                    "pending_removals": shapes.removals(left),
                },
                as_json=True,
            )
        gone = len(plan.secrets) - len(left)
        output.say(f"registry {handle} was deleted, {gone} pull secrets removed", as_json=asked.json)


def _ask(asked: Common, plan: RegistryDeletion, force: bool) -> None:
    handle = plan.registry.handle
    if plan.containers and not asked.yes and asked.may_ask:
        for linked in plan.containers:
            output.note(f"{linked.what} ({linked.image}): {linked.consequence}")
    regions = len({secret.region for secret in plan.secrets})
    question = f"Delete registry {handle} and its pull secrets in {regions} regions?"
    if plan.containers and force:
        asked.confirm_by_name(question, handle)
    else:
        asked.confirm(question)
