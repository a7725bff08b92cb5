"""The flow behind `p`: choose a project, make one, delete one."""

from typing import TYPE_CHECKING

from bahriya_tui.keyboard.in_use import sign
from bahriya_tui.tui.screens.base import BahriyaScreen

if TYPE_CHECKING:
    from bahriya_tui.tui.dialogs.project_form import ProjectDraft

HOW_TO_MAKE_ONE = f"press {sign('list.project')}, then {sign('projects.new')}, to make one"
NONE_YET = (
    "There is no project yet.\n"
    f"P{HOW_TO_MAKE_ONE[1:]}; {sign('app.regions')}, then {sign('regions.take_contexts')}, "
    "to take the contexts of a kubeconfig\n"
    f"as regions. To look around first, on sample data, leave with {sign('app.quit')} and start\n"
    "bahriya demo"
)


async def choose(screen: BahriyaScreen) -> None:
    """Show the projects and do what was wished."""
    from bahriya_tui.tui.dialogs.project_form import Projects

    app = screen.bahriya
    choice = await app.push_screen_wait(Projects(app.view.world.projects, app.view.project))
    if choice is None:
        return
    if choice.wish == "open":
        app.feed.look_at(choice.handle)
        return
    app.require_changes()
    if choice.wish == "new":
        await _make(screen)
    else:
        await _delete(screen, choice.handle)


async def _make(screen: BahriyaScreen) -> None:
    from bahriya_tui.operations import projects
    from bahriya_tui.tui.dialogs.project_form import ProjectForm

    app = screen.bahriya

    async def save(draft: "ProjectDraft") -> str:
        await app.change("adding the project", lambda s: projects.add_project(s, draft.handle, draft.name))
        return draft.handle

    made = await screen.fill(ProjectForm, save)
    if made is not None:
        app.feed.look_at(made)
        app.say(f"Project {made} was made.")


async def _delete(screen: BahriyaScreen, handle: str) -> None:
    from bahriya_tui.operations import projects
    from bahriya_tui.tui.dialogs.confirm import Confirm

    app = screen.bahriya
    says = [
        (f"The project {handle} goes from the store, with its history of deployments.", ""),
        ("It is refused while a registry, a container or a pending removal is left in it.", "dim"),
    ]
    if await app.push_screen_wait(Confirm(f"Delete project {handle}", says, "Delete")):  # type: ignore[arg-type]
        await app.change("deleting the project", lambda s: projects.delete_project(s, handle))
        app.say(f"Project {handle} was deleted.")
