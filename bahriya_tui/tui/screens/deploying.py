"""The flow behind `d`: ask for the order, start, and offer to replace a deployment that is under way."""

from typing import TYPE_CHECKING

from bahriya_tui.model.container import Container
from bahriya_tui.model.deployment import ACTIVE, Deployment
from bahriya_tui.tui.dialogs.confirm import Confirm
from bahriya_tui.tui.dialogs.deploy_form import DeployDraft, DeployForm
from bahriya_tui.tui.present.text import Tone
from bahriya_tui.tui.screens.base import BahriyaScreen

if TYPE_CHECKING:
    from bahriya_tui.operations.session import Session


async def deploy(screen: BahriyaScreen, container: Container) -> Deployment | None:
    """Start a deployment of `container`; None when the operator turned back."""
    app = screen.bahriya
    running = app.view.latest.get(container.id)
    replace = running is not None and running.state in ACTIVE
    if running is not None and replace:
        says: list[tuple[str, Tone]] = [
            (f"Deployment {running.id} of {container.handle} is {running.state}.", "warn"),
            ("It is cancelled first; regions that have it keep it until the new one reaches them.", ""),
        ]
        if not await app.push_screen_wait(Confirm(f"Replace deployment {running.id}", says, "Replace")):
            return None

    async def start(draft: DeployDraft) -> Deployment:
        def verb(session: "Session") -> Deployment:
            from bahriya_tui.operations import deploy as operations

            (plan,) = operations.plan_deployment(
                session, container.project, [container.handle], **draft.careful
            )
            return operations.start_deployment(session, plan, replace=replace)

        return await app.change(f"deploying {container.handle}", verb)

    return await screen.fill(lambda: DeployForm(container), start)
