"""One deployment being watched: a line for each region, and the log, replayed from the store."""

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from bahriya_tui.model.deployment import ACTIVE, Deployment, RegionRun
from bahriya_tui.tui import keys
from bahriya_tui.tui.dialogs.dialog import TONES
from bahriya_tui.tui.present import run as present
from bahriya_tui.tui.present.deployments import failure
from bahriya_tui.tui.present.text import literal
from bahriya_tui.tui.screens import controlling, unlocking
from bahriya_tui.tui.screens.base import BahriyaScreen, flow
from bahriya_tui.tui.view import View
from bahriya_tui.tui.widgets.bars import KeyBar, TopBar
from bahriya_tui.tui.widgets.table import Lines, Table


class Run(BahriyaScreen):
    """Follows a deployment while it runs; afterwards it shows how it went."""

    PLACES = ("run",)
    BINDINGS = keys.bindings(*PLACES)

    def __init__(self, mode: str, deployment: int) -> None:
        super().__init__()
        self.mode, self.deployment = mode, deployment
        self.alone = False
        """Whether the log shows the chosen region alone."""

    def compose(self) -> ComposeResult:
        """The headline, the regions, the log."""
        yield TopBar(self.mode)
        yield Static(id="headline")
        yield Table(present.REGION_COLUMNS, id="regions")
        yield Static(id="message")
        yield Table(present.LOG_COLUMNS, cursor=False, id="log")
        yield KeyBar()

    def on_mount(self) -> None:
        """Ask the feed for the events of this deployment, and let the time go on."""
        regions = self.query_one("#regions", Table)
        self.watch(regions, "moves", self.show_chosen, init=False)
        regions.focus()
        self.bahriya.feed.look_at(deployment=self.deployment)
        self.draw(self.bahriya.view)
        self.set_interval(1, self.tick)

    def on_screen_resume(self) -> None:
        """Go on where another screen stood in between."""
        if self.is_mounted:
            self.bahriya.feed.look_at(deployment=self.deployment)
            self.draw(self.bahriya.view)

    @property
    def run(self) -> Deployment | None:
        """The deployment as it stands; None until the feed has seen it."""
        return self.bahriya.view.deployment(self.deployment)

    def draw(self, view: View) -> None:
        """Show `view`: only the lines that changed are drawn again."""
        bar = self.query_one(TopBar)
        bar.project, bar.busy = view.project or "", self.bahriya.busy
        run, log = self.run, view.log if view.log_of == self.deployment else ()
        if run is not None:
            now, heard = self.now, present.told(log)
            self._headline(run, now)
            regions = self.query_one("#regions", Table)
            regions.styles.height = min(len(run.regions) + 1, max(4, self.size.height // 2 - 2))
            regions.show(
                Lines(
                    run.regions,
                    lambda one: str(one.region),
                    lambda one: present.region_cells(
                        one, heard.get(one.region), now, one.region in view.protected
                    ),
                )
            )
        self._show_log()
        self.refresh_bindings()

    def show_chosen(self) -> None:
        """Show the whole message of the chosen region, and its log where only that is wanted."""
        region, line = self.chosen, self.query_one("#message", Static)
        line.display = region is not None and bool(region.message)
        if region is not None:
            tone = TONES[present.message_tone(region)]
            line.update(Content.styled(f"{literal(region.region)}: {literal(region.message)}", tone))
        if self.alone:
            self._show_log()

    @property
    def chosen(self) -> RegionRun | None:
        """The region the cursor is on."""
        region: RegionRun | None = self.query_one("#regions", Table).current
        return region

    def action_copy(self) -> None:
        """Copy why the chosen region failed, or else another one; the number, where none did."""
        regions = [self.chosen] if self.chosen is not None else []
        regions += self.run.regions if self.run is not None else ()
        self.copy(next(filter(None, map(failure, regions)), str(self.deployment)))

    def action_alone(self) -> None:
        """Show the log of the chosen region alone, or that of all of them again."""
        self.alone = not self.alone
        self._show_log()

    def _show_log(self) -> None:
        view, log = self.bahriya.view, self.query_one("#log", Table)
        region = self.chosen.region if self.alone and self.chosen is not None else None
        known = view.log if view.log_of == self.deployment else ()
        events, title = present.only_of(known, region), "all regions" if region is None else region
        log.border_title = Content(f"Log of {literal(title)}")
        grown = len(events) != log.shown[0]
        log.show(Lines(events, lambda event: str(event.seq), present.log_cells), empty="No event yet.")
        if grown:
            log.scroll_end(animate=False)

    def tick(self) -> None:
        """Let durations grow while something runs."""
        if self.run is not None and self.run.state in ACTIVE:
            self.draw(self.bahriya.view)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Offer what the state of the deployment allows."""
        if action == "unlock":
            return self.run is not None and self.run.waits_for_unlock
        if action in controlling.ACTIONS:
            return self.run is not None and controlling.allowed(action, self.run)
        return True

    def action_back(self) -> None:
        """Return to the list; the deployment goes on."""
        self.bahriya.feed.look_at()
        self.dismiss()

    @flow
    async def action_unlock(self) -> None:
        """Unlock the vault, which the regions wait for."""
        await unlocking.unlock(self)

    @flow
    async def action_cancel(self) -> None:
        """Stop it."""
        if self.run is not None:
            await controlling.cancel(self, self.run)

    @flow
    async def action_retry(self) -> None:
        """Try once more what failed, and watch that."""
        if self.run is not None:
            (started,) = await controlling.retry(self, self.run)
            self._follow(started)

    @flow
    async def action_resume(self) -> None:
        """Let it go on after a hold or a gate."""
        if self.run is not None:
            await controlling.resume(self, self.run)

    @flow
    async def action_rollback(self) -> None:
        """Go back to the revision before, and watch that."""
        if self.run is not None:
            self._follow(await controlling.rollback(self, self.run))

    def _follow(self, started: Deployment | None) -> None:
        if started is not None:
            self.deployment = started.id
            self.bahriya.feed.look_at(deployment=started.id)

    def _headline(self, run: Deployment, now: str) -> None:
        lines = (
            present.headline(run, now),
            present.manner(run, self.bahriya.view.protected),
            present.waiting(run, now),
        )
        drawn = [
            Content("").join([Content.styled(text, TONES[tone]) for text, tone in one])
            for one in lines
            if one
        ]
        self.query_one("#headline", Static).update(Content("\n").join(drawn))
