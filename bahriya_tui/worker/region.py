"""One region of a deployment, from the first connection to the end of its rollout."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bahriya_tui.cluster import namespace as namespaces
from bahriya_tui.cluster import workload
from bahriya_tui.cluster.apply import apply
from bahriya_tui.cluster.cronjob import apply_cronjob
from bahriya_tui.cluster.objects import uid
from bahriya_tui.cluster.rollout import assess
from bahriya_tui.cluster.transport import Answer, Transport
from bahriya_tui.cluster.words import refusal
from bahriya_tui.model import clock
from bahriya_tui.model.container import AppliedSecret, PlacedSecret, Placement, WorkloadKind
from bahriya_tui.model.errors import Failed
from bahriya_tui.store import containers, regions, removals, secrets
from bahriya_tui.worker import access
from bahriya_tui.worker.opener_batch import OpenerBatches
from bahriya_tui.worker.pull_secret_step import apply_secret
from bahriya_tui.worker.rolling import roll
from bahriya_tui.worker.run import Run

if TYPE_CHECKING:
    from sqlite_utils import Database


def deploy_region(run: Run, region: str, batches: OpenerBatches) -> None:
    """Take every step in one region; what goes wrong is raised, for the caller to write down."""
    with access.transport(run.resources.region(region), run.resources.places) as transport:
        transport.connect()
        run.check()
        _prepare_namespace(run, region, transport)
        applied_secrets = []
        for pull in run.deployment.spec.pulls:
            run.check()
            applied_secrets.append(apply_secret(run, region, transport, batches.of(pull), pull))
        batches.leave(region)
        run.check()
        applied = _apply_workload(run, region, transport, applied_secrets)
        if applied is not None:
            done = roll(run, region, transport, applied)
            run.recorder.region(region, "running", done.message, updated=done.updated, replicas=done.replicas)


def _prepare_namespace(run: Run, region: str, transport: Transport) -> None:
    project = run.deployment.project
    if run.resources.store.read(lambda c: regions.namespace_known(c, region, project)):
        return
    run.recorder.region(region, "preflight", also=lambda tx: regions.seen(tx, region, clock.now()))
    namespaces.ensure(transport, project)
    with run.resources.store.write() as tx:
        regions.note_namespace(tx, region, project)


def _apply_workload(
    run: Run, region: str, transport: Transport, applied: list[AppliedSecret]
) -> dict[str, Any] | None:
    """Note what is about to be in the region, apply it, and give the Deployment as the region answered it.

    None for a cronjob: it runs, for us, as soon as the region has it.
    """
    deployment, spec = run.deployment, run.deployment.spec
    former = run.resources.store.read(
        lambda c: containers.placements(c, spec.project, spec.container, region)
    )
    kind, manifests = workload.kind_of(spec), workload.manifests(spec, deployment.id)
    placement = _placement(run, region, kind, former)
    with run.resources.locks.of(region):
        kinds = [manifest["kind"] for manifest in manifests]
        run.recorder.region(region, "workload", also=lambda tx: _note(tx, placement, kinds, applied))
    service: dict[str, Any] = {}
    for manifest in manifests:
        answered = _apply(run, region, transport, manifest)
        if manifest["kind"] == "Service":
            service = answered
    placement = replace(
        placement, workload_uid=uid(answered), service_uid=uid(service), kind=kind, arriving=None
    )
    if kind == "CronJob":
        words = f"scheduled: {spec.schedule}"
        run.recorder.region(region, "running", words, also=lambda tx: _note_applied(tx, placement, former))
        return None
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


def _placement(run: Run, region: str, kind: WorkloadKind, former: list[Placement]) -> Placement:
    """Give what is about to be in a region: what is known to be there, and a new kind as arriving."""
    spec = run.deployment.spec
    there = former[0] if former else None
    return Placement(
        spec.project,
        spec.container,
        region,
        run.deployment.id,
        spec.image,
        spec.secret,
        spec.registry_id,
        spec.version,
        there.workload_uid if there else None,
        there.service_uid if there else None,
        there.kind if there else kind,
        None if there is None else there.arriving if there.kind == kind else kind,
        tuple(
            PlacedSecret(pull.secret, pull.registry_id, pull.version)
            for pull in spec.pulls
            if pull.secret != spec.secret
        ),
    )


def _apply(run: Run, region: str, transport: Transport, manifest: dict[str, Any]) -> dict[str, Any]:
    answer = _applied(run, region, transport, manifest)
    if answer.status == 404:
        namespaces.ensure(transport, run.deployment.project)
        answer = _applied(run, region, transport, manifest)
    if not answer.ok:
        raise Failed(refusal(answer, f"{manifest['kind'].lower()} {manifest['metadata']['name']}"))
    return answer.body


def _applied(run: Run, region: str, transport: Transport, manifest: dict[str, Any]) -> Answer:
    """Apply one object; of a CronJob, remember the API version in which the region serves them."""
    if manifest["kind"] != "CronJob":
        return apply(transport, manifest)
    known = run.resources.region(region).cron_api
    answer, version = apply_cronjob(transport, manifest, known)
    if version != known:
        with run.resources.store.write() as tx:
            regions.note_cron_api(tx, region, version)
    return answer


def _note(
    tx: "Database", placement: Placement, kinds: Iterable[str], applied: Iterable[AppliedSecret]
) -> None:
    for secret in applied:
        secrets.note(tx, secret)
    containers.place(tx, placement)
    regions.seen(tx, placement.region, clock.now())
    for kind in kinds:
        removals.drop_for(tx, placement.region, placement.project, kind, placement.container)


def _note_applied(tx: "Database", placement: Placement, former: list[Placement]) -> None:
    """Keep the uids; a Service that the container no longer needs goes, and a workload of another kind."""
    containers.place(tx, placement)
    for one in former:
        if one.service_uid is not None and placement.service_uid is None:
            words = "is not reached over HTTP any more"
            _remove(tx, placement, "Service", one.service_uid, words)
        for kind, known in one.workloads:
            if kind != placement.kind:
                _remove(tx, placement, kind, known, f"runs as a {placement.kind} now")


def _remove(tx: "Database", placement: Placement, kind: str, known: str | None, why: str) -> None:
    removals.add(
        tx,
        project=placement.project,
        region=placement.region,
        kind=kind,
        name=placement.container,
        uid=known,
        reason=f"container {placement.container} {why}",
        now=clock.now(),
    )
