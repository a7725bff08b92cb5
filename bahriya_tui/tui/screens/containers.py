"""Containers: add, edit, link, deploy, terminate and delete them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from bahriya_tui.model.container import Container
from bahriya_tui.model.serving import fits, unserved
from bahriya_tui.tui import keys, together
from bahriya_tui.tui.dialogs.confirm import Confirm
from bahriya_tui.tui.dialogs.container_form import ContainerDraft, ContainerForm, draft_of
from bahriya_tui.tui.dialogs.deploy_form import Pick
from bahriya_tui.tui.dialogs.form import changed
from bahriya_tui.tui.present import containers as present
from bahriya_tui.tui.present import ending, orders
from bahriya_tui.tui.present.deployments import failure
from bahriya_tui.tui.present.text import Cell, Sheet, listed
from bahriya_tui.tui.screens.base import flow
from bahriya_tui.tui.screens.deploying import deploy
from bahriya_tui.tui.screens.listing import Listing
from bahriya_tui.tui.screens.run import Run
from bahriya_tui.tui.view import View

if TYPE_CHECKING:
    from bahriya_tui.model.deployment import Deployment


class Containers(Listing):
    """The containers of the project."""

    MODE, NOUN = "containers", "container"
    FOR_MANY = frozenset({"link", "deploy", "delete"})
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

    def error(self, item: Container) -> str:
        """Say why its latest deployment failed, in the first region where it did."""
        run = self.bahriya.view.latest.get(item.id)
        return "" if run is None else next(filter(None, map(failure, run.regions)), "")

    def empty(self, view: View) -> str:
        """Say what a container needs."""
        if not view.world.regions:
            how = f"Press {keys.sign('app.regions')}, then {keys.sign('regions.new')}, to add a region."
            return f"No container yet, and no region to run one in.\n{how}"
        how = f"Press {keys.sign('containers.new')} to describe one"
        return f"No container yet. {how}: its image, its regions, its registry if private."

    how_to_deploy = f"Press {keys.sign('containers.deploy')} to deploy it."

    @property
    def chosen(self) -> Container:
        """The container that is acted on; keys that need one work only then."""
        container: Container = self.one()
        return container

    def in_vain(self, *changed: Container) -> list[str]:
        """Say which of them are linked to a registry that cannot serve them."""
        found = [one for container in changed for one in unserved(container, self.bahriya.view.usable)]
        return [f"{one.sentence[0].upper()}{one.sentence[1:]}." for one in found]

    @flow
    async def action_new(self) -> None:
        """Describe a new container."""
        from bahriya_tui.operations import define

        app, project = self.bahriya, self.bahriya.open_project
        world = app.view.world

        async def save(draft: ContainerDraft) -> None:
            added = await app.change(
                f"adding {draft.handle}", lambda s: define.add_container(s, project, **asdict(draft))
            )
            self.table.go(draft.handle)
            app.say(f"Container {draft.handle} was added. {self.how_to_deploy}", *self.in_vain(added))

        await self.fill(lambda: ContainerForm(app.view.usable, world.regions), save)

    @flow
    async def action_edit(self) -> None:
        """Change the chosen container."""
        from bahriya_tui.operations import edit

        app, container = self.bahriya, self.chosen
        world = app.view.world

        async def save(draft: ContainerDraft) -> None:
            changes = changed(draft_of(container), draft)
            edited = await app.change(
                f"changing {container.handle}",
                lambda s: edit.edit_container(
                    s, container.project, container.handle, shown=container, **changes
                ),
            )
            told = f"Container {container.handle} was changed. {self.how_to_deploy}"
            leaves = [f"It is being removed from {listed(list(edited.left))}."] if edited.left else []
            app.say(told, *leaves, *self.in_vain(edited.container))

        await self.fill(lambda: ContainerForm(app.view.usable, world.regions, container), save)

    @flow
    async def action_link(self) -> None:
        """Choose the registry of the containers, or none."""
        from bahriya_tui.operations import link

        app, project = self.bahriya, self.bahriya.open_project
        chosen: dict[str, Container] = {one.handle: one for one in self.targets}
        handles, alone = list(chosen), len(chosen) == 1
        none = ("", "none, the image is public")
        images = [one.image for one in chosen.values()]
        unable = "  cannot serve it" if alone else "  cannot serve all of them"
        served = ((r, "" if fits(r, images) else unable) for r in app.view.usable)
        options = (none, *((r.handle, f"{r.handle}  {r.server}{but}") for r, but in served))

        async def save(registry: str) -> None:
            async def change(handle: str) -> Container:
                if not registry:
                    return await app.change(f"unlinking {handle}", lambda s: link.unlink(s, project, handle))
                doing = f"linking {handle}"
                return await app.change(doing, lambda s: link.link(s, project, handle, registry))

            made = await together.one_by_one(handles, change)
            told = [f"{handles[0]} pulls with {registry or 'no registry'} from its next deployment on."]
            if not alone:
                way = f"linked to {registry}" if registry else "unlinked"
                told = made.told(f"{way}, from the next deployment on")
            if not registry:
                told += [sentence for one in made.done.values() for sentence in link.jobs_linked(one)]
            app.say(*told, *self.in_vain(*made.done.values()), severity=made.severity)

        linked = {"" if one.registry_missing else one.registry or "" for one in chosen.values()}
        title = f"Link {listed(handles)}"
        note = f"Its image is {images[0]}." if alone else f"Their images are {listed(images)}."
        await self.fill(lambda: Pick(title, "Registry", options, max(linked), "Link", note), save)

    @flow
    async def action_deploy(self) -> None:
        """Deploy the containers; one alone is watched."""
        chosen = self.targets
        started = await deploy(self, *chosen)
        if started and len(chosen) == 1:
            self.app.push_screen(Run(self.MODE, started[0].id))

    @flow
    async def action_delete(self) -> None:
        """Delete the containers; those that run are terminated first."""
        from bahriya_tui.operations import delete, terminate

        app, project = self.bahriya, self.bahriya.open_project
        these = ending.endings(self.targets, app.view)
        yes, runs = ending.answer(these), {one.container.handle for one in these if one.runs}
        if not await app.push_screen_wait(Confirm(ending.question(these), ending.says(these), yes)):
            return

        async def end(handle: str) -> "Deployment | None":
            if handle in runs:
                doing = f"terminating {handle}"
                return await app.change(doing, lambda s: terminate.terminate(s, project, handle))
            doing = f"deleting {handle}"
            await app.change(doing, lambda s: delete.delete_container(s, project, handle))
            return None

        handles = [one.container.handle for one in these]
        ended = await together.one_by_one(handles, end)
        run = ended.done.get(handles[0])
        if len(these) > 1:
            app.say(*ended.told(ending.DONE[yes]), severity=ended.severity)
        elif run is not None:
            self.app.push_screen(Run(self.MODE, run.id))
        else:
            app.say(f"Container {handles[0]} was deleted.")
