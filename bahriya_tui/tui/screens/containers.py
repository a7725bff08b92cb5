"""Containers: add, edit, link, deploy, terminate and delete them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from bahriya_tui.model.container import Container
from bahriya_tui.tui import keys
from bahriya_tui.tui.dialogs.confirm import Confirm
from bahriya_tui.tui.dialogs.container_form import KEEP_MISSING, ContainerDraft, ContainerForm
from bahriya_tui.tui.dialogs.deploy_form import Pick
from bahriya_tui.tui.present import containers as present
from bahriya_tui.tui.present import orders
from bahriya_tui.tui.present.text import Cell, Sheet, Tone, count, listed
from bahriya_tui.tui.screens.base import flow, wanted
from bahriya_tui.tui.screens.deploying import deploy
from bahriya_tui.tui.screens.listing import Listing
from bahriya_tui.tui.screens.run import Run
from bahriya_tui.tui.view import View


class Containers(Listing):
    """The containers of the project."""

    MODE = "containers"
    COLUMNS = present.COLUMNS
    PLACES = (MODE, "list")
    BINDINGS = keys.bindings(*PLACES)

    def items(self, view: View) -> Sequence[Container]:
        """Give the containers."""
        return view.world.containers

    def cells(self, item: Container) -> tuple[Cell, ...]:
        """Draw one as a line."""
        return present.cells(item, self.bahriya.view)

    def words(self, item: Container) -> str:
        """Give what the filter looks through."""
        return present.words(item)

    def orders(self, view: View) -> Mapping[str, Callable[[Any], Any]]:
        """Give what is compared to sort by a column."""
        return orders.containers(view)

    def sheet(self, item: Container) -> Sheet:
        """Tell all about one."""
        return present.sheet(item, self.bahriya.view, self.now)

    def empty(self, view: View) -> str:
        """Say what a container needs."""
        if not view.world.regions:
            return "No container yet, and no region to run one in.\nPress 3, then n, to add a region."
        return "No container yet. Press n to describe one: its image, its regions, its registry if private."

    @property
    def chosen(self) -> Container:
        """The container the cursor is on; keys that need one work only then."""
        container: Container | None = self.current
        return wanted(container)

    @flow
    async def action_new(self) -> None:
        """Describe a new container."""
        from bahriya_tui.operations import define

        app, project = self.bahriya, self.bahriya.open_project
        world = app.view.world

        async def save(draft: ContainerDraft) -> None:
            await app.change(
                f"adding {draft.handle}", lambda s: define.add_container(s, project, **asdict(draft))
            )
            self.table.go(draft.handle)
            app.say(f"Container {draft.handle} was added. Press d to deploy it.")

        await self.fill(lambda: ContainerForm(app.view.usable, world.regions), save)

    @flow
    async def action_edit(self) -> None:
        """Change the chosen container."""
        from bahriya_tui.operations import edit

        app, container = self.bahriya, self.chosen
        world = app.view.world

        async def save(draft: ContainerDraft) -> None:
            changes = asdict(draft)
            del changes["handle"]
            if draft.registry in (KEEP_MISSING, container.registry):
                del changes["registry"]
            await app.change(
                f"changing {container.handle}",
                lambda s: edit.edit_container(s, container.project, container.handle, **changes),
            )
            app.say(f"Container {container.handle} was changed. Press d to deploy it.")

        await self.fill(lambda: ContainerForm(app.view.usable, world.regions, container), save)

    @flow
    async def action_link(self) -> None:
        """Choose the registry of the chosen container, or none."""
        from bahriya_tui.operations import link

        app, container = self.bahriya, self.chosen
        none = ("", "none, the image is public")
        options = (none, *((r.handle, f"{r.handle}  {r.server}") for r in app.view.usable))

        async def save(handle: str) -> None:
            if handle:
                await app.change(
                    "linking", lambda s: link.link(s, container.project, container.handle, handle)
                )
            else:
                await app.change("unlinking", lambda s: link.unlink(s, container.project, container.handle))
            app.say(f"{container.handle} pulls with {handle or 'no registry'} from its next deployment on.")

        linked = "" if container.registry_missing else container.registry or ""
        title, note = f"Link {container.handle}", f"Its image is {container.image}."
        await self.fill(lambda: Pick(title, "Registry", options, linked, "Link", note), save)

    @flow
    async def action_deploy(self) -> None:
        """Deploy the chosen container and watch it."""
        started = await deploy(self, self.chosen)
        if started is not None:
            self.app.push_screen(Run(self.MODE, started.id))

    @flow
    async def action_delete(self) -> None:
        """Delete the chosen container; one that runs is terminated first."""
        from bahriya_tui.operations import delete, terminate

        app, container = self.bahriya, self.chosen
        placed = [placement.region for placement in app.view.placements.get(container.handle, ())]
        if placed or container.status not in ("terminated",):
            says = _running(container, placed)
            if await app.push_screen_wait(Confirm(f"Terminate {container.handle}", says, "Terminate")):
                run = await app.change(
                    f"terminating {container.handle}",
                    lambda s: terminate.terminate(s, container.project, container.handle),
                )
                self.app.push_screen(Run(self.MODE, run.id))
            return
        gone: list[tuple[str, Tone]] = [(f"{container.handle} runs nowhere. Its description is deleted.", "")]
        if await app.push_screen_wait(Confirm(f"Delete {container.handle}", gone, "Delete")):
            await app.change(
                f"deleting {container.handle}",
                lambda s: delete.delete_container(s, container.project, container.handle),
            )
            app.say(f"Container {container.handle} was deleted.")


def _running(container: Container, placed: list[str]) -> list[tuple[str, Tone]]:
    where = f"{count(len(placed), 'region')}: {listed(placed)}" if placed else "its regions"
    return [
        (f"{container.handle} ({container.status}) is in {where}.", "warn"),
        ("Its workload, and its pull secret where nothing else needs it, are removed from there.", ""),
        ("Its description stays; once it is terminated, x deletes that too.", "dim"),
    ]
