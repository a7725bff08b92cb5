"""The audit log: who did what and what came of it; and whether the log is as it was written."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bahriya_tui.model.audit import Entry
from bahriya_tui.tui import keys
from bahriya_tui.tui.present import audit as present
from bahriya_tui.tui.present import orders
from bahriya_tui.tui.present.text import Cell, Sheet
from bahriya_tui.tui.screens.base import flow
from bahriya_tui.tui.screens.listing import Listing
from bahriya_tui.tui.view import View


class Audit(Listing):
    """The newest entries of the whole organisation, newest first."""

    MODE = "audit"
    OF_A_PROJECT = False
    COLUMNS = present.COLUMNS
    PLACES = (MODE, "list")
    BINDINGS = keys.bindings(*PLACES)

    def items(self, view: View) -> Sequence[Entry]:
        """Give the entries."""
        return view.world.audit

    def key(self, item: Entry) -> str:
        """Name an entry by its number."""
        return str(item.seq)

    def cells(self, item: Entry) -> tuple[Cell, ...]:
        """Draw one as a line."""
        return present.cells(item)

    def words(self, item: Entry) -> str:
        """Give what the filter looks through."""
        return present.words(item)

    def orders(self, view: View) -> Mapping[str, Callable[[Any], Any]]:  # noqa: ARG002
        """Give what is compared to sort by a column."""
        return orders.entries()

    def sheet(self, item: Entry) -> Sheet:
        """Tell all about one."""
        return present.sheet(item, self.now)

    def empty(self, view: View) -> str:  # noqa: ARG002
        """Say what would be here."""
        return "Nothing was done yet. Every change and every opening of a credential is written down here."

    @flow
    async def action_verify(self) -> None:
        """Look for entries that were edited, removed or cut off, also by what regions remember."""
        from bahriya_tui.operations import audit

        app = self.bahriya
        found = await app.change("verifying the audit log", audit.verify_log)
        app.say(*audit.sentences(found), severity="error" if found.findings else "information")
