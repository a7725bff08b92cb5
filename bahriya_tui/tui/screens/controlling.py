"""The flows that steer a deployment: cancel, retry, resume, roll back; and when each of them makes sense."""

from bahriya_tui.model.deployment import ACTIVE, Deployment
from bahriya_tui.tui import together
from bahriya_tui.tui.dialogs.confirm import Confirm
from bahriya_tui.tui.dialogs.deploy_form import DeployDraft, RollBackForm
from bahriya_tui.tui.present.text import Tone, listed
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


async def cancel(screen: BahriyaScreen, *runs: Deployment) -> None:
    """Stop `runs` after one question."""
    from bahriya_tui.operations import control

    app, numbers, one = screen.bahriya, [str(run.id) for run in runs], len(runs) == 1
    going = [run for run in runs if one or allowed("cancel", run)]
    says: list[tuple[str, Tone]] = [
        (f"Regions of {run.container} that have not ended yet stop where they are.", "warn") for run in going
    ]
    says.append(("Regions that run the new revision keep it. b rolls them back afterwards.", ""))
    what, no = ("deployment", "Let it run") if len(going) == 1 else ("deployments", "Let them run")
    title = f"Cancel {what} {listed([str(run.id) for run in going])}"
    if await app.push_screen_wait(Confirm(title, says, f"Cancel the {what}", no=no)):
        ended = await together.one_by_one(
            numbers,
            lambda number: app.change(f"cancelling {number}", lambda s: control.cancel(s, int(number))),
        )
        told = [f"Deployment {numbers[0]} is being cancelled."] if one else ended.told("being cancelled")
        app.say(*told, severity=ended.severity)


async def resume(screen: BahriyaScreen, run: Deployment) -> None:
    """Let a held deployment go on; a gate is open from then on."""
    from bahriya_tui.operations import control

    app = screen.bahriya
    await app.change(f"resuming {run.id}", lambda s: control.resume(s, run.id))
    app.say(f"Deployment {run.id} goes on.")


async def retry(screen: BahriyaScreen, *runs: Deployment) -> list[Deployment]:
    """Try the regions that failed once more; gives what was started."""
    from bahriya_tui.operations import control

    app, numbers = screen.bahriya, [str(run.id) for run in runs]
    tried = await together.one_by_one(
        numbers, lambda number: app.change(f"retrying {number}", lambda s: control.retry(s, int(number)))
    )
    started = list(tried.done.values())
    told = tried.told("tried once more")
    if len(runs) == 1:
        told = [f"Deployment {started[0].id} tries {started[0].container} once more."]
    app.say(*told, severity=tried.severity)
    return started


async def rollback(screen: BahriyaScreen, run: Deployment) -> Deployment | None:
    """Deploy the revision before `run`, in the order that is chosen."""
    from bahriya_tui.operations import control

    app = screen.bahriya
    places = next((one.regions for one in app.view.world.containers if one.id == run.container_id), ())
    notes = await app.change(
        f"looking up {run.id}",
        lambda s: control.not_current(s.connection, control.before(s.connection, run).spec),
    )

    async def start(draft: DeployDraft) -> Deployment:
        return await app.change(
            f"rolling back {run.id}", lambda s: control.rollback(s, run.id, **draft.careful)
        )

    started = await screen.fill(lambda: RollBackForm(run, places, app.view.protected, notes), start)
    if started is not None:
        app.say(f"Deployment {started.id} rolls {run.container} back.")
    return started
