"""`bahriya registry delete`: says who is hurt first, and waits until the regions have confirmed."""

from collections.abc import Sequence

import click

from bahriya_tui.cli import output, records, shapes
from bahriya_tui.cli.dry_run import dry_run_option, tell
from bahriya_tui.cli.options import Common, common, opened
from bahriya_tui.cli.protecting import insist, protected_option
from bahriya_tui.cli.unlocking import refuse_locked, unlocked
from bahriya_tui.cli.watching import settle, watch
from bahriya_tui.model.errors import BadInput
from bahriya_tui.operations.delete import (
    RegistryDeletion,
    delete_registry,
    plan_registry_deletion,
    refuse_use,
    regions_of,
)
from bahriya_tui.operations.deploy import Plan, plan_deployment, start_deployments
from bahriya_tui.operations.deploy import regions_of as deployed_to
from bahriya_tui.operations.dry_run import plan_deletion
from bahriya_tui.operations.protect import naming, refuse_protected
from bahriya_tui.operations.session import Session
from bahriya_tui.store import events, registries


@click.command("delete")
@click.argument("handle")
@click.option("--unlink", is_flag=True, help="Unlink it from all containers first.")
@click.option("--force", is_flag=True, help="Delete it although containers use it: they fail to deploy.")
@click.option("--redeploy", is_flag=True, help="First deploy again what runs with it unlinked, and wait.")
@protected_option
@click.option("--no-wait", is_flag=True, help="Do not wait for the regions.")
@dry_run_option
@common
def delete(
    asked: Common,
    handle: str,
    unlink: bool,
    force: bool,
    redeploy: bool,
    named: tuple[str, ...],
    no_wait: bool,
    dry_run: bool,
) -> int:
    """Delete a registry, and its pull secrets from all regions. It goes when all of them have answered."""
    if unlink and force:
        raise BadInput("--unlink and --force exclude each other", "choose one")
    with opened(asked, to_look=dry_run) as (session, project):
        plan = plan_registry_deletion(session, project, handle)
        refuse_use(plan, allowed=unlink or force)
        if not dry_run:
            _ask(asked, plan, force=force, redeploy=redeploy)
        plans = plan_deployment(session, project, _to_redeploy(plan)) if redeploy else []
        if dry_run:
            _cleared(naming(session, named), plan, plans)
            if any(one.registry is not None for one in plans):
                refuse_locked(asked, session)
            return tell(asked, plan_deletion(session, plan, plans, unlink=unlink))
        session = insist(asked, session, named, lambda s: _cleared(s, plan, plans))
        if plans and (detached := _redeploy(asked, session, plans)):
            return detached
        left = settle(
            session,
            delete_registry(session, project, handle, unlink=unlink, force=force),
            wait=not no_wait,
        )
        under_way = registries.by_id(session.connection, plan.registry.id) is not None
        linked = list(dict.fromkeys(one.handle for one in plan.containers))
        if asked.json:
            done: records.RegistryDeleted = {
                "handle": handle,
                "deleted": not under_way,
                "unlinked": linked if unlink else [],
                "left_without": linked if force else [],
                "still_running": [shapes.still_running(one) for one in plan.still_running],
                "redeployed": _to_redeploy(plan) if redeploy else [],
                "pending_removals": shapes.removals(left),
            }
            output.show(done, as_json=True)
        gone = len(plan.secrets) - len(left)
        how = "is being deleted" if under_way else "was deleted"
        output.say(f"registry {handle} {how}, {gone} pull secrets removed", as_json=asked.json)
        return 0


def _ask(asked: Common, plan: RegistryDeletion, *, force: bool, redeploy: bool) -> None:
    handle = plan.registry.handle
    if plan.registry.deleting:
        output.note(f"registry {handle} is being deleted already")
        return
    if plan.containers and not asked.yes and asked.may_ask:
        for linked in plan.containers:
            image = f"{linked.image}, {linked.replicas} replicas"
            output.note(f"{linked.what} ({image}): {linked.consequence}")
    for one in () if redeploy else plan.still_running:
        hint = f"; first `bahriya deploy {one.container}`, or --redeploy" if one.exists else ""
        output.note(f"{one.consequence}{hint}")
    regions = len({secret.region for secret in plan.secrets})
    question = f"Delete registry {handle} and its pull secrets in {regions} regions?"
    if plan.containers and force:
        asked.confirm_by_name(question, handle)
    else:
        asked.confirm(question)


def _cleared(s: Session, deletion: RegistryDeletion, plans: Sequence[Plan]) -> Session:
    """Give the session, unless a protected region would stop what comes halfway."""
    touched = [*regions_of(deletion), *deployed_to(plans)]
    refuse_protected(s, s.connection, touched, f"the deletion of registry {deletion.registry.handle}")
    return s


def _redeploy(asked: Common, s: Session, plans: Sequence[Plan]) -> int:
    """Deploy again what still runs with the registry; `Failed` unless all of it got everywhere."""
    if any(one.registry is not None for one in plans):
        unlocked(asked, s)
    after = events.last_seq(s.connection)
    return watch(asked, s, start_deployments(s, plans), after, wait=True, quiet=asked.json)


def _to_redeploy(plan: RegistryDeletion) -> list[str]:
    return [one.container for one in plan.still_running if one.exists]
