"""Who pulls with which version of a registry, followed until the old token may be revoked."""

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from bahriya_tui.model.pulling import Use
from bahriya_tui.model.registry import Registry
from bahriya_tui.tui import keys
from bahriya_tui.tui.dialogs.dialog import TONES
from bahriya_tui.tui.present import pulls as present
from bahriya_tui.tui.screens import bringing
from bahriya_tui.tui.screens.base import BahriyaScreen, flow, wanted
from bahriya_tui.tui.screens.run import Run
from bahriya_tui.tui.view import View
from bahriya_tui.tui.widgets.bars import KeyBar, TopBar
from bahriya_tui.tui.widgets.table import Lines, Table


class Pulls(BahriyaScreen):
    """One line for each container in each region; above them, whether the old token is still needed."""

    PLACES = ("usage",)
    BINDINGS = keys.bindings(*PLACES)

    def __init__(self, mode: str, handle: str) -> None:
        super().__init__()
        self.mode, self.handle = mode, handle

    def compose(self) -> ComposeResult:
        """The verdict, what pulls, and what could not be written yet."""
        yield TopBar(self.mode)
        yield Static(id="headline")
        yield Table(present.COLUMNS, id="pulls")
        yield Static(id="message")
        yield KeyBar()

    def on_mount(self) -> None:
        """Ask the feed who pulls."""
        self.query_one("#pulls").focus()
        self.bahriya.feed.look_at(registry=self.handle)
        self.draw(self.bahriya.view)

    def on_screen_resume(self) -> None:
        """Go on where another screen stood in between."""
        if self.is_mounted:
            self.bahriya.feed.look_at(registry=self.handle)
            self.draw(self.bahriya.view)

    @property
    def registry(self) -> Registry | None:
        """The registry as it stands; None when it was deleted."""
        return next((one for one in self.bahriya.view.world.registries if one.handle == self.handle), None)

    def draw(self, view: View) -> None:
        """Show `view`: only the lines that changed are drawn again."""
        bar = self.query_one(TopBar)
        bar.project, bar.busy = view.project or "", self.bahriya.busy
        usage = view.usage if view.usage and view.usage.registry.handle == self.handle else None
        line, late = self.query_one("#headline", Static), self.query_one("#message", Static)
        if usage is None:
            line.update("looking …" if self.registry is not None else "It was deleted.")
            late.display = False
            return
        line.update(
            Content("").join([Content.styled(text, TONES[tone]) for text, tone in present.headline(usage)])
        )
        current = usage.registry.version
        lines = Lines(present.uses(usage), present.key, lambda use: present.cells(use, current))
        self.query_one("#pulls", Table).show(lines, empty="Nothing pulls with it.")
        left = present.unwritten(usage)
        late.update(Content.styled(left, TONES["warn"]))
        late.display = bool(left)
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Offer what makes sense for what is there."""
        if action == "watch":
            return self.is_mounted and self.query_one("#pulls", Table).current is not None
        return self.registry is not None if action in ("bring", "go_back") else True

    def action_back(self) -> None:
        """Return to the list; what was started goes on."""
        self.bahriya.feed.look_at()
        self.dismiss()

    def action_watch(self) -> None:
        """Watch the deployment behind the chosen line."""
        use: Use | None = self.query_one("#pulls", Table).current
        if use is not None:
            self.app.push_screen(Run(self.mode, use.deployment))

    @flow
    async def action_bring(self) -> None:
        """Choose again what happens now."""
        await bringing.bring(self, wanted(self.registry), push=True)

    @flow
    async def action_go_back(self) -> None:
        """Let the version before count again."""
        await bringing.go_back(self, wanted(self.registry))
