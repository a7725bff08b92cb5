"""`bahriya deploy`: containers to all their regions, watched until every one of them has ended."""

import click

from bahriya_tui.cli.options import Common, common, opened
from bahriya_tui.cli.unlocking import unlocked
from bahriya_tui.cli.watching import watch
from bahriya_tui.model.errors import BadInput, InUse
from bahriya_tui.operations.deploy import plan_deployment, start_deployments, using
from bahriya_tui.store import events


@click.command("deploy")
@click.argument("handles", nargs=-1, metavar="[HANDLE]...")
@click.option("--all-using", metavar="REGISTRY", help="All containers linked to this registry.")
@click.option("--canary", metavar="REGION", help="This region first, alone.")
@click.option("--batch", metavar="N|N%", help="So many regions in each wave.")
@click.option("--max-parallel", type=int, metavar="N", help="So many regions of a wave at a time.")
@click.option("--replace", is_flag=True, help="Cancel a deployment that is under way first.")
@click.option("--no-wait", is_flag=True, help="Return at once.")
@common
def command(
    asked: Common,
    handles: tuple[str, ...],
    all_using: str | None,
    canary: str | None,
    batch: str | None,
    max_parallel: int | None,
    replace: bool,
    no_wait: bool,
) -> int:
    """Deploy containers to all their regions. Exit code 0 only when every region runs them."""
    if handles and all_using:
        raise BadInput("containers were named twice over", "give handles or --all-using, not both")
    with opened(asked) as (session, project):
        chosen = using(session, project, all_using) if all_using else handles
        plans = plan_deployment(
            session, project, chosen, canary=canary, batch=batch, max_parallel=max_parallel
        )
        busy = [plan.active for plan in plans if plan.active is not None]
        if busy and not replace:
            names = ", ".join(f"{one.container} (deployment {one.id})" for one in busy)
            raise InUse(f"already being deployed: {names}", "wait, or cancel it first with --replace")
        if any(plan.registry is not None for plan in plans):
            unlocked(asked, session)
        after = events.last_seq(session.connection)
        started = start_deployments(session, plans, replace=replace)
        return watch(asked, session, started, after, wait=not no_wait)
