"""One region of a deployment, from the first connection to the end of its rollout."""

from typing import TYPE_CHECKING

from bahriya_tui.cluster import namespace as namespaces
from bahriya_tui.cluster.marks import kept_by
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
        _prepare_namespace(run, region, transport)
        applied_secrets = []
        for pull in run.deployment.spec.pulls:
            run.check()
            applied_secrets.append(apply_secret(run, region, transport, batches.of(pull), pull))
        batches.leave(region)
        run.check()
        applied = apply_workload(run, region, transport, applied_secrets)
        warning = kept_by(applied)
        if warning:
            run.recorder.tell(
                region, "warning", f"{applied['kind'].lower()} {run.deployment.container}: {warning}"
            )
        message, updated, replicas = f"scheduled: {run.deployment.spec.schedule}", None, None
        if applied["kind"] != "CronJob":
            done = roll(run, region, transport, applied)
            message, updated, replicas = done.message, done.updated, done.replicas
        run.recorder.region(
            region,
            "running",
            f"{message}; {warning}" if warning else message,
            updated=updated,
            replicas=replicas,
            also=lambda tx: _collect_secrets(tx, run.deployment.project, region),
        )


def _prepare_namespace(run: Run, region: str, transport: Transport) -> None:
    project = run.deployment.project
    if run.resources.store.read(lambda c: regions.namespace_known(c, region, project)):
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
