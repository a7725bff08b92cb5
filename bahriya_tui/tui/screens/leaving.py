"""What is on its way out of regions: the deletion of one registry, and all that is pending."""

from abc import abstractmethod
from collections.abc import Iterable
from typing import Any

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from bahriya_tui.model.registry import Registry
from bahriya_tui.tui import keys
from bahriya_tui.tui.dialogs.dialog import TONES
from bahriya_tui.tui.present import deletion, removals
from bahriya_tui.tui.present.text import Cell, Column, Tone, count
from bahriya_tui.tui.screens.base import BahriyaScreen, flow, wanted
from bahriya_tui.tui.view import View
from bahriya_tui.tui.widgets.bars import KeyBar, TopBar
from bahriya_tui.tui.widgets.table import Lines, Table


class Leaving(BahriyaScreen):
    """A headline, lines that each belong to a region, and all about the chosen one."""

    PLACES = ("leaving",)
    BINDINGS = keys.bindings(*PLACES)
    VERTICAL_BREAKPOINTS = [(0, "-short"), (16, "-tall")]  # noqa: RUF012
    COLUMNS: tuple[Column, ...]

    def __init__(self, mode: str) -> None:
        super().__init__()
        self.mode = mode

    def compose(self) -> ComposeResult:
        """The headline, the lines, the chosen one in full."""
        yield TopBar(self.mode)
        yield Static(id="headline")
        yield Table(self.COLUMNS, id="left")
        yield Static(id="message")
        yield KeyBar()

    def on_mount(self) -> None:
        """Show what is known, and let the time go on."""
        table = self.query_one("#left", Table)
        self.watch(table, "moves", self.show_chosen, init=False)
        table.focus()
        self.query_one("#message").display = True
        self.draw(self.bahriya.view)
        self.set_interval(1, self.tick)

    def on_screen_resume(self) -> None:
        """Catch up where another screen stood in between."""
        if self.is_mounted:
            self.draw(self.bahriya.view)

    def draw(self, view: View) -> None:
        """Show `view`: only the lines that changed are drawn again."""
        bar = self.query_one(TopBar)
        bar.project, bar.busy = view.project or "", self.bahriya.busy
        lines = [_styled(line) for line in self.headline(view)]
        self.query_one("#headline", Static).update(Content("\n").join(lines))
        self.query_one("#left", Table).show(self.lines(view), empty="Nothing is pending.")

    @abstractmethod
    def headline(self, view: View) -> Iterable[Cell]:
        """Give the lines above the list."""

    @abstractmethod
    def lines(self, view: View) -> Lines:
        """Give the list."""

    @abstractmethod
    def sentence(self, item: Any) -> tuple[str, Tone]:
        """Tell all about the chosen line."""

    @property
    def current(self) -> Any | None:
        """The chosen line."""
        return self.query_one("#left", Table).current

    def show_chosen(self) -> None:
        """Tell all about the chosen line below the list."""
        told = _styled((self.sentence(self.current),)) if self.current is not None else Content("")
        self.query_one("#message", Static).update(told)
        self.refresh_bindings()

    def tick(self) -> None:
        """Let ages grow and the next tries come nearer."""
        if self.bahriya.view.world.removals:
            self.draw(self.bahriya.view)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Offer a try where something is left to be tried."""
        if action == "try_now":
            return self.is_mounted and self.current is not None and self.left_in(self.current) > 0
        return True

    def left_in(self, item: Any) -> int:
        """Count what is pending in the region of a line."""
        return len(self.bahriya.view.removals.get(item.region, ()))

    def action_back(self) -> None:
        """Return to the list; the worker goes on."""
        self.dismiss()

    @flow
    async def action_try_now(self) -> None:
        """Have the worker try the chosen region now."""
        from bahriya_tui.operations.removals import try_removals

        app, region = self.bahriya, wanted(self.current).region
        tried = await app.change(f"trying {region}", lambda s: try_removals(s, region))
        app.say(f"{count(tried, 'removal')} in {region} {'is' if tried == 1 else 'are'} tried now.")


class Deleting(Leaving):
    """How far the deletion of a registry is, region by region, until nothing is left of it."""

    COLUMNS = deletion.COLUMNS

    def __init__(
        self, mode: str, registry: Registry, regions: Iterable[str] = (), *, unlinked: int = 0
    ) -> None:
        super().__init__(mode)
        self.registry, self.unlinked = registry, unlinked
        self.regions = frozenset(regions)
        """Where it was; remembered when the registry itself has gone."""
        self.places: tuple[deletion.Place, ...] = ()

    def draw(self, view: View) -> None:
        """Show `view`."""
        far = view.world.deletions.get(self.registry.id)
        if far is not None:
            self.regions = frozenset((*far.confirmed, *far.put_off, *far.waiting))
        there = self._there(view)
        left = [one for one in view.world.removals if one.registry_id == self.registry.id]
        # A picture from before the deletion shows the registry as it was.
        self.places = deletion.places(self.regions, left, begun=there is None or there.deleting)
        super().draw(view)

    def headline(self, view: View) -> Iterable[Cell]:
        """Say how far it is, and what comes next."""
        gone = self._there(view) is None
        return deletion.headline(self.registry.handle, self.places, gone=gone, unlinked=self.unlinked)

    def lines(self, view: View) -> Lines:  # noqa: ARG002
        """One line for each region."""
        return Lines(self.places, lambda one: str(one.region), lambda one: deletion.cells(one, self.now))

    def sentence(self, item: deletion.Place) -> tuple[str, Tone]:
        """Tell all about a region."""
        return deletion.sentence(item, self.now)

    def left_in(self, item: deletion.Place) -> int:
        """Count what the deletion still waits for in a region."""
        return len(item.left)

    def _there(self, view: View) -> Registry | None:
        return next((one for one in view.world.registries if one.id == self.registry.id), None)


class Pending(Leaving):
    """All that still has to go from regions, of whatever registry or container."""

    COLUMNS = removals.COLUMNS

    def headline(self, view: View) -> Iterable[Cell]:
        """Sum it up."""
        left = view.world.removals
        tone: Tone = "warn" if left else "good"
        yield ((f"{'▲' if left else '●'} {removals.summary(left)}", tone),)
        yield (("The worker keeps trying, whether or not anybody looks.", "dim"),) if left else ()

    def lines(self, view: View) -> Lines:
        """One line for each removal, oldest first."""
        return Lines(view.world.removals, lambda one: str(one.id), lambda one: removals.cells(one, self.now))

    def sentence(self, item: Any) -> tuple[str, Tone]:
        """Tell all about a removal."""
        return removals.sentence(item, self.now), "warn"


def _styled(line: Cell) -> Content:
    return Content("").join([Content.styled(text, TONES[tone]) for text, tone in line])
