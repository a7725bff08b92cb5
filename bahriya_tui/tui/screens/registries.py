"""Registries: add, edit, rotate, test and delete them."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from bahriya_tui.model.errors import InUse
from bahriya_tui.model.registry import Registry
from bahriya_tui.tui import entry, keys, together
from bahriya_tui.tui.present import orders
from bahriya_tui.tui.present import registries as present
from bahriya_tui.tui.present.text import Cell, Sheet
from bahriya_tui.tui.screens.base import flow, wanted
from bahriya_tui.tui.screens.noticing import Noticing
from bahriya_tui.tui.view import View

if TYPE_CHECKING:
    from bahriya_tui.model.checked import Checked
    from bahriya_tui.tui.dialogs.registry_form import RegistryDraft


class Registries(Noticing):
    """The registries of the project."""

    MODE, NOUN = "registries", "registry"
    FOR_MANY = frozenset({"test"})
    COLUMNS = present.COLUMNS
    PLACES = (MODE, "list")
    BINDINGS = keys.bindings(*PLACES)

    def items(self, view: View) -> Sequence[Registry]:
        """Give the registries."""
        return view.world.registries

    def cells(self, item: Registry) -> tuple[Cell, ...]:
        """Draw one as a line."""
        return present.cells(item, self.bahriya.view, self.now)

    def words(self, item: Registry) -> str:
        """Give what the filter looks through."""
        return present.words(item, self.bahriya.view, self.now)

    def orders(self, view: View) -> Mapping[str, Callable[[Any], Any]]:
        """Give what is compared to sort by a column."""
        return orders.registries(view)

    def sheet(self, item: Registry) -> Sheet:
        """Tell all about one."""
        return present.sheet(item, self.bahriya.view, self.now)

    def tick(self) -> None:
        """Let the ends in the list come nearer too."""
        if self.is_current:
            self.draw(self.bahriya.view)

    def error(self, item: Registry) -> str:
        """Give the reason for which its last check was no good."""
        return present.refusal(item, self.bahriya.view)

    def empty(self, view: View) -> str:  # noqa: ARG002
        """Say when a registry is needed."""
        return (
            f"No registry yet. Press {keys.sign('registries.new')} to add the credentials of one.\n"
            f"Press {keys.sign('registries.take_logins')} to import the logins that Docker or Podman keep.\n"
            "Only private images need them; a public one such as nginx:1.27 is pulled without."
        )

    @flow
    async def action_new(self) -> None:
        """Add a registry: a form, then the token in a process of its own."""
        from bahriya_tui.operations import connect
        from bahriya_tui.tui.dialogs.registry_form import RegistryForm
        from bahriya_tui.tui.screens import rotating

        app, project = self.bahriya, self.bahriya.open_project
        entry.require_terminal(app)

        async def save(draft: "RegistryDraft") -> None:
            async with entry.expected(app):
                made = await app.change(
                    f"adding {draft.handle}",
                    lambda s: connect.connect_registry(
                        s,
                        project,
                        draft.handle,
                        server=draft.server,
                        username=draft.username,
                        name=draft.name,
                        expires=draft.expires,
                        images=[draft.image] if draft.image else (),
                        check=draft.check,
                        read_token=app.read_token,
                    ),
                )
            self.table.go(draft.handle)
            app.say(f"Registry {draft.handle} was added.", *rotating.told(made), severity=rotating.tone(made))

        await self.fill(RegistryForm, save)

    @flow
    async def action_take_logins(self) -> None:
        """Add the logins that Docker or Podman keep here, or that others keep in a region."""
        from bahriya_tui.tui.screens import importing

        await importing.take_logins(self)

    @flow
    async def action_edit(self) -> None:
        """Change name and expiry."""
        from bahriya_tui.operations import edit
        from bahriya_tui.tui.dialogs.form import changed
        from bahriya_tui.tui.dialogs.registry_form import RegistryForm, draft_of

        app, registry = self.bahriya, self.staying

        async def save(draft: "RegistryDraft") -> None:
            changes = changed(draft_of(registry), draft)
            await app.change(
                f"changing {registry.handle}",
                lambda s: edit.edit_registry(s, registry.project, registry.handle, shown=registry, **changes),
            )
            app.say(f"Registry {registry.handle} was changed.")

        await self.fill(lambda: RegistryForm(registry), save)

    @flow
    async def action_rotate(self) -> None:
        """Replace the token, and bring it to what runs."""
        from bahriya_tui.tui.screens import rotating

        await rotating.rotate(self, self.MODE, self.staying)

    def action_usage(self) -> None:
        """Show who pulls with which version."""
        from bahriya_tui.tui.screens.pulls import Pulls

        self.app.push_screen(Pulls(self.MODE, wanted(self.current).handle))

    @flow
    async def action_connection(self) -> None:
        """Change how it is asked: plain HTTP, a private CA, a proxy."""
        from bahriya_tui.tui.screens import connecting

        await connecting.edit_connection(self, self.staying)

    @flow
    async def action_test(self) -> None:
        """Ask the registry whether it lets us in, step by step; of several only the verdicts are told."""
        if len(self.targets) == 1:
            from bahriya_tui.tui.screens.checking import Checking

            await self.app.push_screen(Checking(self.MODE, self.staying))
        else:
            await self._test_all()

    async def _test_all(self) -> None:
        from bahriya_tui.operations import check

        app, registries = self.bahriya, {one.handle: one for one in self.targets}

        async def test(handle: str) -> "Checked":
            self._refuse_deleting(registries[handle])
            project = registries[handle].project
            return await app.change(f"checking {handle}", lambda s: check.check_registry(s, project, handle))

        asked = await together.at_once(list(registries), test)
        told = [f"{handle}: {check.refusal(found)}" for handle, found in asked.done.items()]
        good = not asked.refused and all(found.result.good for found in asked.done.values())
        app.say(*told, *asked.reasons, severity="information" if good else "warning")

    @flow
    async def action_delete(self) -> None:
        """Delete after a warning; of one that is being deleted, show how far that is."""
        from bahriya_tui.tui.screens import deleting

        await deleting.delete(self, self.MODE, self.chosen)

    def action_details(self) -> None:
        """Show all about the chosen one; of one that is being deleted, how far that is."""
        registry: Registry = wanted(self.current)
        if not registry.deleting:
            super().action_details()
            return
        from bahriya_tui.tui.screens.leaving import Deleting

        self.app.push_screen(Deleting(self.MODE, registry))

    def action_matrix(self) -> None:
        """Show where the registries are, and whether they are there as they should be."""
        from bahriya_tui.tui.screens.matrix import Matrix

        self.app.push_screen(Matrix(self.current.handle if self.current is not None else ""))

    @property
    def chosen(self) -> Registry:
        """The registry that is acted on; keys that need one work only then."""
        registry: Registry = self.one()
        return registry

    @property
    def staying(self) -> Registry:
        """The chosen registry; raises `InUse` when it is being deleted, so that no form opens for it."""
        self._refuse_deleting(self.chosen)
        return self.chosen

    def _refuse_deleting(self, registry: Registry) -> None:
        if registry.deleting:
            far = self.bahriya.view.world.deletions.get(registry.id)
            told = f" ({far.words})" if far else ""
            raise InUse(f"registry {registry.handle} is being deleted{told}", "Enter shows how far that is")
