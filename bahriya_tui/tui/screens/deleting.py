"""The flow behind `x` on a registry: whom it hurts, the way that was chosen, and how far it is."""

from typing import TYPE_CHECKING

from bahriya_tui.model.registry import Registry
from bahriya_tui.tui.dialogs.confirm import Confirm
from bahriya_tui.tui.dialogs.delete_registry import DeleteRegistry, Way
from bahriya_tui.tui.present import deletion as present
from bahriya_tui.tui.present.text import Tone, listed
from bahriya_tui.tui.screens import bringing
from bahriya_tui.tui.screens.base import BahriyaScreen
from bahriya_tui.tui.screens.leaving import Deleting

if TYPE_CHECKING:
    from bahriya_tui.operations.delete import RegistryDeletion


async def delete(screen: BahriyaScreen, mode: str, registry: Registry) -> None:
    """Delete `registry` as was chosen, and show how its regions let it go; one under way is shown at once."""
    from bahriya_tui.operations import delete as operations

    app, project, handle = screen.bahriya, registry.project, registry.handle
    if registry.deleting:
        app.push_screen(Deleting(mode, registry))
        return
    plan = await app.change(
        f"looking up {handle}", lambda s: operations.plan_registry_deletion(s, project, handle)
    )
    way = await _ask(screen, plan)
    if way is None:
        return
    if way == "redeploy":
        await _redeploy(screen, plan)
        return
    removals = await app.change(
        f"deleting {handle}",
        lambda s: operations.delete_registry(
            s, project, handle, unlink=way == "unlink", force=way == "force"
        ),
    )
    unlinked = present.users(plan) if way == "unlink" else 0
    app.say(*present.outcome(plan, len(removals), unlinked=unlinked))
    if removals:
        regions = {secret.region for secret in plan.secrets}
        app.push_screen(Deleting(mode, registry, regions, unlinked=unlinked))


async def _ask(screen: BahriyaScreen, plan: "RegistryDeletion") -> Way | None:
    """Ask as much as there is to say: where nothing uses it, one question is enough."""
    app = screen.bahriya
    if plan.containers or plan.still_running or plan.deployments:
        return await app.push_screen_wait(DeleteRegistry(plan, app.view.world.listed))
    asked = Confirm(f"Delete registry {plan.registry.handle}", _unused(plan), "Delete")
    return "unlink" if await app.push_screen_wait(asked) else None


def _unused(plan: "RegistryDeletion") -> list[tuple[str, Tone]]:
    regions = sorted({secret.region for secret in plan.secrets})
    where = f"They are removed from {listed(regions)}." if regions else "They are in no region."
    handle = plan.registry.handle
    return [
        (f"No container uses {handle}. Its credentials, all versions, are deleted. {where}", ""),
        ("A new registry may take the same handle later; its versions go on counting.", "dim"),
    ]


async def _redeploy(screen: BahriyaScreen, plan: "RegistryDeletion") -> None:
    """Deploy again what runs with the registry though it is not linked to it; the registry stays for now."""
    from bahriya_tui.operations import deploy

    registry, handles = plan.registry, present.redeployable(plan)
    started = await bringing.start_all(
        screen,
        f"what runs with {registry.handle}",
        lambda s: deploy.plan_deployment(s, registry.project, handles),
    )
    if started:
        ended = "that has ended" if len(started) == 1 else "they have ended"
        screen.bahriya.say(f"Registry {registry.handle} is still there: delete it when {ended}.")
