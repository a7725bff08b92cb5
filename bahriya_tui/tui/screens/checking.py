"""The check of one registry, followed to its verdict; it goes on when one leaves."""

from typing import TYPE_CHECKING

from textual.app import ComposeResult

from bahriya_tui.model.check import sentence
from bahriya_tui.model.checked import Checked
from bahriya_tui.model.errors import BahriyaError
from bahriya_tui.model.registry import Registry
from bahriya_tui.tui import keys
from bahriya_tui.tui.dialogs.confirm import Confirm
from bahriya_tui.tui.dialogs.image_form import ImageForm
from bahriya_tui.tui.present import checks as present
from bahriya_tui.tui.present.registries import last_check
from bahriya_tui.tui.present.text import Tone
from bahriya_tui.tui.screens.base import BahriyaScreen, flow
from bahriya_tui.tui.view import View
from bahriya_tui.tui.widgets.bars import KeyBar, TopBar
from bahriya_tui.tui.widgets.detail import Detail

if TYPE_CHECKING:
    from collections.abc import Sequence


class Checking(BahriyaScreen):
    """Asks at once; shows verdict, steps and images, and leads on to what helps."""

    PLACES = ("check", "detail")
    BINDINGS = keys.bindings(*PLACES)

    def __init__(self, mode: str, registry: Registry) -> None:
        super().__init__()
        self.mode, self._known = mode, registry
        self.found: Checked | None = None
        """What came of asking here."""
        self.failed: BahriyaError | None = None
        self.asking = False
        self.image = ""
        """What was typed last."""

    def compose(self) -> ComposeResult:
        """The sheet between the bars."""
        yield TopBar(self.mode)
        detail = Detail(id="whole")
        detail.can_focus = True
        yield detail
        yield KeyBar()

    def on_mount(self) -> None:
        """Ask."""
        self.query_one(Detail).focus()
        self.action_check_again()

    def on_screen_resume(self) -> None:
        """Catch up where another screen stood in between."""
        if self.is_mounted:
            self.draw(self.bahriya.view)

    @property
    def registry(self) -> Registry:
        """The registry as it stands; as it was last where it has gone."""
        there = self.bahriya.view.world.registries
        self._known = next((one for one in there if one.id == self._known.id), self._known)
        return self._known

    @property
    def checked(self) -> Checked | None:
        """What is known: what came of asking here, or a later check by whomever."""
        registry, found = self.registry, self.found
        stored = last_check(registry, self.bahriya.view)
        if stored is None or found is None:
            return found or stored
        later = stored.at > found.at or stored.version == registry.version != found.version
        return stored if later else found

    def draw(self, view: View) -> None:
        """Show what is known."""
        bar = self.query_one(TopBar)
        bar.project, bar.busy = view.project or "", self.bahriya.busy
        sheet = present.sheet(self.registry, self.checked, self.now, asking=self.asking, failed=self.failed)
        self.query_one(Detail).show(sheet)
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Offer no second question beside the first, and to ask again only where that is refused else."""
        if action in ("check_again", "image", "again", "rotate", "connection"):
            again = action != "again" or (self.found is not None and self.found.rejected_since is not None)
            return not self.asking and again
        return True

    @flow
    async def action_check_again(self) -> None:
        """Check with the images that are linked."""
        await self._ask()

    @flow
    async def action_image(self) -> None:
        """Check with an image that is typed."""

        async def keep(image: str) -> str:
            return image

        image = await self.fill(lambda: ImageForm(self.registry, self.image), keep)
        if image is not None:
            self.image = image
            await self._ask([image])

    @flow
    async def action_again(self) -> None:
        """Send a token again that was rejected, after a question."""
        version = self.registry.version
        says: list[tuple[str, Tone]] = [
            (f"v{version} was rejected. Registries lock out whoever sends a wrong token too often.", "warn"),
            ("Send it again only when something changed there, such as a lock that was lifted.", ""),
        ]
        yes = f"Send v{version} again"
        if await self.app.push_screen_wait(Confirm(f"Ask {self.registry.server} again", says, yes)):
            await self._ask(again=True)

    @flow
    async def action_rotate(self) -> None:
        """Replace the token."""
        from bahriya_tui.tui.screens import rotating

        await rotating.rotate(self, self.mode, self.registry)

    @flow
    async def action_connection(self) -> None:
        """Change how it is asked."""
        from bahriya_tui.tui.screens import connecting

        await connecting.edit_connection(self, self.registry)

    def action_copy(self) -> None:
        """Copy the verdict."""
        self.copy(sentence(self.checked.result) if self.checked else self.registry.handle)

    def action_back(self) -> None:
        """Return to the list; what was asked goes on."""
        self.dismiss()

    async def _ask(self, images: "Sequence[str] | None" = None, *, again: bool = False) -> None:
        from bahriya_tui.operations.check import check_registry

        app, registry = self.bahriya, self.registry
        self.asking, self.failed = True, None
        self._redraw()
        try:
            self.found = await app.change(
                f"checking {registry.handle}",
                lambda s: check_registry(s, registry.project, registry.handle, images, again=again),
            )
        except BahriyaError as error:
            self.failed = error
        finally:
            self.asking = False
        if self.is_attached:
            self._redraw()
        elif self.failed is not None:
            app.complain(self.failed)
        elif self.found is not None:
            result = self.found.result
            severity = "information" if result.good else "warning"
            app.say(f"{registry.handle}: {sentence(result)}", severity=severity)

    def _redraw(self) -> None:
        if self.is_mounted and self.is_attached:
            self.draw(self.bahriya.view)
