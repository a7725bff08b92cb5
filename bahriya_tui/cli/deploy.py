"""`bahriya deploy`: containers to all their regions, watched until every one of them has ended."""

import click

from bahriya_tui.cli import output
from bahriya_tui.cli.dry_run import dry_run_option, tell
from bahriya_tui.cli.options import Common, common, opened
from bahriya_tui.cli.protecting import insist, protected_option
from bahriya_tui.cli.unlocking import refuse_locked, unlocked
from bahriya_tui.cli.watching import watch
from bahriya_tui.cli.waves import Waves, force_option, wave_options
from bahriya_tui.model.errors import BadInput
from bahriya_tui.operations.deploy import Plan, canaries_told, owners_met, start_deployments, using
from bahriya_tui.operations.dry_run import plan_deploying
from bahriya_tui.operations.protect import naming
from bahriya_tui.operations.session import Session
from bahriya_tui.store import events


@click.command("deploy")
@click.argument("handles", nargs=-1, metavar="[HANDLE]...")
@click.option("--all-using", metavar="REGISTRY", help="All containers linked to this registry.")
@wave_options
@click.option("--take-over", is_flag=True, help="Take fields of the workload from other managers.")
@click.option("--replace", is_flag=True, help="Cancel a deployment that is under way first.")
@force_option
@protected_option
@click.option("--no-wait", is_flag=True, help="Return at once.")
@dry_run_option
@common
def command(
    asked: Common,
    handles: tuple[str, ...],
    all_using: str | None,
    waves: Waves,
    take_over: bool,
    replace: bool,
    force: bool,
    named: tuple[str, ...],
    no_wait: bool,
    dry_run: bool,
) -> int:
    """Deploy containers to all their regions. Exit code 0 only when every region runs them."""
    if handles and all_using:
        raise BadInput("containers were named twice over", "give handles or --all-using, not both")
    with opened(asked, to_look=dry_run) as (session, project):
        chosen = using(session, project, all_using) if all_using else handles
        plans = waves.plan(session, project, chosen, replace=replace, take_over=take_over, force=force)
        if dry_run:
            if any(plan.spec.pulls for plan in plans):
                refuse_locked(asked, session)
            return tell(asked, plan_deploying(naming(session, named), project, plans))
        for sentence in canaries_told(plans):
            output.note(sentence)
        if take_over:
            asked.confirm(_question(session, plans))
        if any(plan.spec.pulls for plan in plans):
            unlocked(asked, session)
        after = events.last_seq(session.connection)
        started = insist(asked, session, named, lambda s: start_deployments(s, plans, replace=replace))
        return watch(asked, session, started, after, wait=not no_wait)


def _question(session: Session, plans: list[Plan]) -> str:
    met = [words for plan in plans for words in owners_met(session, plan.container)]
    whose = "; ".join(met) or "whoever owns fields of it, which no deployment has met yet"
    names = ", ".join(plan.container.handle for plan in plans)
    return f"Take over {names} ({whose})? What they set there is replaced by ours"
