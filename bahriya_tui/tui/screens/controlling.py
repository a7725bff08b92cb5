"""The flows that steer a deployment: cancel, retry, resume, roll back; and when each of them makes sense."""

from bahriya_tui.model.deployment import ACTIVE, Deployment
from bahriya_tui.tui.dialogs.confirm import Confirm
from bahriya_tui.tui.dialogs.deploy_form import DeployDraft, RollBackForm
from bahriya_tui.tui.present.text import Tone
from bahriya_tui.tui.screens.base import BahriyaScreen

ACTIONS = frozenset({"cancel", "retry", "resume", "rollback"})


def allowed(action: str, run: Deployment) -> bool:
    """Tell whether `action` makes sense for `run` as it stands."""
    if action == "cancel":
        return run.state in ("queued", "running", "held")
    if action == "retry":
        return run.state in ("failed", "partial", "cancelled")
    if action == "resume":
        return run.state == "held"
    return run.state not in ACTIVE and run.kind == "deploy" and run.revision > 1


async def cancel(screen: BahriyaScreen, run: Deployment) -> None:
    """Stop `run` after a question."""
    from bahriya_tui.operations import control

    says: list[tuple[str, Tone]] = [
        (f"Regions of {run.container} that have not ended yet stop where they are.", "warn"),
        ("Regions that run the new revision keep it. b rolls them back afterwards.", ""),
    ]
    app = screen.bahriya
    asked = Confirm(f"Cancel deployment {run.id}", says, "Cancel the deployment", no="Let it run")
    if await app.push_screen_wait(asked):
        await app.change(f"cancelling {run.id}", lambda s: control.cancel(s, run.id))
        app.say(f"Deployment {run.id} is being cancelled.")


async def resume(screen: BahriyaScreen, run: Deployment) -> None:
    """Let a held deployment go on; a gate is open from then on."""
    from bahriya_tui.operations import control

    app = screen.bahriya
    await app.change(f"resuming {run.id}", lambda s: control.resume(s, run.id))
    app.say(f"Deployment {run.id} goes on.")


async def retry(screen: BahriyaScreen, run: Deployment) -> Deployment:
    """Try the regions that failed once more."""
    from bahriya_tui.operations import control

    app = screen.bahriya
    started = await app.change(f"retrying {run.id}", lambda s: control.retry(s, run.id))
    app.say(f"Deployment {started.id} tries {run.container} once more.")
    return started


async def rollback(screen: BahriyaScreen, run: Deployment) -> Deployment | None:
    """Deploy the revision before `run`, in the order that is chosen."""
    from bahriya_tui.operations import control

    app = screen.bahriya
    places = next((one.regions for one in app.view.world.containers if one.id == run.container_id), ())

    async def start(draft: DeployDraft) -> Deployment:
        return await app.change(
            f"rolling back {run.id}", lambda s: control.rollback(s, run.id, **draft.careful)
        )

    started = await screen.fill(lambda: RollBackForm(run, places), start)
    if started is not None:
        app.say(f"Deployment {started.id} rolls {run.container} back.")
    return started
