"""`bahriya registry rotate` and `return`: which version counts, and bringing it to what runs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import click

from bahriya_tui.cli import dry_run as dry
from bahriya_tui.cli import output, records, shapes
from bahriya_tui.cli.options import Common, common, opened, reader_of_token, token_options
from bahriya_tui.cli.protecting import insist, protected_option
from bahriya_tui.cli.registry_usage import conclude
from bahriya_tui.cli.unlocking import refuse_locked, unlocked
from bahriya_tui.cli.watching import REMOVAL_TIMEOUT, note_unattended, watch
from bahriya_tui.cli.waves import Waves, force_option, wave_options
from bahriya_tui.model.check import CheckResult
from bahriya_tui.model.check import sentence as verdict
from bahriya_tui.model.errors import BadInput, Failed
from bahriya_tui.model.versions import parse_version
from bahriya_tui.operations.deploy import Plan, canaries_told, regions_of, start_deployments, users_of
from bahriya_tui.operations.dry_run import plan_rotation
from bahriya_tui.operations.go_back import return_registry
from bahriya_tui.operations.protect import naming, refuse_protected
from bahriya_tui.operations.prove import Connected
from bahriya_tui.operations.push import holding, push_now, wait_writes
from bahriya_tui.operations.rotate import rotate_registry
from bahriya_tui.operations.session import Session
from bahriya_tui.operations.usable import kept_registry
from bahriya_tui.store import events, registries


@dataclass(frozen=True, slots=True)
class Deploying:
    """What was said about deploying the linked containers afterwards."""

    wanted: bool
    waves: Waves
    replace: bool
    force: bool
    no_wait: bool

    def plan(self, s: Session, project: str, handle: str, *, renewing: bool = False) -> list[Plan]:
        """Plan it before anything is changed, or another token counts; empty where there is nothing to."""
        if self.wanted:
            users, replaced = users_of(s, project, handle), handle if renewing else ""
            if not users:
                return []
            return self.waves.plan(
                s, project, users, replace=self.replace, force=self.force, renewing=replaced
            )
        if self.waves.named or self.replace or self.force:
            raise BadInput("waves were named, but nothing is to be deployed", "add --deploy")
        return []


def _deploy_options(function: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        click.option("--no-wait", is_flag=True, help="Do not wait for the regions."),
        click.option("--replace", is_flag=True, help="Cancel a deployment that is under way first."),
        force_option,
        protected_option,
        wave_options,
        click.option("--deploy", is_flag=True, help="Deploy all linked containers afterwards."),
    ):
        function = option(function)
    return function


@click.command("rotate")
@click.argument("handle")
@token_options
@click.option("--expires", metavar="DATE", help="When the new token ends.")
@click.option("--no-check", is_flag=True, help="Store it without asking the registry.")
@click.option(
    "--push-now",
    is_flag=True,
    help="For a leaked token: put the new one into the secrets of older versions; nothing restarts.",
)
@dry.dry_run_option
@_deploy_options
@common
def rotate(
    asked: Common,
    handle: str,
    expires: str | None,
    no_check: bool,
    push_now: bool,
    dry_run: bool,
    deploy: bool,
    waves: Waves,
    replace: bool,
    force: bool,
    named: tuple[str, ...],
    no_wait: bool,
    **token: Any,
) -> int:
    """Store a new password as the next version. What runs keeps the one it has.

    With --dry-run no password is needed, and none that is given is read.
    """
    deploying = Deploying(deploy, waves, replace, force, no_wait)
    with opened(asked, to_look=dry_run) as (session, project):
        if not dry_run or any(token.values()):
            read_token = reader_of_token(asked, session.places, **token)
        plans = deploying.plan(session, project, handle, renewing=True)
        if dry_run:
            _cleared(naming(session, named), project, handle, plans, push=push_now)
            if deploy or push_now or not no_check:
                refuse_locked(asked, session)
            found = plan_rotation(
                session, project, handle, plans, push=push_now, check=not no_check, expires=expires
            )
            if deploy and not plans:
                _note_unused(handle)
            return dry.tell(asked, found)
        session = insist(asked, session, named, lambda s: _cleared(s, project, handle, plans, push=push_now))
        if deploy or push_now or not no_check:
            unlocked(asked, session)
        done = rotate_registry(
            session, project, handle, read_token=read_token, check=not no_check, expires=expires
        )
        tell(asked, session, done, "was rotated")
        left = _push(asked, session, project, handle, wait=not no_wait) if push_now else None
        code = _bring(asked, session, project, handle, deploying, pushed=push_now)
        if left is not None and code == 0:
            raise left
        return code


@click.command("return")
@click.argument("handle")
@click.argument("version", metavar="vN")
@click.option("--no-check", is_flag=True, help="Do not ask the registry whether it still takes it.")
@click.option("--again", is_flag=True, help="Send its token again although the registry rejected it before.")
@_deploy_options
@common
def return_(
    asked: Common,
    handle: str,
    version: str,
    no_check: bool,
    again: bool,
    deploy: bool,
    waves: Waves,
    replace: bool,
    force: bool,
    named: tuple[str, ...],
    no_wait: bool,
) -> int:
    """Let an earlier version count again. What runs keeps the one it has until it is deployed."""
    deploying = Deploying(deploy, waves, replace, force, no_wait)
    wanted = parse_version(version)
    with opened(asked) as (session, project):
        registries.refuse_return(
            session.connection, kept_registry(session.connection, project, handle), wanted
        )
        plans = deploying.plan(session, project, handle, renewing=True)
        session = insist(asked, session, named, lambda s: _cleared(s, project, handle, plans, push=False))
        if deploy or not no_check:
            unlocked(asked, session)
        done = return_registry(session, project, handle, wanted, check=not no_check, again=again)
        tell(asked, session, done, "was returned")
        return _bring(asked, session, project, handle, deploying, pushed=False)


def tell(asked: Common, session: Session, done: Connected, what: str) -> None:
    """Say which version counts now, and what should be known about it."""
    one = registries.get(session.connection, done.registry.project, done.registry.handle)
    if asked.json:
        changed: records.RegistryChanged = {
            **shapes.registry(session.connection, one),
            "notes": list(done.notes),
        }
        output.line(changed, "", as_json=True)
        return
    for sentence in done.notes:
        output.note(sentence)
    proven = "" if done.check is None else f", {_proven(done.check)}"
    output.say(f"registry {one.handle} {what}: v{one.version} at {one.server}{proven}", as_json=False)


def _proven(result: CheckResult) -> str:
    """Say in how far it is proven; where it is not, a note has told why."""
    return verdict(result) if result.good else f"login {result.login}"


def _cleared(s: Session, project: str, handle: str, plans: Sequence[Plan], *, push: bool) -> Session:
    """Give the session, unless a protected region would stop what comes after the new version counts."""
    touched = regions_of(plans) + (holding(s, project, handle) if push else [])
    refuse_protected(s, s.connection, touched, f"bringing another version of {handle} to what runs")
    return s


def _push(asked: Common, s: Session, project: str, handle: str, *, wait: bool) -> Failed | None:
    """Push the new token; gives what to end with where regions that were waited for do not hold it yet."""
    pushed = push_now(s, project, handle)
    for sentence in pushed.notes:
        output.note(sentence)
    left: Sequence[Any] = wait_writes(s, pushed.writes, REMOVAL_TIMEOUT) if wait else pushed.writes
    written = len(pushed.writes) - len(left)
    names = ", ".join(f"v{version}" for version in pushed.withdrawn) or "no version"
    words = f"{names} withdrawn: {written} of {len(pushed.writes)} pull secrets hold the new token"
    record: records.Pushed = {
        "withdrawn": list(pushed.withdrawn),
        "asked": len(pushed.writes),
        "written": written,
    }
    output.line(record, words, as_json=asked.json)
    if not left or note_unattended(s) or not wait:
        return None
    return Failed(
        f"{len(left)} of {len(pushed.writes)} pull secrets do not hold the new token yet",
        f"the worker keeps trying; see: bahriya registry usage {handle}",
    )


def _bring(
    asked: Common, s: Session, project: str, handle: str, deploying: Deploying, *, pushed: bool
) -> int:
    """Deploy what is linked where that is wanted; in the end say whether the old token may be revoked."""
    if not deploying.wanted:
        if pushed:
            conclude(asked, s, project, handle)
        return 0
    after = events.last_seq(s.connection)
    plans = deploying.plan(s, project, handle)
    if not plans:
        _note_unused(handle)
        conclude(asked, s, project, handle)
        return 0
    for sentence in canaries_told(plans):
        output.note(sentence)
    started = start_deployments(s, plans, replace=deploying.replace)
    try:
        return watch(asked, s, started, after, wait=not deploying.no_wait)
    finally:
        conclude(asked, s, project, handle)


def _note_unused(handle: str) -> None:
    output.note(f"no container uses registry {handle}: nothing is to be deployed")
