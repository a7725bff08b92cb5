"""The flow behind `d`: ask for the order, start, and offer to replace deployments that are under way."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bahriya_tui.model.container import Container
from bahriya_tui.model.deployment import ACTIVE, Deployment
from bahriya_tui.model.errors import InUse
from bahriya_tui.model.waves import canaries, elsewhere
from bahriya_tui.tui import together
from bahriya_tui.tui.dialogs.confirm import Confirm
from bahriya_tui.tui.dialogs.deploy_form import DeployDraft, DeployForm
from bahriya_tui.tui.present.text import Tone, listed
from bahriya_tui.tui.screens.base import BahriyaScreen
from bahriya_tui.tui.together import Outcome

if TYPE_CHECKING:
    from bahriya_tui.operations.deploy import Plan
    from bahriya_tui.operations.session import Session
    from bahriya_tui.operations.way import Careful


async def deploy(screen: BahriyaScreen, *containers: Container) -> list[Deployment]:
    """Start a deployment of each of `containers`; none when the operator turned back."""
    app, handles = screen.bahriya, [one.handle for one in containers]
    latest = [app.view.latest.get(one.id) for one in containers]
    busy = [run for run in latest if run is not None and run.state in ACTIVE]
    if busy and not await app.push_screen_wait(_replacing(busy)):
        return []

    async def start(draft: DeployDraft) -> Outcome[Deployment]:
        outcome = await app.change(
            f"deploying {listed(handles)}", lambda s: _start(s, containers, draft, {run.id for run in busy})
        )
        if len(containers) > 1:
            told = [elsewhere(run.container, draft.canary, run.canary) for run in outcome.done.values()]
            app.say(*outcome.told("being deployed"), *told, severity=outcome.severity)
        return outcome

    outcome = await screen.fill(lambda: DeployForm(containers, app.view.protected, app.view.usable), start)
    return [] if outcome is None else list(outcome.done.values())


def _start(
    s: "Session", containers: Sequence[Container], draft: DeployDraft, replaced: set[int]
) -> Outcome[Deployment]:
    """Start together what can be planned, so that the worker does once what they share."""
    from bahriya_tui.operations import deploy as operations

    regions = {one.handle: one.regions for one in containers}
    first = canaries(regions, draft.canary) if draft.canary else {}

    def plan(handle: str) -> "Plan":
        project = containers[0].project
        careful: Careful = {**draft.careful, "canary": first.get(handle)}
        (one,) = operations.plan_deployment(s, project, [handle], force=draft.force, **careful)
        if one.active is not None and one.active.id not in replaced:
            told = f"deployment {one.active.id} of {handle} was started meanwhile"
            raise InUse(told, "deploy again to replace it")
        return one

    plans = together.each([one.handle for one in containers], plan)
    started = operations.start_deployments(s, list(plans.done.values()), replace=bool(replaced))
    return Outcome({run.container: run for run in started}, plans.refused)


def _replacing(busy: Sequence[Deployment]) -> Confirm:
    says: list[tuple[str, Tone]] = [
        (f"Deployment {run.id} of {run.container} is {run.state}.", "warn") for run in busy
    ]
    one = len(busy) == 1
    it, keep = ("It is", "that have it keep it") if one else ("They are", "that have them keep them")
    says.append((f"{it} cancelled first; regions {keep} until the new one reaches them.", ""))
    what = "deployment" if one else "deployments"
    return Confirm(f"Replace {what} {listed([str(run.id) for run in busy])}", says, "Replace")
