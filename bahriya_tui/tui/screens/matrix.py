"""Registry by region, as the regions showed it; repaired in one place or in all that are shown."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static

from bahriya_tui.model.drift import Cell as Place
from bahriya_tui.model.errors import Failed
from bahriya_tui.tui import keys
from bahriya_tui.tui.dialogs.confirm import Confirm
from bahriya_tui.tui.dialogs.dialog import TONES
from bahriya_tui.tui.present import matrix as present
from bahriya_tui.tui.present import place
from bahriya_tui.tui.present.matrix import Row, Spot
from bahriya_tui.tui.present.text import Cell, Sheet, Tone, count
from bahriya_tui.tui.screens import unlocking
from bahriya_tui.tui.screens.base import flow, wanted
from bahriya_tui.tui.screens.listing import Listing
from bahriya_tui.tui.view import View
from bahriya_tui.tui.widgets.banner import Banner
from bahriya_tui.tui.widgets.bars import KeyBar, TopBar
from bahriya_tui.tui.widgets.detail import Detail
from bahriya_tui.tui.widgets.grid import Grid
from bahriya_tui.tui.widgets.line import Line
from bahriya_tui.tui.widgets.table import Lines

if TYPE_CHECKING:
    from bahriya_tui.operations.session import Session


class Matrix(Listing):
    """Stands above the registries; a line for each region, a column for each registry."""

    MODE = "registries"
    PLACES = ("matrix", "list", "grid")
    BINDINGS = keys.bindings("matrix", "list")
    repairing = False

    def __init__(self, registry: str = "") -> None:
        super().__init__()
        self.column = registry
        self.grid = present.Grid()
        self.drawn = present.layout(self.grid, 80, "")

    def compose(self) -> ComposeResult:
        """The grid, details where there is room, the chosen place in words, the states counted."""
        yield TopBar(self.MODE)
        yield Banner()
        with Horizontal(id="body"):
            yield Grid((), id="list")
            yield Detail(id="side")
        yield Static(id="said")
        yield Static(id="notice")
        yield Line(placeholder="words that must all occur; Enter keeps, Esc clears", id="filter")
        yield KeyBar()

    def on_mount(self) -> None:
        """Ask the feed for the matrix, and follow the chosen place."""
        self.watch(self.table, "moves", self.say_current, init=False)
        self.bahriya.feed.look_at(matrix=True)

    def on_screen_resume(self) -> None:
        """Go on where another screen stood in between."""
        self.bahriya.feed.look_at(matrix=True)

    @property
    def current(self) -> Spot | None:
        """The chosen place; None where the registry is not needed in the region."""
        row: Row | None = self.table.current
        return row.spots.get(self.column) if row else None

    def items(self, view: View) -> Sequence[Spot]:
        """Give the places that pass the filter."""
        return present.grid(view.world.matrix, self.query_one("#filter", Line).value).spots

    def key(self, item: Spot) -> str:
        """Name a place by its registry and region."""
        return f"{item.column} {item.place.region}"

    def cells(self, item: Row) -> tuple[Cell, ...]:
        """Draw a region as a line."""
        here = self.table.current
        chosen = self.column if here is not None and here.region == item.region else None
        return present.cells(item, self.drawn, self.now, chosen)

    def words(self, item: Row) -> str:
        """Give what was looked through: a line without a match was left out before."""
        return self.query_one("#filter", Line).value.lower() or item.region

    def sheet(self, item: Spot) -> Sheet:
        """Tell all about a place."""
        return place.sheet(item, self.bahriya.view, self.now)

    def empty(self, view: View) -> str:
        """Say when a place comes about."""
        if view.world.matrix is None:
            return "Looking …"
        if view.world.matrix.cells:
            return "Nothing matches the filter."
        return (
            "No registry is needed in any region yet.\n"
            "Deploy a container that is linked to one: "
            f"{keys.sign('app.containers')}, then {keys.sign('containers.deploy')}."
        )

    @on(Grid.Resized)
    def fit(self) -> None:
        """Choose the columns that fit."""
        self.draw(self.bahriya.view)

    @on(Input.Changed, "#filter")
    def narrow_places(self) -> None:
        """Keep the places that match."""
        self.draw(self.bahriya.view)

    def draw(self, view: View) -> None:
        """Show `view`: only the lines that changed are drawn again."""
        bar = self.query_one(TopBar)
        bar.project, bar.busy = view.project or "", self.bahriya.busy
        words = self.query_one("#filter", Line).value
        self.grid = present.grid(view.world.matrix, words, view.protected)
        if self.grid.columns and self.column not in self.grid.columns:
            self.column = self.grid.columns[0]
        self._show()
        self.warn(view)

    def _show(self) -> None:
        table = self.query_one("#list", Grid)
        self.drawn = present.layout(self.grid, table.size.width, self.column)
        table.show_columns(self.drawn.columns)
        lines = Lines(self.grid.rows, lambda row: str(row.region), self.cells, self.words)
        table.show(lines, empty=self.empty(self.bahriya.view))
        self.notice()

    def notice(self) -> None:
        """Count the states, and say how much of the matrix is drawn."""
        matrix = self.bahriya.view.world.matrix
        parts = present.summary(self.grid, len(matrix.reading) if matrix else 0, self.now)
        if len(self.grid.spots) < self.grid.total:
            parts.append((f"  {len(self.grid.spots)} of {count(self.grid.total, 'place')}", "dim"))
        if len(self.drawn.registries) < len(self.grid.columns):
            first = self.grid.columns.index(self.drawn.registries[0]) + 1
            last = first + len(self.drawn.registries) - 1
            parts.append((f"  registries {first}-{last} of {len(self.grid.columns)}", "dim"))
        line = self.query_one("#notice", Static)
        line.update(_styled(parts))
        line.display = bool(parts)

    def say_current(self) -> None:
        """Tell of the chosen place below the grid, also where there is no room for details."""
        row: Row | None = self.table.current
        said = present.sentence(self.current, self.column, row.region, self.now) if row else []
        self.query_one("#said", Static).update(_styled(said))

    def action_across(self, columns: int) -> None:
        """Move to another registry."""
        if self.grid.columns:
            index = self.grid.columns.index(self.column) + columns
            self.column = self.grid.columns[max(0, min(index, len(self.grid.columns) - 1))]
            self._show()

    def action_back(self) -> None:
        """Return to the registries."""
        self.bahriya.feed.look_at()
        self.dismiss()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what helps with the chosen place, or with any of those shown."""
        if action == "project":
            return False
        if not self.is_mounted:
            return True
        if action == "back":
            return not super().check_action("unfilter", ())
        if action == "read":
            return bool(self.grid.spots)
        if action == "repair":
            return self.current is not None and self.current.mendable
        if action == "repair_all":
            return any(spot.mendable for spot in self.grid.spots)
        if action == "unlock":
            return any(spot.rewriting and spot.rewriting.waits_for_unlock for spot in self.grid.spots)
        return super().check_action(action, parameters)

    @flow
    async def action_read(self) -> None:
        """Have the regions that are shown read back; the lines change as each of them answers."""
        from bahriya_tui.operations import matrix

        app, project = self.bahriya, self.bahriya.open_project
        regions = [row.region for row in self.grid.rows]
        await app.change(
            f"asking {count(len(regions), 'region')}",
            lambda s: matrix.request_read_back(s, project, regions),
        )

    @flow
    async def action_unlock(self) -> None:
        """Unlock the vault, which repairs wait for."""
        await unlocking.unlock(self)

    @flow
    async def action_repair(self) -> None:
        """Write the pull secrets of the chosen place again."""
        await self._repair([wanted(self.current)], narrowed=False)

    @flow
    async def action_repair_all(self) -> None:
        """Write all of those shown again."""
        spots = [spot for spot in self.grid.spots if spot.mendable]
        await self._repair(spots, narrowed=len(self.grid.spots) < self.grid.total)

    async def _repair(self, spots: Sequence[Spot], *, narrowed: bool) -> None:
        """Look first, ask with what was found, then write again and look once more."""
        if self.repairing:
            return
        self.repairing = True
        try:
            places = await self._look([spot.place for spot in spots])
            says = present.repair_says(places, narrowed)
            asked = Confirm(f"Repair {_named(places)}", says, "Write again")
            if await self.app.push_screen_wait(asked):
                await self._write(places)
        finally:
            self.repairing = False

    async def _look(self, places: Sequence[Place]) -> list[Place]:
        """Read the regions back and give what is to be repaired still; raise `Failed` when nothing is."""
        from bahriya_tui.operations import matrix

        app, project = self.bahriya, self.bahriya.open_project
        regions = {one.region for one in places}

        def verb(s: "Session") -> list[Place]:
            matrix.read_back(s, project, regions)
            return matrix.matrix(s, project)

        chosen = {(one.registry, one.region) for one in places}
        found = await app.change(f"reading {count(len(regions), 'region')} first", verb)
        there = [one for one in found if (one.registry, one.region) in chosen]
        mendable = [one for one in there if one.rewrite]
        if not mendable:
            states = ", ".join(f"{one.registry} in {one.region} is {one.state}" for one in there[:3])
            raise Failed(
                f"nothing can be repaired now: {states or 'it is gone'}",
                f"{keys.sign('matrix.read')} reads all regions again",
            )
        return mendable

    async def _write(self, places: Sequence[Place]) -> None:
        from bahriya_tui.operations import matrix, push, vault

        app, project = self.bahriya, self.bahriya.open_project
        if await app.change("looking at the vault", vault.is_locked):
            await unlocking.unlock(self)

        def verb(s: "Session") -> list[str]:
            left = push.wait_writes(s, matrix.repair(s, project, places), matrix.REPAIR_SECONDS)
            matrix.request_read_back(s, project, {one.region for one in places})
            return [f"{one.name} in {one.region} is not repaired yet: {one.last_error}." for one in left]

        left = await app.change(f"repairing {_named(places)}", verb)
        if left:
            app.say(*left[:5], "The worker keeps trying.", severity="warning")
        else:
            app.say(f"Repaired: {_named(places)}.")


def _named(places: Sequence[Place]) -> str:
    if len(places) == 1:
        return f"{places[0].registry} in {places[0].region}"
    return count(len(places), "place")


def _styled(parts: Sequence[tuple[str, Tone]]) -> Content:
    return Content("").join([Content.styled(text, TONES[tone]) for text, tone in parts])
