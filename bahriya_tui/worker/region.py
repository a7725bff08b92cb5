"""One region of a deployment, from the first connection to the end of its rollout."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bahriya_tui.cluster import namespace as namespaces
from bahriya_tui.cluster import workload
from bahriya_tui.cluster.apply import apply
from bahriya_tui.cluster.objects import uid
from bahriya_tui.cluster.rollout import assess
from bahriya_tui.cluster.transport import Transport
from bahriya_tui.cluster.words import refusal
from bahriya_tui.model import clock
from bahriya_tui.model.container import AppliedSecret, Placement
from bahriya_tui.model.errors import Failed
from bahriya_tui.store import containers, regions, removals, secrets
from bahriya_tui.worker import access
from bahriya_tui.worker.opener_batch import OpenerBatch
from bahriya_tui.worker.pull_secret_step import apply_secret, planned
from bahriya_tui.worker.rolling import roll
from bahriya_tui.worker.run import Run
from bahriya_tui.worker.secret_writes import ask_again

if TYPE_CHECKING:
    from sqlite_utils import Database


def deploy_region(run: Run, region: str, batch: OpenerBatch) -> None:
    """Take every step in one region; what goes wrong is raised, for the caller to write down."""
    with access.transport(run.resources.region(region), run.resources.places) as transport:
        transport.connect()
        run.check()
        _prepare_namespace(run, region, transport)
        secret = planned(run.deployment.spec, region, uid=None)
        if secret is not None:
            run.check()
            secret = apply_secret(run, region, transport, batch, secret)
        else:
            batch.leave(region)
        run.check()
        applied = _apply_workload(run, region, transport, secret)
        done = roll(run, region, transport, applied)
        run.recorder.region(
            region,
            "running",
            done.message,
            updated=done.updated,
            replicas=done.replicas,
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


def _apply_workload(
    run: Run, region: str, transport: Transport, secret: AppliedSecret | None
) -> dict[str, Any]:
    """Note what is about to be in the region, apply it, and give the Deployment as the region answered it."""
    deployment, spec, actor = run.deployment, run.deployment.spec, run.deployment.created_by
    former = run.resources.store.read(
        lambda c: containers.placements(c, spec.project, spec.container, region)
    )
    placement = Placement(
        spec.project,
        spec.container,
        region,
        deployment.id,
        spec.image,
        spec.secret,
        spec.registry_id,
        spec.version,
        former[0].workload_uid if former else None,
        former[0].service_uid if former else None,
    )
    with run.resources.locks.of(region):
        run.recorder.region(region, "workload", also=lambda tx: _note(tx, placement, secret, actor))
    service: dict[str, Any] = {}
    for manifest in workload.manifests(spec, deployment.id):
        answered = _apply(transport, spec.project, manifest)
        if manifest["kind"] == "Service":
            service = answered
    placement = replace(placement, workload_uid=uid(answered), service_uid=uid(service))
    shown = assess(answered)
    run.recorder.region(
        region,
        "rolling",
        shown.message,
        updated=shown.updated,
        replicas=shown.replicas,
        also=lambda tx: _note_applied(tx, placement, former),
    )
    return answered


def _apply(transport: Transport, project: str, manifest: dict[str, Any]) -> dict[str, Any]:
    answer = apply(transport, manifest)
    if answer.status == 404:
        namespaces.ensure(transport, project)
        answer = apply(transport, manifest)
    if not answer.ok:
        raise Failed(refusal(answer, f"{manifest['kind'].lower()} {manifest['metadata']['name']}"))
    return answer.body


def _note(tx: "Database", placement: Placement, secret: AppliedSecret | None, actor: str) -> None:
    if secret is not None:
        secrets.note(tx, secret)
        ask_again(tx, secret, secret.holds, actor)
    containers.place(tx, placement)
    regions.seen(tx, placement.region, clock.now())
    for kind in ("Deployment", "Service"):
        removals.drop_for(tx, placement.region, placement.project, kind, placement.container)


def _note_applied(tx: "Database", placement: Placement, former: list[Placement]) -> None:
    """Keep the uids; a Service that the container no longer needs goes."""
    containers.place(tx, placement)
    unneeded = former[0].service_uid if former else None
    if unneeded is not None and placement.service_uid is None:
        removals.add(
            tx,
            project=placement.project,
            region=placement.region,
            kind="Service",
            name=placement.container,
            uid=unneeded,
            reason=f"container {placement.container} is not reached over HTTP any more",
            now=clock.now(),
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
