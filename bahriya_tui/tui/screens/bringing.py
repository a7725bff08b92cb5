"""The flows after a rotation: bring the version that counts to what runs, or go back to the one before."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from bahriya_tui.model.errors import Failed
from bahriya_tui.model.registry import Registry
from bahriya_tui.model.versions import version_before
from bahriya_tui.tui.dialogs.bring_form import BringDraft, BringForm
from bahriya_tui.tui.dialogs.confirm import Confirm
from bahriya_tui.tui.present.text import Tone, count, listed
from bahriya_tui.tui.screens.base import BahriyaScreen

if TYPE_CHECKING:
    from bahriya_tui.model.deployment import Deployment
    from bahriya_tui.operations.deploy import Plan
    from bahriya_tui.operations.session import Session


async def bring(screen: BahriyaScreen, registry: Registry, *, push: bool) -> None:
    """Ask what happens now that this version of `registry` counts, and do it."""
    users, usable = screen.bahriya.view.links.get(registry.id, ()), screen.bahriya.view.usable
    if not users and not push:
        return

    async def act(draft: BringDraft) -> None:
        if draft.now == "deploy":
            await _deploy(screen, registry, draft)
        elif draft.now == "push":
            await _push(screen, registry)

    await screen.fill(lambda: BringForm(registry, users, push=push, registries=usable), act)


async def go_back(screen: BahriyaScreen, registry: Registry) -> None:
    """Let the version before count again, after a question; on any refusal nothing changes."""
    from bahriya_tui.operations.check import remembered
    from bahriya_tui.operations.go_back import return_registry
    from bahriya_tui.operations.usage import registry_usage

    app, project, handle = screen.bahriya, registry.project, registry.handle
    usage = await app.change(f"looking up {handle}", lambda s: registry_usage(s.connection, project, handle))
    current = usage.registry.version
    before = version_before([one.kept for one in usage.versions if one.kept is not None], current)
    if before is None:
        raise Failed(f"registry {handle} has no version before v{current} to go back to", "rotate it with r")
    rejected = await app.change(
        f"looking up {handle}", lambda s: remembered(s.connection, usage.registry, before)
    )
    says: list[tuple[str, Tone]] = [
        (
            f"Registry {handle} goes back from v{current} to v{before}, if the registry still takes that.",
            "warn",
        ),
        (f"What runs keeps what it has until it is deployed. v{current} is kept.", ""),
        ("The expiry that was declared for it is removed.", "dim"),
    ]
    if rejected is not None:
        told = f"v{before} was rejected before. It is sent once more: registries lock out who keeps trying."
        says.insert(1, (told, "bad"))
    if not await app.push_screen_wait(Confirm(f"Go back to v{before}", says, f"Go back to v{before}")):
        return
    again = rejected is not None
    made = await app.change(
        f"returning {handle}", lambda s: return_registry(s, project, handle, before, again=again)
    )
    app.say(f"Registry {handle} is back at v{made.registry.version}.", *made.notes)
    await bring(screen, made.registry, push=False)


async def _deploy(screen: BahriyaScreen, registry: Registry, draft: BringDraft) -> None:
    from bahriya_tui.operations import deploy

    def plan(s: "Session") -> "list[Plan]":
        return deploy.plan_deployment(
            s,
            registry.project,
            deploy.using(s, registry.project, registry.handle),
            canary=draft.canary,
            soak=draft.soak,
            gate=draft.gate,
            batch=draft.batch,
            max_failures=draft.max_failures,
            force=draft.force,
        )

    await start_all(screen, f"what uses {registry.handle}", plan)


async def start_all(
    screen: BahriyaScreen, what: str, plan: "Callable[[Session], list[Plan]]"
) -> "list[Deployment]":
    """Start what `plan` plans, all of it or nothing; asks first where a deployment is under way already."""
    from bahriya_tui.operations import deploy

    app = screen.bahriya
    plans = await app.change(f"planning {what}", plan)
    busy = [f"{one.active.container} (deployment {one.active.id})" for one in plans if one.active is not None]
    if busy and not await app.push_screen_wait(_replacing(busy)):
        return []
    started = await app.change(
        f"deploying {what}", lambda s: deploy.start_deployments(s, plans, replace=bool(busy))
    )
    told = f"{count(len(started), 'deployment')} started: {listed([one.container for one in started])}."
    app.say(told, *deploy.canaries_told(plans))
    return started


def _replacing(busy: Sequence[str]) -> Confirm:
    says: list[tuple[str, Tone]] = [
        (f"Being deployed already: {listed(list(busy))}.", "warn"),
        ("That is cancelled first; regions that have it keep it until the new one reaches them.", ""),
    ]
    return Confirm("Replace what is under way", says, "Replace")


async def _push(screen: BahriyaScreen, registry: Registry) -> None:
    from bahriya_tui.operations.push import push_now

    app, handle, version = screen.bahriya, registry.handle, registry.version
    says: list[tuple[str, Tone]] = [
        (f"The token of v{version} goes into the pull secrets of older versions; nothing restarts.", ""),
        ("Older tokens are never sent again: there is no going back to them.", "warn"),
    ]
    if not await app.push_screen_wait(Confirm(f"Push v{version} of {handle}", says, "Push now")):
        return
    pushed = await app.change(f"pushing v{version}", lambda s: push_now(s, registry.project, handle))
    names = ", ".join(f"v{one}" for one in pushed.withdrawn) or "No version"
    verb = "was" if len(pushed.withdrawn) < 2 else "were"
    app.say(f"{names} {verb} withdrawn; {count(len(pushed.writes), 'pull secret')} to write.", *pushed.notes)
