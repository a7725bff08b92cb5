"""One region of a deployment, from the first connection to the end of its rollout."""

from typing import TYPE_CHECKING, Any

from bahriya_tui.cluster import namespace as namespaces
from bahriya_tui.cluster.marks import kept_by
from bahriya_tui.cluster.rollout import Rollout
from bahriya_tui.cluster.transport import Transport
from bahriya_tui.model import clock
from bahriya_tui.store import regions, removals, secrets
from bahriya_tui.worker import access
from bahriya_tui.worker.opener_batch import OpenerBatches
from bahriya_tui.worker.pull_secret_step import apply_secret
from bahriya_tui.worker.rolling import roll
from bahriya_tui.worker.run import Run
from bahriya_tui.worker.workload_step import apply_workload

if TYPE_CHECKING:
    from sqlite_utils import Database


def deploy_region(run: Run, region: str, batches: OpenerBatches) -> None:
    """Take every step in one region; what goes wrong is raised, for the caller to write down."""
    resources = run.resources
    with access.transport(resources.region(region), resources.places, run.before_change) as transport:
        transport.connect()
        run.check()
        prepare_namespace(run, region, transport)
        applied_secrets = []
        for pull in run.deployment.spec.pulls:
            run.check()
            applied_secrets.append(apply_secret(run, region, transport, batches.of(pull), pull))
        batches.leave(region)
        run.check()
        applied = apply_workload(run, region, transport, applied_secrets)
        warn(run, region, applied)
        done = roll(run, region, transport, applied) if applied["kind"] == "Deployment" else None
        note_running(run, region, applied, done)


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
