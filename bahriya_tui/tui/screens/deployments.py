"""Deployments: what was done and what is being done; start, cancel, retry, roll back."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bahriya_tui.model.deployment import Deployment
from bahriya_tui.model.errors import NotFound
from bahriya_tui.tui import keys
from bahriya_tui.tui.dialogs.deploy_form import Pick
from bahriya_tui.tui.present import deployments as present
from bahriya_tui.tui.present import orders
from bahriya_tui.tui.present.text import Cell, Sheet
from bahriya_tui.tui.screens import controlling
from bahriya_tui.tui.screens.base import flow, wanted
from bahriya_tui.tui.screens.deploying import deploy
from bahriya_tui.tui.screens.listing import Listing
from bahriya_tui.tui.screens.run import Run
from bahriya_tui.tui.view import View


class Deployments(Listing):
    """The deployments of the project, newest first: of the old ones those that have not ended."""

    MODE, NOUN = "deployments", "deployment"
    FOR_MANY = frozenset({"cancel", "retry"})
    COLUMNS = present.COLUMNS
    PLACES = (MODE, "list")
    BINDINGS = keys.bindings(*PLACES)

    def items(self, view: View) -> Sequence[Deployment]:
        """Give the deployments."""
        return view.world.listed

    def key(self, item: Deployment) -> str:
        """Name a deployment by its number."""
        return str(item.id)

    def cells(self, item: Deployment) -> tuple[Cell, ...]:
        """Draw one as a line."""
        return present.cells(item, self.now)

    def words(self, item: Deployment) -> str:
        """Give what the filter looks through."""
        return present.words(item)

    def orders(self, view: View) -> Mapping[str, Callable[[Any], Any]]:  # noqa: ARG002
        """Give what is compared to sort by a column."""
        return orders.deployments(self.now)

    def sheet(self, item: Deployment) -> Sheet:
        """Tell all about one."""
        return present.sheet(item, self.now)

    def empty(self, view: View) -> str:  # noqa: ARG002
        """Say how the first one comes about."""
        return f"Nothing was deployed yet. Press {keys.sign('deployments.new')} to choose a container."

    @property
    def chosen(self) -> Deployment:
        """The deployment that is acted on; keys that need one work only then."""
        deployment: Deployment = self.one()
        return deployment

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what the state of one of the deployments that are acted on allows."""
        if action in controlling.ACTIONS and self.is_mounted:
            return any(controlling.allowed(action, run) for run in self.targets)
        return super().check_action(action, parameters)

    def action_details(self) -> None:
        """Watch the chosen one, live or from the record."""
        self.app.push_screen(Run(self.MODE, wanted(self.current).id))

    @flow
    async def action_new(self) -> None:
        """Deploy a container."""
        containers = {c.handle: c for c in self.bahriya.view.world.containers}
        if not containers:
            raise NotFound(
                "there is no container to deploy",
                f"press {keys.sign('app.containers')}, then {keys.sign('containers.new')}, to describe one",
            )
        options = tuple((handle, f"{handle}  {c.image}") for handle, c in containers.items())
        handle = await self.app.push_screen_wait(Pick("Deploy", "Container", options, "", "Next"))
        if handle is not None:
            for started in await deploy(self, containers[handle]):
                self.app.push_screen(Run(self.MODE, started.id))

    @flow
    async def action_cancel(self) -> None:
        """Stop them."""
        await controlling.cancel(self, *self.targets)

    @flow
    async def action_retry(self) -> None:
        """Try once more what failed of them."""
        await controlling.retry(self, *self.targets)

    @flow
    async def action_resume(self) -> None:
        """Let the chosen one go on after a hold or a gate."""
        await controlling.resume(self, self.chosen)

    @flow
    async def action_rollback(self) -> None:
        """Go back to the revision before."""
        await controlling.rollback(self, self.chosen)
