"""What is written down of one region on its way, and how it ended."""

from typing import TYPE_CHECKING, Any

from bahriya_tui.cluster import namespace as namespaces
from bahriya_tui.cluster.errors import Unreachable
from bahriya_tui.cluster.marks import kept_by
from bahriya_tui.cluster.rollout import Rollout
from bahriya_tui.cluster.transport import Transport
from bahriya_tui.model import clock
from bahriya_tui.model.errors import BahriyaError, StoreUnwritable
from bahriya_tui.store import containers, regions, removals, secrets
from bahriya_tui.worker import unforeseen
from bahriya_tui.worker.recorder import FenceLost
from bahriya_tui.worker.run import Cancelled, Halted, Held, Run

if TYPE_CHECKING:
    from sqlite_utils import Database


def warn(run: Run, region: str, applied: dict[str, Any]) -> None:
    """Tell at once of another tool that keeps the workload, and will undo what was applied."""
    if warning := kept_by(applied):
        thing = f"{applied['kind'].lower()} {run.deployment.container}"
        run.recorder.tell(region, "warning", f"{thing}: {warning}")


def note_running(run: Run, region: str, shown: dict[str, Any], done: Rollout | None) -> None:
    """Write down that a region runs the new revision, and let go what only the old one pulled with.

    A CronJob, which has no rollout, is scheduled as soon as it is there.
    """
    message = done.message if done is not None else f"scheduled: {run.deployment.spec.schedule}"
    warning = kept_by(shown)
    run.recorder.region(
        region,
        "running",
        f"{message}; {warning}" if warning else message,
        updated=None if done is None else done.updated,
        replicas=None if done is None else done.replicas,
        also=lambda tx: _collect_secrets(tx, run.deployment.project, region),
    )


def prepare_namespace(run: Run, region: str, transport: Transport) -> None:
    """Make sure of the project's namespace, where it was not seen in this region before."""
    project = run.deployment.project
    if run.resources.store.look_up(lambda c: regions.namespace_known(c, region, project)):
        return
    run.recorder.region(region, "preflight", also=lambda tx: regions.seen(tx, region, clock.now()))
    namespaces.ensure(transport, project)
    with run.resources.store.write() as tx:
        regions.note_namespace(tx, region, project)


def write_end(run: Run, region: str, error: Exception) -> None:
    """Write down how a region ended whose way was cut short by `error`.

    What says that nothing may, or can, be written is raised again.
    """
    if isinstance(error, FenceLost | Halted | StoreUnwritable):
        raise error
    if isinstance(error, Cancelled):
        run.recorder.region(region, "cancelled", _cancelled(run, region))
    elif isinstance(error, Held):
        words = f"{error}; to go on: bahriya deployment resume {run.deployment.id}"
        run.recorder.region(region, "held", words)
    elif isinstance(error, Unreachable):
        _unreachable(run, region, error.message)
    elif isinstance(error, BahriyaError):
        run.recorder.region(region, "failed", str(error))
    else:
        run.recorder.region(region, "failed", unforeseen.report(error))


def _cancelled(run: Run, region: str) -> str:
    """Say what a region is left with that was cancelled."""
    of = run.deployment
    placed = run.resources.store.read(lambda c: containers.placements(c, of.project, of.container, region))
    if of.kind == "deploy" and any(one.deployment == of.id for one in placed):
        return "cancelled; this revision was applied before, and stays"
    return "cancelled before the workload was touched"


def _unreachable(run: Run, region: str, why: str) -> None:
    run.recorder.region(
        region,
        "unreachable",
        f"region cannot be reached: {why}; once it can: bahriya deployment retry {run.deployment.id}",
        also=lambda tx: regions.seen(tx, region, clock.now(), why),
    )


def _collect_secrets(tx: "Database", project: str, region: str) -> None:
    """Let the pull secrets go that nothing there needs, now that the old pods are gone."""
    for secret in secrets.unneeded(tx.conn, project, region):
        removals.add(
            tx,
            project=project,
            region=region,
            kind="Secret",
            name=secret.name,
            uid=secret.uid,
            reason="nothing there pulls with it any more",
            now=clock.now(),
        )
