"""Regions: add them one by one or from a kubeconfig, edit, test and delete them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from textual.content import Content

from bahriya_tui.model.region import Region
from bahriya_tui.tui import keys, together
from bahriya_tui.tui.dialogs.confirm import Confirm
from bahriya_tui.tui.dialogs.form import changed
from bahriya_tui.tui.dialogs.region_form import ImportForm, RegionDraft, RegionForm, draft_of
from bahriya_tui.tui.present import orders
from bahriya_tui.tui.present import regions as present
from bahriya_tui.tui.present.text import Cell, Sheet, Tone, count
from bahriya_tui.tui.screens.base import flow
from bahriya_tui.tui.screens.noticing import Noticing
from bahriya_tui.tui.view import View


class Regions(Noticing):
    """The regions of the whole organisation."""

    MODE, NOUN = "regions", "region"
    FOR_MANY = frozenset({"test"})
    OF_A_PROJECT = False
    COLUMNS = present.COLUMNS
    PLACES = (MODE, "list")
    BINDINGS = keys.bindings(*PLACES)

    def items(self, view: View) -> Sequence[Region]:
        """Give the regions."""
        return view.world.regions

    def key(self, item: Region) -> str:
        """Name a region by its id."""
        return item.id

    def cells(self, item: Region) -> tuple[Cell, ...]:
        """Draw one as a line."""
        return present.cells(item, self.bahriya.view, self.now)

    def words(self, item: Region) -> str:
        """Give what the filter looks through."""
        return present.words(item)

    def orders(self, view: View) -> Mapping[str, Callable[[Any], Any]]:
        """Give what is compared to sort by a column."""
        return orders.regions(view)

    def sheet(self, item: Region) -> Sheet:
        """Tell all about one."""
        return present.sheet(item, self.bahriya.view, self.now)

    def error(self, item: Region) -> str:
        """Give what its cluster said last."""
        return item.last_error

    def empty(self, view: View) -> str:  # noqa: ARG002
        """Say what a region is."""
        return (
            "No region yet. A region is one Kubernetes cluster.\n"
            f"Press {keys.sign('regions.take_contexts')} to take the contexts of a kubeconfig, "
            f"or {keys.sign('regions.new')} to add one."
        )

    def remark(self) -> Content:
        """Explain the sign of protected regions, and tell of pending removals."""
        told = Content.styled(present.protection(len(self.bahriya.view.protected)), "$text-warning")
        return Content("   ").join([part for part in (told, super().remark()) if len(part)])

    @property
    def chosen(self) -> Region:
        """The region that is acted on; keys that need one work only then."""
        region: Region = self.one()
        return region

    @flow
    async def action_new(self) -> None:
        """Add one region."""
        from bahriya_tui.operations import regions

        app = self.bahriya

        async def save(draft: RegionDraft) -> None:
            await app.change(
                f"adding {draft.id}",
                lambda s: regions.add_region(
                    s,
                    draft.id,
                    context=draft.context,
                    kubeconfig=draft.kubeconfig,
                    name=draft.name,
                    city=draft.city,
                    country=draft.country,
                    protected=draft.protected,
                ),
            )
            self.table.go(draft.id)
            app.say(f"Region {draft.id} was added.")

        await self.fill(RegionForm, save)

    @flow
    async def action_take_contexts(self) -> None:
        """Make regions of a kubeconfig's contexts, but for those known already and those of no valid id."""
        from bahriya_tui.operations import regions

        app = self.bahriya

        async def save(path: str) -> None:
            plan = await app.change("reading the kubeconfig", lambda s: regions.plan_import(s, path))
            made = await app.change("adding regions", lambda s: regions.take_regions(s, plan))
            app.say(f"{count(len(made), 'region')} added.", *plan.skipped)

        await self.fill(ImportForm, save)

    @flow
    async def action_edit(self) -> None:
        """Change name, place and protection."""
        from bahriya_tui.operations import edit

        app, region = self.bahriya, self.chosen

        async def save(draft: RegionDraft) -> None:
            changes = changed(draft_of(region), draft)
            await app.change(
                f"changing {region.id}", lambda s: edit.edit_region(s, region.id, shown=region, **changes)
            )
            app.say(f"Region {region.id} was changed.")

        await self.fill(lambda: RegionForm(region), save)

    @flow
    async def action_test(self) -> None:
        """Contact the regions with their kubeconfigs' credentials."""
        from bahriya_tui.operations import regions

        app = self.bahriya

        async def test(id_: str) -> Region:
            (found,) = await app.change(f"contacting {id_}", lambda s: regions.check_regions(s, [id_]))
            return found

        asked = await together.at_once([self.key(one) for one in self.targets], test)
        silent = [one for one in asked.done.values() if one.status != "active"]
        told = [f"{one.id} answers at {one.server}." for one in asked.done.values() if one not in silent]
        told += [f"{one.id} does not answer: {one.last_error}" for one in silent]
        app.say(*told, *asked.reasons, severity="error" if silent or asked.refused else "information")

    @flow
    async def action_delete(self) -> None:
        """Delete the chosen region, when nothing is left in it."""
        from bahriya_tui.operations import delete

        app, region = self.bahriya, self.chosen
        says: list[tuple[str, Tone]] = [
            (f"{region.id} is forgotten. The cluster itself is left as it is.", ""),
            ("It is refused while a container, a workload or a pending removal is left in it.", "dim"),
        ]
        if await app.push_screen_wait(Confirm(f"Delete region {region.id}", says, "Delete")):
            await app.change(f"deleting {region.id}", lambda s: delete.delete_region(s, region.id))
            app.say(f"Region {region.id} was deleted.")
