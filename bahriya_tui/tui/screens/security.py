"""Security: what protects this installation, measured when one looks and when one asks again."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from textual.content import Content

from bahriya_tui.model.finding import Finding
from bahriya_tui.tui import keys
from bahriya_tui.tui.present import lint, orders
from bahriya_tui.tui.present import security as present
from bahriya_tui.tui.present.text import Cell, Sheet, moment
from bahriya_tui.tui.screens import unlocking
from bahriya_tui.tui.screens.base import flow
from bahriya_tui.tui.screens.listing import Listing
from bahriya_tui.tui.view import View


class Security(Listing):
    """The findings of `bahriya doctor`, and the advice of `bahriya registry lint`."""

    MODE = "security"
    OF_A_PROJECT = False
    COLUMNS = present.COLUMNS
    PLACES = (MODE, "list")
    BINDINGS = keys.bindings(*PLACES)
    findings: Sequence[Finding] = ()
    listed: Sequence[Finding] = ()
    """These with the advice on registries, as it is shown."""
    measured_at = ""
    measuring = False

    def on_mount(self) -> None:
        """Measure once one looks: never at start-up, where it would cost time."""
        self.action_measure()

    def items(self, view: View) -> Sequence[Finding]:
        """Give the findings, and below them the advice on the registries of the project."""
        # Not before the findings are known: the cursor would stay on what comes below them.
        self.listed = [*self.findings, *lint.findings(view, self.now)] if self.findings else ()
        return self.listed

    def key(self, item: Finding) -> str:
        """Name a finding."""
        return present.key(item)

    def cells(self, item: Finding) -> tuple[Cell, ...]:
        """Draw one as a line."""
        return present.cells(item)

    def words(self, item: Finding) -> str:
        """Give what the filter looks through."""
        return present.words(item)

    def orders(self, view: View) -> Mapping[str, Callable[[Any], Any]]:  # noqa: ARG002
        """Give what is compared to sort by a column."""
        return orders.findings()

    def sheet(self, item: Finding) -> Sheet:
        """Tell all about one."""
        return present.sheet(item, self.measured_at)

    def empty(self, view: View) -> str:  # noqa: ARG002
        """Say why there is nothing to see."""
        return f"Nothing was measured yet. Press {keys.sign('security.measure')} to measure."

    def remark(self) -> Content:
        """Say how good it all is, and as of when."""
        told = present.summed_up(self.listed, self.measured_at)
        return Content.styled(told, "$text-muted")

    @flow
    async def action_unlock(self) -> None:
        """Unlock the vault; its passphrase is typed into another process."""
        await unlocking.unlock(self)
        self.action_measure()

    @flow
    async def action_lock(self) -> None:
        """Let the vault forget its keys."""
        from bahriya_tui.operations import vault

        ended = await self.bahriya.change("locking the vault", vault.lock)
        self.bahriya.say("The vault is locked." if ended else "Nothing was unlocked.")
        self.action_measure()

    @flow
    async def action_measure(self) -> None:
        """Measure everything; what was measured before stays until then."""
        from bahriya_tui.operations import doctor

        if self.measuring:
            return
        app, self.measuring = self.bahriya, True
        try:
            self.findings = await app.change("measuring", lambda s: doctor.examine(s.places))
        finally:
            self.measuring = False
        self.measured_at = f"{moment(app.clock())} UTC"
        app.redraw()
